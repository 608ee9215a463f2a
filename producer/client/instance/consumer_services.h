// The two services of an instance that serve consumers (PullMessageService, RebalanceService; behaviour §3.4).
// They run in every instance; with no consumer registered, as in a producer, they find nothing to do.
#pragma once

#include <memory>

#include "producer/transport/runtime.h"

namespace rmqsim {

/// Calls doRebalance every 20 s; after a round that did not come to a balance again 1 s later (5.x).
class RebalanceService {
 public:
  static constexpr Duration kWaitInterval = millis(20'000);
  static constexpr Duration kMinInterval = millis(1'000);

  /// `do_rebalance` returns whether all consumers are balanced, true when there is none.
  RebalanceService(Runtime& runtime, Function<bool()> do_rebalance);
  void start() { wait(kWaitInterval); }
  void shutdown() { timer_->cancel(); }

 private:
  void wait(Duration d);
  void run();

  Runtime& runtime_;
  Function<bool()> do_rebalance_;
  std::unique_ptr<Timer> timer_;
  ThreadId thread_;
};

/// Takes pull requests, which only consumers make: here it is a thread that waits for none.
class PullMessageService {
 public:
  explicit PullMessageService(Runtime& runtime) { runtime.new_thread("PullMessageService"); }
};

}  // namespace rmqsim
