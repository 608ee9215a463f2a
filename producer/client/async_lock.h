// A lock that is waited for without blocking: java.util.concurrent.locks.ReentrantLock.tryLock(timeout) for code that
// runs as handlers. First come, first served; everything under the monitor.
#pragma once

#include <list>
#include <memory>
#include <utility>

#include "producer/transport/runtime.h"

namespace rmqsim {

class AsyncLock {
 public:
  explicit AsyncLock(Runtime& runtime) : runtime_(runtime) {}

  /// Calls the handler with true as soon as the lock is held (inline when it is free), with false after `patience`.
  void lock(Duration patience, Function<void(bool)> handler) {
    if (!held_) {
      held_ = true;
      handler(true);
      return;
    }
    auto it = waiters_.insert(waiters_.end(), Waiter{runtime_.make_timer(), std::move(handler)});
    it->timer->expires_after(patience + runtime_.timer_slack(), [this, it] {
      Function<void(bool)> waiter = std::move(it->handler);
      auto timer = std::move(it->timer);  // this very handler belongs to it
      waiters_.erase(it);
      waiter(false);
    });
  }
  bool try_lock() { return !std::exchange(held_, true); }
  bool held() const { return held_; }
  void unlock() {
    if (waiters_.empty()) {
      held_ = false;
      return;
    }
    Function<void(bool)> next = std::move(waiters_.front().handler);
    waiters_.pop_front();
    next(true);
  }

 private:
  struct Waiter {
    std::unique_ptr<Timer> timer;
    Function<void(bool)> handler;
  };
  Runtime& runtime_;
  std::list<Waiter> waiters_;
  bool held_ = false;
};

}  // namespace rmqsim
