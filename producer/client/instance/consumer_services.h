// The two services of an instance that serve consumers (PullMessageService, RebalanceService; producer-behaviour §3.4).
// They run in every instance; with no consumer registered, as in a producer, they find nothing to do.
#pragma once

#include <cstdint>
#include <memory>

#include "producer/transport/fifo.h"
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
  /// A round before its time, though not within a second of the last.
  void wakeup();
  std::uint64_t rounds() const { return rounds_; }

 private:
  void wait(Duration d);
  void run();

  Runtime& runtime_;
  Function<bool()> do_rebalance_;
  std::unique_ptr<Timer> timer_;
  ThreadId thread_;
  TimePoint last_;
  std::uint64_t rounds_ = 0;
};

/// Takes pull requests one after another; only consumers make any.
class PullMessageService {
 public:
  explicit PullMessageService(Runtime& runtime)
      : runtime_(runtime), thread_(runtime.new_thread("PullMessageService")) {}
  void shutdown() {
    stopped_ = true;
    requests_.clear();
  }
  void execute_pull_request_immediately(Task request);
  std::size_t waiting() const { return requests_.size(); }

 private:
  Runtime& runtime_;
  ThreadId thread_;
  Fifo<Task> requests_;
  bool stopped_ = false;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
};

}  // namespace rmqsim
