// The programs fake_broker and fake_namesrv, each from argv to its exit status. They are compiled as one, for the command
// line's library is slow to compile and what they share is most of them.
#pragma once

namespace rmqsim::program {

int fake_broker(int argc, char** argv);
int fake_namesrv(int argc, char** argv);

}  // namespace rmqsim::program
