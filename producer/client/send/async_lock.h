// A lock that is waited for without blocking: java.util.concurrent.locks.ReentrantLock.tryLock(timeout) for code that
// runs as handlers. First come, first served; everything under the monitor. Who waits goes on as the logical thread
// that it was.
#pragma once

#include <algorithm>
#include <list>
#include <memory>
#include <utility>

#include "producer/transport/continuation.h"
#include "producer/transport/runtime.h"

namespace rmqsim {

class AsyncLock {
 public:
  explicit AsyncLock(Runtime& runtime) : runtime_(runtime) {}

  /// Calls the handler with true as soon as the lock is held (inline when it is free), with false after `patience`:
  /// when that has passed the wait is lost, though its timer wakes it a little later.
  void lock(Duration patience, Function<void(bool)> handler) {
    if (!held_) {
      held_ = true;
      handler(true);
      return;
    }
    const TimePoint end = runtime_.now() + patience;
    auto it = waiters_.insert(waiters_.end(), Waiter{end, runtime_.make_timer(), {runtime_, std::move(handler)}});
    it->timer->expires_at(end + runtime_.timer_slack(), [this, it] {
      Waiter waiter = std::move(*it);  // this very handler belongs to its timer
      waiters_.erase(it);
      waiter.handler(false);
    });
  }
  bool try_lock() { return !std::exchange(held_, true); }
  bool held() const { return held_; }
  void unlock() {
    const TimePoint now = runtime_.now();
    const auto it = std::find_if(waiters_.begin(), waiters_.end(), [&](const Waiter& w) { return now < w.end; });
    if (it == waiters_.end()) {
      held_ = false;
      return;
    }
    Continuation<void(bool)> next = std::move(it->handler);
    waiters_.erase(it);
    next(true);
  }

 private:
  struct Waiter {
    TimePoint end;  // of its patience
    std::unique_ptr<Timer> timer;
    Continuation<void(bool)> handler;
  };
  Runtime& runtime_;
  std::list<Waiter> waiters_;
  bool held_ = false;
};

}  // namespace rmqsim
