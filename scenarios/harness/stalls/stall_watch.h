// Watches how the machine treats a run while it happens: a thread that wakes now and then, says how late it is, and
// asks the system what the threads of this process and of others waited for a processor. Where the system does not
// tell, the lateness is all there is.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "scenarios/harness/stalls/stalls.h"

namespace rmqsim {

class StallWatch {
 public:
  /// `other` counts with all its children, and theirs: another process, this one, or 0 for none. `now` is asked in a
  /// thread of its own. A look `every` 10 ms costs a run of ten threads a hundredth of a processor.
  StallWatch(pid_t other, std::function<TimePoint()> now, Duration every);
  ~StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  /// For how long at most the clock overslept so far, or a thread waited between two looks, whoever had the processors.
  Duration longest_wait() const;
  /// Of all that was so far. Ends the watch.
  Stalls end();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rmqsim
