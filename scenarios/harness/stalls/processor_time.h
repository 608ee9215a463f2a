// What the threads of some processes have used of processors and waited for one, as Linux tells of each thread
// (/proc/PID/task/TID/schedstat). Threads that end keep what they had; what a thread does after it was last looked at
// is lost with it.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

#include "producer/transport/time.h"

namespace rmqsim {

class ProcessorTime {
 public:
  /// This process, but for the thread that calls, and `other` with all its children: another process, this one, or 0
  /// for none.
  explicit ProcessorTime(pid_t other) : other_(other) {}

  /// Looks at all of them.
  void look();
  // What was added since the look before.
  Duration used() const { return used_; }
  Duration waited() const { return waited_; }
  /// Of the thread that waited longest.
  Duration longest_wait() const { return longest_wait_; }

 private:
  struct Told {
    Duration used{0}, waited{0};
  };

  void look_at(const std::string& process, bool with_children, std::vector<pid_t>& children);

  const pid_t other_;
  std::map<std::string, Told> threads_;  ///< by folder, as of the last look
  Duration used_{0}, waited_{0}, longest_wait_{0};
};

}  // namespace rmqsim
