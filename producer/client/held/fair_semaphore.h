// A counting semaphore that is waited for without blocking: java.util.concurrent.Semaphore with fair = true, for code
// that runs as handlers. First come, first served: who asks for much and waits holds up everybody behind, also those
// who ask for little. Everything under the monitor. Who waits goes on as the logical thread that it was.
#pragma once

#include <algorithm>
#include <cstdint>
#include <list>
#include <memory>
#include <utility>

#include "producer/transport/continuation.h"
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
  bool has(std::int64_t permits) const { return available_ >= permits && first_in_time() == waiters_.end(); }

  /// tryAcquire(permits, patience). Calls the handler with true as soon as it is its turn and the permits are there
  /// (inline when they are), with false after `patience`: when that has passed the wait is lost and holds nobody up,
  /// though its timer wakes it a little later.
  void acquire(std::int64_t permits, Duration patience, Function<void(bool)> handler) {
    if (has(permits)) {
      available_ -= permits;
      return handler(true);
    }
    const TimePoint end = runtime_.now() + patience;
    auto it =
        waiters_.insert(waiters_.end(), Waiter{permits, end, runtime_.make_timer(), {runtime_, std::move(handler)}});
    it->timer->expires_at(end + runtime_.timer_slack(), [this, it] {
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
    TimePoint end;  // of its patience
    std::unique_ptr<Timer> timer;
    Continuation<void(bool)> handler;
  };

  std::list<Waiter>::const_iterator first_in_time() const {
    const TimePoint now = runtime_.now();
    return std::find_if(waiters_.begin(), waiters_.end(), [&](const Waiter& waiter) { return now < waiter.end; });
  }

  void serve() {
    for (auto it = first_in_time(); it != waiters_.end() && it->permits <= available_; it = first_in_time()) {
      available_ -= it->permits;
      std::list<Waiter> next;
      next.splice(next.end(), waiters_, it);
      next.front().handler(true);  // may come back here
    }
  }

  Runtime& runtime_;
  std::int64_t available_;
  std::list<Waiter> waiters_;
};

}  // namespace rmqsim
