// How many threads of the callback executor are in users' hands, and what waits for one of them: since 5.2 the answer
// to a synchronous request is completed on that executor too, so that callbacks which block hold sync sends, heartbeats
// and route lookups up until these time out (behaviour §9.3, quirk 37).
#pragma once

#include <atomic>
#include <cstddef>
#include <utility>

#include "producer/transport/fifo.h"
#include "producer/transport/runtime.h"

namespace rmqsim {

class CallbackThreads {
 public:
  explicit CallbackThreads(std::size_t threads) : threads_(threads > 0 ? threads : 1) {}
  CallbackThreads(const CallbackThreads&) = delete;

  /// A callback was handed to the executor. Any thread.
  void callback_begins() { busy_.fetch_add(1); }
  /// It has returned. Any thread; true: drain() must be called, under the monitor.
  bool callback_ended() {
    busy_.fetch_sub(1);
    return anything_waits_.load();
  }

  /// No callback is in anybody's hands. Any thread.
  bool idle() const { return busy_.load() == 0; }

  // Under the monitor.

  /// Whether a completion would have to wait.
  bool busy() const { return busy_.load() >= threads_ || !waiting_.empty(); }
  /// Runs the completion as soon as there is a thread for it, first come, first served.
  void wait(Task completion) {
    waiting_.push_back(std::move(completion));
    anything_waits_.store(true);
    drain();  // the last callback may have ended just before
  }
  void drain() {
    while (!waiting_.empty() && busy_.load() < threads_) run_next();
    anything_waits_.store(!waiting_.empty());
  }
  /// Runs all that waits, threads or not: the executor is going away.
  void run_all() {
    while (!waiting_.empty()) run_next();
  }

 private:
  void run_next() {
    Task next = waiting_.pop_front();
    next();
  }

  const std::size_t threads_;
  std::atomic<std::size_t> busy_{0};
  std::atomic<bool> anything_waits_{false};
  Fifo<Task> waiting_;
};

}  // namespace rmqsim
