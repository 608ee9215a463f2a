// AsyncSenderExecutor: the pool on which async sends are prepared (behaviour §2.6, §3.6). Logical threads: a
// job holds one until it says that Java's worker would be free again, so a slow route lookup (or, in 4.9.8, a slow
// connect) delays the sends behind it as it does there.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <vector>

#include "producer/transport/runtime.h"

namespace rmqsim {

class SenderThreads {
 public:
  /// Runs under the monitor on one of the threads; `release` frees the thread and must be called once.
  using Job = Function<void(Task release)>;

  SenderThreads(Runtime& runtime, std::size_t threads, std::size_t queue_capacity);

  /// Queues the job; false when the queue is full or after shutdown (Java: RejectedExecutionException). Any thread.
  bool submit(Job job);
  /// Refuses new jobs; those queued still run.
  void shutdown() { shut_ = true; }

 private:
  struct State;
  static void run(const std::shared_ptr<State>& state);

  Runtime& runtime_;
  std::shared_ptr<State> state_;
  std::atomic<bool> shut_{false};
};

}  // namespace rmqsim
