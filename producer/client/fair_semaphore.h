// A counting semaphore that is waited for without blocking: java.util.concurrent.Semaphore with fair = true, for code
// that runs as handlers. First come, first served: who asks for much and waits holds up everybody behind, also those
// who ask for little. Everything under the monitor.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <utility>

#include "producer/transport/runtime.h"

namespace rmqsim {

class FairSemaphore {
 public:
  /// `permits` may be negative: that many must be released before anybody gets one.
  FairSemaphore(Runtime& runtime, std::int64_t permits) : runtime_(runtime), available_(permits) {}
  FairSemaphore(const FairSemaphore&) = delete;
  FairSemaphore& operator=(const FairSemaphore&) = delete;

  std::int64_t available() const { return available_; }
  std::size_t waiting() const { return waiters_.size(); }
  /// Whether acquire() would answer at once with true.
  bool has(std::int64_t permits) const { return waiters_.empty() && available_ >= permits; }

  /// tryAcquire(permits, patience). Calls the handler with true as soon as it is its turn and the permits are there
  /// (inline when they are), with false after `patience`.
  void acquire(std::int64_t permits, Duration patience, Function<void(bool)> handler) {
    if (has(permits)) {
      available_ -= permits;
      return handler(true);
    }
    auto it = waiters_.insert(waiters_.end(), Waiter{permits, runtime_.make_timer(), std::move(handler)});
    it->timer->expires_after(patience + runtime_.timer_slack(), [this, it] {
      Waiter waiter = std::move(*it);  // this very handler belongs to its timer
      waiters_.erase(it);
      waiter.handler(false);
      serve();  // those behind may have waited for this one only
    });
  }

  void release(std::int64_t permits) {
    available_ += permits;
    serve();
  }

  /// Ends every wait with false.
  void fail_waiters() {
    for (std::list<Waiter> waiters = std::exchange(waiters_, {}); !waiters.empty(); waiters.pop_front()) {
      waiters.front().handler(false);
    }
  }

 private:
  struct Waiter {
    std::int64_t permits;
    std::unique_ptr<Timer> timer;
    Function<void(bool)> handler;
  };

  void serve() {
    while (!waiters_.empty() && waiters_.front().permits <= available_) {
      available_ -= waiters_.front().permits;
      Waiter next = std::move(waiters_.front());
      waiters_.pop_front();
      next.handler(true);  // may come back here
    }
  }

  Runtime& runtime_;
  std::int64_t available_;
  std::list<Waiter> waiters_;
};

}  // namespace rmqsim
