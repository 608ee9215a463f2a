// The only place of the simulation that sees Asio. The context runs without locks (the world has one real thread),
// and a work guard keeps it from stopping when it runs dry.
#include "producer/transport/sim/ready_queue.h"

#include <new>
#include <utility>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace rmqsim {

/// Blocks of one size, kept for reuse. Asio asks for the same few sizes again and again.
struct ReadyQueue::BlockPool {
  static constexpr std::size_t kBlock = 256;
  struct Free {
    Free* next;
  };
  Free* free = nullptr;

  ~BlockPool() {
    while (free != nullptr) ::operator delete(std::exchange(free, free->next));
  }
  void* take(std::size_t bytes) {
    if (bytes > kBlock) return ::operator new(bytes);
    if (free == nullptr) return ::operator new(kBlock);
    return std::exchange(free, free->next);
  }
  void give(void* block, std::size_t bytes) {
    if (bytes > kBlock) return ::operator delete(block);
    free = ::new (block) Free{free};
  }
};

template <class T>
struct ReadyQueue::PoolAllocator {
  using value_type = T;
  BlockPool* pool;

  explicit PoolAllocator(BlockPool* p) : pool(p) {}
  template <class U>
  PoolAllocator(const PoolAllocator<U>& other) : pool(other.pool) {}  // NOLINT(google-explicit-constructor)
  T* allocate(std::size_t n) { return static_cast<T*>(pool->take(n * sizeof(T))); }
  void deallocate(T* p, std::size_t n) { pool->give(p, n * sizeof(T)); }
  template <class U>
  bool operator==(const PoolAllocator<U>& other) const {
    return pool == other.pool;
  }
};

struct ReadyQueue::Impl {
  BlockPool pool;  // outlives the context, which gives its blocks back when it ends
  boost::asio::io_context context{BOOST_ASIO_CONCURRENCY_HINT_UNSAFE};
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work{context.get_executor()};
};

/// A posted task with the allocator that Asio is to use for it.
struct ReadyQueue::Ready {
  using allocator_type = PoolAllocator<void>;
  BlockPool* pool;
  ReadyQueue* queue;
  Task task;

  allocator_type get_allocator() const noexcept { return allocator_type(pool); }
  void operator()() {
    --queue->size_;
    if (!queue->closed_) task();
  }
};

ReadyQueue::ReadyQueue() : impl_(std::make_unique<Impl>()) {}
ReadyQueue::~ReadyQueue() {
  closed_ = true;
  while (run_one()) {
  }
}

void ReadyQueue::post(Task task) {
  if (closed_) return;
  ++size_;
  boost::asio::post(impl_->context, Ready{&impl_->pool, this, std::move(task)});
}

bool ReadyQueue::run_one() { return size_ != 0 && impl_->context.poll_one() != 0; }

}  // namespace rmqsim
