// The ready-queue of the simulated world: a real boost::asio::io_context, polled one handler at a time by the
// simulation's loop. Posted tasks live in recycled blocks, so posting allocates nothing in steady state.
#pragma once

#include <cstddef>
#include <memory>

#include "producer/transport/function.h"

namespace rmqsim {

class ReadyQueue {
 public:
  ReadyQueue();
  ~ReadyQueue();

  void post(Task task);
  /// Runs the oldest task; false when there is none.
  bool run_one();
  std::size_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  /// From now on tasks are destroyed instead of run or queued.
  void close() { closed_ = true; }

 private:
  struct BlockPool;
  template <class T>
  struct PoolAllocator;
  struct Impl;
  struct Ready;

  std::unique_ptr<Impl> impl_;
  std::size_t size_ = 0;
  bool closed_ = false;
};

}  // namespace rmqsim
