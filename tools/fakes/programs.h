// The programs fake_broker and fake_namesrv, each from argv to its exit status. They are compiled as one: the library
// that reads command lines is slow to compile, and most of them is what they share.
#pragma once

namespace rmqsim::program {

int fake_broker(int argc, char** argv);
int fake_namesrv(int argc, char** argv);

}  // namespace rmqsim::program
