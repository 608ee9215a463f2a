#include "scenarios/harness/stalls/processor_time.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace rmqsim {
namespace {

/// More processes than a run has.
constexpr std::size_t kMaxProcesses = 64;

/// Of a small file; empty when it cannot be read, as of a thread that has ended.
std::string text_of(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return {};
  char buffer[4096];
  const ssize_t n = ::read(fd, buffer, sizeof buffer);
  ::close(fd);
  return n > 0 ? std::string(buffer, static_cast<std::size_t>(n)) : std::string();
}

}  // namespace

void ProcessorTime::look() {
  used_ = waited_ = longest_wait_ = Duration::zero();
  std::vector<pid_t> processes;
  look_at("/proc/self/task/", other_ == ::getpid(), processes);
  if (other_ != 0 && other_ != ::getpid()) processes.push_back(other_);
  for (std::size_t k = 0; k < processes.size() && k < kMaxProcesses; ++k) {
    look_at("/proc/" + std::to_string(processes[k]) + "/task/", true, processes);
  }
}

void ProcessorTime::look_at(const std::string& process, bool with_children, std::vector<pid_t>& children) {
  DIR* const folder = ::opendir(process.c_str());
  if (folder == nullptr) return;
  const std::string own = std::to_string(::gettid());
  while (const dirent* const entry = ::readdir(folder)) {
    if (entry->d_name[0] == '.' || entry->d_name == own) continue;
    const std::string thread = process + entry->d_name;
    long long used = 0, waited = 0;
    if (std::sscanf(text_of(thread + "/schedstat").c_str(), "%lld %lld", &used, &waited) == 2) {
      Told& before = threads_[thread];
      const Told now{Duration(used), Duration(waited)};
      if (now.used < before.used || now.waited < before.waited) before = {};  // another one, with its number
      used_ += now.used - before.used;
      waited_ += now.waited - before.waited;
      longest_wait_ = std::max(longest_wait_, now.waited - before.waited);
      before = now;
    }
    if (!with_children) continue;
    const std::string list = text_of(thread + "/children");
    char* end = nullptr;
    for (const char* at = list.c_str(); *at != '\0'; at = end) {
      const long child = std::strtol(at, &end, 10);
      if (end == at) break;
      children.push_back(static_cast<pid_t>(child));
    }
  }
  ::closedir(folder);
}

}  // namespace rmqsim
