// A queue, a mutex and threads begun on demand. Whoever queues a task under the monitor wakes the threads only when it
// leaves, so that they do not run straight into a lock that is still taken; and a woken thread wakes the next one
// only if it finds more to do.
#include "producer/transport/tcp/tcp_executor.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "producer/transport/fifo.h"
#include "producer/transport/tcp/tcp_core.h"

namespace rmqsim {
namespace {

constexpr std::size_t kTasksPerTurn = 256;

/// Shared by the executor and its threads; the last of them frees it.
class Pool final : public TcpWakeable, public TcpJoinable, public std::enable_shared_from_this<Pool> {
 public:
  Pool(std::shared_ptr<TcpCore> core, const ExecutorOptions& options)
      : core_(std::move(core)), serialised_(options.serialised), logical_(std::max<std::size_t>(1, options.threads)) {
    for (ThreadId& id : logical_) id = core_->new_thread();
    real_limit_ = serialised_ ? 1 : logical_.size();
    limit_ = options.queue_capacity > SIZE_MAX - logical_.size() ? SIZE_MAX : options.queue_capacity + logical_.size();
  }

  bool execute(Task task) {
    bool wake_one = false;
    {
      const std::lock_guard lock(mutex_);
      if (shut_ || outstanding_ >= limit_) return false;
      ++outstanding_;
      tasks_.push_back(std::move(task));
      if (idle_ == 0 && threads_.size() < real_limit_) {
        threads_.emplace_back([self = shared_from_this()] { self->work(); });
      } else if (idle_ != 0 && !waking_) {
        waking_ = wake_one = true;
      }
    }
    if (wake_one) core_->wake_outside(shared_from_this());
    return true;
  }

  void shutdown() {
    const std::lock_guard lock(mutex_);
    shut_ = true;
  }

  void wake() override { changed_.notify_one(); }

  /// Begins the end: what has not begun is dropped, threads return when done with their task.
  void drop() {
    Fifo<Task> dead;
    {
      const std::lock_guard lock(mutex_);
      shut_ = ending_ = true;
      dead.swap(tasks_);
    }
    changed_.notify_all();
    dead.clear();
  }

  void join() override {
    drop();
    std::vector<std::thread> threads;
    {
      const std::lock_guard lock(mutex_);
      threads.swap(threads_);
    }
    for (std::thread& thread : threads) thread.join();
  }

  bool is_own_thread() {
    const std::lock_guard lock(mutex_);
    const auto self = std::this_thread::get_id();
    return std::any_of(threads_.begin(), threads_.end(),
                       [self](const auto& thread) { return thread.get_id() == self; });
  }

 private:
  void work() {
    std::unique_lock lock(mutex_);
    for (;;) {
      while (tasks_.empty() && !ending_) {
        ++idle_;
        changed_.wait(lock);
        --idle_;
        waking_ = false;
      }
      if (ending_) return;
      if (serialised_) {
        run_batch(lock);
      } else {
        run_one(lock);
      }
    }
  }

  ThreadId deal() {
    const ThreadId id = logical_[next_];
    next_ = next_ + 1 == logical_.size() ? 0 : next_ + 1;
    return id;
  }

  void run_one(std::unique_lock<std::mutex>& lock) {
    Task task = tasks_.pop_front();
    core_->exchange_thread(deal());
    if (!tasks_.empty() && idle_ != 0 && !waking_) {
      waking_ = true;
      changed_.notify_one();
    }
    lock.unlock();
    task();
    task = nullptr;
    lock.lock();
    --outstanding_;
  }

  /// The monitor is taken before the queue's mutex is needed again: execute() locks in that order too.
  void run_batch(std::unique_lock<std::mutex>& lock) {
    Fifo<Task> batch;
    for (std::size_t n = 0; n < kTasksPerTurn && !tasks_.empty(); ++n) batch.push_back(tasks_.pop_front());
    const std::size_t count = batch.size();
    lock.unlock();
    {
      const TcpCore::Guard guard(*core_);
      while (!batch.empty()) {
        Task task = batch.pop_front();
        core_->exchange_thread(deal());
        if (!ending_) task();
        task = nullptr;
      }
    }
    lock.lock();
    outstanding_ -= count;
  }

  const std::shared_ptr<TcpCore> core_;
  const bool serialised_;
  std::vector<ThreadId> logical_;
  std::size_t real_limit_ = 1;
  std::size_t limit_ = SIZE_MAX;

  std::mutex mutex_;
  std::condition_variable changed_;
  Fifo<Task> tasks_;
  std::vector<std::thread> threads_;
  std::size_t next_ = 0;
  std::size_t idle_ = 0;
  std::size_t outstanding_ = 0;
  bool waking_ = false;  ///< a thread has been notified and has not looked yet
  bool shut_ = false;
  std::atomic<bool> ending_{false};
};

class TcpExecutor final : public Executor {
 public:
  TcpExecutor(std::shared_ptr<TcpCore> core, const ExecutorOptions& options)
      : core_(std::move(core)), pool_(std::make_shared<Pool>(core_, options)) {
    core_->enlist_executor(pool_);
  }
  ~TcpExecutor() override {
    if (core_->held() || pool_->is_own_thread()) {
      pool_->drop();
      core_->bury(std::move(pool_));
    } else {
      pool_->join();
    }
  }
  bool execute(Task task) override { return pool_->execute(std::move(task)); }
  void shutdown() override { pool_->shutdown(); }

 private:
  std::shared_ptr<TcpCore> core_;
  std::shared_ptr<Pool> pool_;
};

}  // namespace

std::unique_ptr<Executor> make_tcp_executor(const std::shared_ptr<TcpCore>& core, ExecutorOptions options) {
  return std::make_unique<TcpExecutor>(core, options);
}

}  // namespace rmqsim
