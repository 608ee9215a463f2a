// Whether a loop that finds nothing to do had better stay awake for a moment than sleep. An answer that comes within
// some 10 µs costs a sleeper several times as much to be woken for, most of all on virtual machines, whose idle cores
// must be started by their host. So after a few short waits the loop looks again and again for a moment, giving its
// core to whoever wants it in between; one moment in vain, and it sleeps until waits are short again. A loop of timers
// and heartbeats never stays awake. Internal to this room.
#pragma once

#include <chrono>

namespace rmqsim {

class TcpWakefulness {
 public:
  static constexpr int kShortWaits = 4;
  static constexpr std::chrono::microseconds kMoment{200};
  /// What it takes to be woken at most: a wait that was slept through would have been shorter awake.
  static constexpr std::chrono::microseconds kWaking{200};

  /// `enabled` is false when several threads share the loop.
  explicit TcpWakefulness(bool enabled) : enabled_(enabled) {}

  bool wanted() const { return streak_ >= kShortWaits; }
  /// The loop waited so long for something to do, awake or asleep.
  void note_wait(std::chrono::nanoseconds took) {
    if (!enabled_) return;
    const bool is_short = took <= (wanted() ? kMoment : kMoment + kWaking);
    streak_ = !is_short ? 0 : streak_ < kShortWaits ? streak_ + 1 : streak_;
  }

 private:
  const bool enabled_;
  int streak_ = 0;
};

}  // namespace rmqsim
