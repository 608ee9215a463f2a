// Ends the process (SIGALRM) that computes for too long at one thing. It counts what the process has had of processors,
// so that one that others leave nothing to is not taken for one that never ends; and, five times as long, real time, as
// a process that waits for ever computes nothing.
#pragma once

#include <time.h>
#include <unistd.h>

namespace rmqsim {

class ProcessorAlarm {
 public:
  ProcessorAlarm() { there_ = ::timer_create(CLOCK_PROCESS_CPUTIME_ID, nullptr, &timer_) == 0; }
  ~ProcessorAlarm() {
    set(0);
    if (there_) ::timer_delete(timer_);
  }
  ProcessorAlarm(const ProcessorAlarm&) = delete;
  ProcessorAlarm& operator=(const ProcessorAlarm&) = delete;

  /// Seconds of processors from now on, instead of those that were set before; 0: never.
  void set(unsigned seconds) {
    itimerspec left{};
    left.it_value.tv_sec = static_cast<time_t>(seconds);
    if (there_) ::timer_settime(timer_, 0, &left, nullptr);
    ::alarm(there_ ? kRealTime * seconds : seconds);
  }

 private:
  static constexpr unsigned kRealTime = 5;

  timer_t timer_{};
  bool there_ = false;
};

}  // namespace rmqsim
