// Whether a thread that is about to sleep in the event loop had better look for input again and again for a moment.
// Between processes of one machine an answer is often there sooner than a thread falls asleep and is woken, so while
// waits keep being short it pays to stay awake. But who never sleeps waits for the processor like everybody else, for
// milliseconds where it is busy, while a sleeper is woken before others. So who looked in vain once sleeps for at least
// a thousand waits before looking again, and for twice as many each time unless a thousand looks in between have found
// something: with slow peers and on a busy machine nearly all waits are sleeps. Internal to this room; one per thread,
// or under a lock.
#pragma once

#include <algorithm>
#include <chrono>

namespace rmqsim {

class TcpShortWaits {
 public:
  static constexpr std::chrono::microseconds kShort{100};  ///< a sleep, the waking included
  static constexpr std::chrono::microseconds kLook{50};
  /// A look and the handler that it found; what takes longer has had to wait for the processor, and was in vain.
  static constexpr std::chrono::microseconds kUndisturbed{500};
  static constexpr int kStreak = 16;
  static constexpr int kShortestPause = 1024;
  static constexpr int kLongestPause = 32 * kShortestPause;

  /// Before a wait: whether to look for kLook at most before sleeping.
  bool worth_a_look() {
    if (streak_ < kStreak) return false;
    if (pause_ == 0) return true;
    --pause_;
    return false;
  }
  void looked(bool well) {
    if (well) {
      if (++found_ == kShortestPause) next_pause_ = kShortestPause;
      return;
    }
    found_ = 0;
    pause_ = next_pause_;
    next_pause_ = std::min(2 * next_pause_, kLongestPause);
  }
  void slept(std::chrono::nanoseconds took) { streak_ = took <= kShort ? std::min(streak_ + 1, kStreak) : 0; }

 private:
  int streak_ = 0;      ///< short sleeps, one after the other
  unsigned found_ = 0;  ///< looks that found something, one after the other
  int pause_ = 0;       ///< waits that still begin with a sleep
  int next_pause_ = kShortestPause;
};

}  // namespace rmqsim
