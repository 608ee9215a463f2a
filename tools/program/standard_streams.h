// A program may be started with standard input, output or error closed. The next file or socket that it opens would
// then be in their place, and what is printed would go into it.
#pragma once

#include <fcntl.h>
#include <unistd.h>

namespace rmqsim {

/// Before anything is opened: takes the places of those that are closed. As before, nothing can be read or written
/// there.
inline void keep_places_of_closed_streams() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) >= 0) continue;
    [[maybe_unused]] const int taken = ::open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
  }
}

}  // namespace rmqsim
