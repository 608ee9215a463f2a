// Whether a thread that is about to sleep in the event loop had better look for input again and again for a moment.
// Between processes of one machine an answer is often there sooner than a thread falls asleep and is woken, so while
// waits keep being short it pays to stay awake. Who looked in vain sleeps at once for a number of waits that doubles
// each time: with slow peers, or where other threads need the processor, looking costs next to nothing. Internal to
// this room; one per thread, or under a lock.
#pragma once

#include <algorithm>
#include <chrono>

namespace rmqsim {

class TcpShortWaits {
 public:
  static constexpr std::chrono::microseconds kShort{100};  ///< a sleep, the waking included
  static constexpr std::chrono::microseconds kLook{50};
  static constexpr int kStreak = 16;
  static constexpr int kLongestPause = 4096;

  /// Before a wait: whether to look for kLook at most before sleeping.
  bool worth_a_look() {
    if (streak_ < kStreak) return false;
    if (pause_ == 0) return true;
    --pause_;
    return false;
  }
  void looked(bool found) {
    if (found) {
      next_pause_ = std::max(1, next_pause_ / 2);
    } else {
      pause_ = next_pause_;
      next_pause_ = std::min(2 * next_pause_, kLongestPause);
    }
  }
  void slept(std::chrono::nanoseconds took) { streak_ = took <= kShort ? std::min(streak_ + 1, kStreak) : 0; }

 private:
  int streak_ = 0;      ///< short sleeps, one after the other
  int pause_ = 0;       ///< waits that still begin with a sleep
  int next_pause_ = 1;
};

}  // namespace rmqsim
