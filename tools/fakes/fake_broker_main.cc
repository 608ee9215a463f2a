// The program fake_broker.
#include "tools/fakes/programs.h"

int main(int argc, char** argv) { return rmqsim::program::fake_broker(argc, argv); }
