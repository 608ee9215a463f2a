// The program fake_namesrv.
#include "tools/fakes/programs.h"

int main(int argc, char** argv) { return rmqsim::program::fake_namesrv(argc, argv); }
