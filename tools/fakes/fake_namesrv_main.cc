// The program fake_namesrv.
#include "tools/fakes/programs.h"
#include "tools/program/standard_streams.h"

int main(int argc, char** argv) {
  rmqsim::keep_places_of_closed_streams();
  return rmqsim::program::fake_namesrv(argc, argv);
}
