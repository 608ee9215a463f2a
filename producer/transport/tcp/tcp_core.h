// What the parts of the TCP world share: the monitor, the I/O threads, the timers' heap, posts, and what is to be done
// when a turn ends. Internal to this room; kept alive by connections, timers and executors that outlive the runtime.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "producer/transport/event_queue.h"
#include "producer/transport/fifo.h"
#include "producer/transport/runtime.h"
#include "producer/transport/tcp/tcp_loop_turns.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_wakefulness.h"

namespace boost::asio {
class io_context;
}

namespace rmqsim {

/// Something with output to send when the turn ends; called under the monitor.
class TcpFlushable {
 public:
  virtual ~TcpFlushable() = default;
  virtual void flush() = 0;
  /// The runtime ends: let go of the operating system's things. Called under the monitor, at most once.
  virtual void abandon() = 0;
};

/// Something with threads to wake once the monitor is free; called outside of it.
class TcpWakeable {
 public:
  virtual ~TcpWakeable() = default;
  virtual void wake() = 0;
};

/// Something that owns threads.
class TcpJoinable {
 public:
  virtual ~TcpJoinable() = default;
  /// The runtime ends: drop what has not begun and join all threads. Called outside the monitor.
  virtual void join() = 0;
};

/// How long a closed connection may go on sending what was written before.
constexpr Duration kTcpLinger = std::chrono::seconds{5};

class TcpCore : public std::enable_shared_from_this<TcpCore> {
 public:
  static constexpr ThreadId kWorldThread = 1;  ///< timers, posts and the network

  explicit TcpCore(TcpOptions options);
  ~TcpCore();
  TcpCore(const TcpCore&) = delete;
  TcpCore& operator=(const TcpCore&) = delete;

  void start_threads();
  /// See ~TcpRuntime.
  void stop();

  /// The monitor. Recursive; the outermost leave() ends the turn.
  void enter();
  void leave() noexcept;
  bool held() const;
  class Guard {
   public:
    explicit Guard(TcpCore& core) : core_(core) { core_.enter(); }
    ~Guard() { core_.leave(); }
    Guard(const Guard&) = delete;
    Guard& operator=(const Guard&) = delete;

   private:
    TcpCore& core_;
  };
  /// First statement of every Asio handler: takes the monitor for the rest of the I/O thread's turn. False when the
  /// world is ending and the handler must do nothing.
  bool enter_io();

  boost::asio::io_context& io();
  TimePoint now() const;
  TimePoint steady_zero() const;
  void post(Task task);
  Random& random(std::string_view stream);
  TraceSink* trace() const { return runtime != nullptr ? runtime->trace() : nullptr; }

  ThreadId current_thread();
  ThreadId exchange_thread(ThreadId id);
  ThreadId new_thread() { return next_thread_.fetch_add(1, std::memory_order_relaxed); }

  /// Runtime::run_until.
  void wait_for(Latch& latch);
  /// Wakes it now, or when this thread leaves the monitor. From any thread.
  void wake_outside(std::shared_ptr<TcpWakeable> what);

  // Under the monitor:
  EventQueue events;
  bool closing = false;
  std::size_t unsent = 0;  ///< bytes that turns have left over, of all streams
  Runtime* runtime = nullptr;  ///< null once it is gone
  void flush_later(std::shared_ptr<TcpFlushable> what) { dirty_.push_back(std::move(what)); }
  std::uint64_t enlist(std::weak_ptr<TcpFlushable> what);
  void delist(std::uint64_t id) { enlisted_.erase(id); }

  /// Executors, to be joined by stop(). From any thread.
  void enlist_executor(std::weak_ptr<TcpJoinable> what);
  /// An executor that ended where its threads could not be waited for; stop() joins them.
  void bury(std::shared_ptr<TcpJoinable> what);

 private:
  struct Impl;

  void run_io();
  bool run_next();
  void lead(Latch& latch);
  bool has_posts();
  void end_turn();
  void arm_clock();
  void on_clock();
  void drain_posts();
  void run_due();

  const TcpOptions options_;
  const std::uint64_t serial_;  ///< tells this world's entries in a thread's own table from those of others
  const std::chrono::steady_clock::time_point steady_start_;
  const TimePoint start_;

  std::mutex mutex_;
  std::atomic<const void*> owner_{nullptr};
  int depth_ = 0;
  std::vector<std::shared_ptr<TcpFlushable>> dirty_;
  std::vector<std::shared_ptr<TcpWakeable>> wakes_;
  std::map<std::uint64_t, std::weak_ptr<TcpFlushable>> enlisted_;
  std::uint64_t next_enlisted_ = 1;
  TimePoint clock_armed_ = TimePoint::max();

  std::mutex posts_mutex_;
  Fifo<Task> posts_;
  bool posts_closed_ = false;

  TcpLoopTurns turns_;
  TcpWakefulness wakefulness_;  ///< of whichever thread runs the loop

  std::mutex others_mutex_;  // streams of randomness and executors
  std::map<std::string, Random, std::less<>> streams_;
  std::vector<std::weak_ptr<TcpJoinable>> executors_;
  std::vector<std::shared_ptr<TcpJoinable>> buried_;

  std::atomic<ThreadId> next_thread_{kWorldThread + 1};
  std::unique_ptr<Impl> impl_;
  std::vector<std::thread> threads_;
};

}  // namespace rmqsim
