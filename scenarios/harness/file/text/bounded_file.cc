#include "scenarios/harness/file/text/bounded_file.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <system_error>

namespace rmqsim {
namespace {

std::string reason(int error) { return std::generic_category().message(error); }

/// Whether something can be read, or the end; false: a signal came.
bool ready(int fd) {
  pollfd one{fd, POLLIN, 0};
  return ::poll(&one, 1, -1) >= 0 || errno != EINTR;
}

}  // namespace

std::optional<std::string> read_bounded(int fd, std::size_t most, std::string& problem) {
  struct stat file {};
  if (::fstat(fd, &file) == 0 && S_ISDIR(file.st_mode)) {
    problem = "this is a folder, not a file";
    return std::nullopt;
  }
  std::string text;
  char buffer[65536];
  while (text.size() <= most) {
    if (!ready(fd)) {
      problem = "interrupted before its end";
      return std::nullopt;
    }
    const ssize_t n = ::read(fd, buffer, std::min(sizeof buffer, most + 1 - text.size()));
    if (n == 0) break;
    if (n > 0) {
      text.append(buffer, static_cast<std::size_t>(n));
    } else if (errno != EINTR && errno != EAGAIN) {
      problem = "reading the file failed: " + reason(errno);
      return std::nullopt;
    }
  }
  return text;
}

std::optional<std::string> read_bounded(const std::string& path, std::size_t most, std::string& problem) {
  // A pipe into which nobody writes yet would hold up its opening, in which no signal is heard.
  const int fd = ::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (fd < 0) {
    problem = errno == ENOENT || errno == ENOTDIR ? "there is no such file"
                                                  : "the file cannot be opened for reading: " + reason(errno);
    return std::nullopt;
  }
  std::optional<std::string> text = read_bounded(fd, most, problem);
  ::close(fd);
  return text;
}

}  // namespace rmqsim
