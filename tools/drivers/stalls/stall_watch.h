// Watches how the machine treats a run while it is played: a thread that wakes a hundred times a second, says how late
// it is, and asks the system what the threads of this process and of the client's processes waited for a processor.
// Where the system does not tell, the lateness is all there is.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>

#include "tools/drivers/stalls/stalls.h"

namespace rmqsim {

class StallWatch {
 public:
  /// `client` counts with all its children, and theirs. `now` is asked in a thread of its own.
  StallWatch(pid_t client, std::function<TimePoint()> now);
  ~StallWatch();
  StallWatch(const StallWatch&) = delete;
  StallWatch& operator=(const StallWatch&) = delete;

  /// Of all that was so far. Ends the watch.
  Stalls end();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace rmqsim
