// How a run is stopped from outside: by a signal handler, another thread, or whoever else has had enough of it.
#pragma once

#include <atomic>

namespace rmqsim {

/// Outlives the runs that look at it. One object may stop several runs, at once or one after another: once asked for,
/// a stop stands.
class RunStop {
 public:
  /// Asks for the stop; `reason` is a string that stays, and goes into RunResult::reason. The first one counts. From
  /// any thread, and from a signal handler.
  void request(const char* reason) noexcept {
    const char* none = nullptr;
    reason_.compare_exchange_strong(none, reason, std::memory_order_acq_rel);
  }
  /// nullptr while nobody has asked.
  const char* reason() const noexcept { return reason_.load(std::memory_order_acquire); }

 private:
  static_assert(std::atomic<const char*>::is_always_lock_free, "a signal handler may not wait for a lock");
  std::atomic<const char*> reason_{nullptr};
};

}  // namespace rmqsim
