#include "scenarios/harness/cluster/descriptors.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <climits>
#include <cstdlib>

namespace rmqsim {
namespace {

/// From `first` to `last`, both included.
void close_range_or_each(int first, int last, unsigned flags) {
  if (first > last ||
      ::close_range(static_cast<unsigned>(first), static_cast<unsigned>(last), static_cast<int>(flags)) == 0) {
    return;
  }
  // A kernel older than 5.11, or something that filters system calls.
  const long most = std::clamp(::sysconf(_SC_OPEN_MAX), 256L, 65536L);
  for (int fd = first; fd <= last && fd < most; ++fd) {
    if (flags == 0) {
      ::close(fd);
    } else {
      ::fcntl(fd, F_SETFD, FD_CLOEXEC);
    }
  }
}

void close_gaps(int first, const std::vector<int>& kept, unsigned flags) {
  for (const int fd : kept) {
    if (fd < first) continue;
    close_range_or_each(first, fd - 1, flags);
    first = fd + 1;
  }
  close_range_or_each(first, INT_MAX, flags);
}

}  // namespace

std::vector<int> inheritable_descriptors() {
  std::vector<int> found;
  DIR* const folder = ::opendir("/proc/self/fd");
  if (folder == nullptr) return found;
  while (const dirent* const entry = ::readdir(folder)) {
    if (entry->d_name[0] == '.') continue;
    const int fd = std::atoi(entry->d_name);
    const int flags = ::fcntl(fd, F_GETFD);
    if (flags >= 0 && (flags & FD_CLOEXEC) == 0) found.push_back(fd);
  }
  ::closedir(folder);
  std::sort(found.begin(), found.end());
  return found;
}

void close_descriptors(int first, const std::vector<int>& kept) { close_gaps(first, kept, 0); }

void close_descriptors_on_exec(int first, const std::vector<int>& kept) {
  close_gaps(first, kept, CLOSE_RANGE_CLOEXEC);
}

}  // namespace rmqsim
