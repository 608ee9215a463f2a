// Who runs the event loop of a TCP world. Usually its I/O thread. But a thread that does nothing but one short wait
// after another, as a loop of sync sends does, had better run the loop itself while it waits: the answer it waits for
// then needs no switch between threads. So after a run of short waits of a single thread the I/O thread stands by and
// leaves the loop to whoever waits next. It comes back when somebody else needs the loop, and by itself when nobody has
// led for a while; in between, at the end of such a run, input may wait up to two watches. Internal to this room.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>

namespace rmqsim {

class TcpLoopTurns {
 public:
  static constexpr int kShortWaits = 16;
  static constexpr std::chrono::microseconds kShort{500};
  static constexpr std::chrono::milliseconds kWatch{1};

  /// `enabled` is false when several I/O threads share the loop.
  explicit TcpLoopTurns(bool enabled) : enabled_(enabled) {}

  /// Counts a thread that waits, until done() or its end.
  class Waiting {
   public:
    explicit Waiting(TcpLoopTurns& turns) : turns_(turns) { turns_.waiting_.fetch_add(1); }
    ~Waiting() { done(); }
    Waiting(const Waiting&) = delete;
    Waiting& operator=(const Waiting&) = delete;
    /// It need not wait any more, though it may not have noticed. From any thread.
    void done() {
      if (!done_.exchange(true)) turns_.waiting_.fetch_sub(1);
    }

   private:
    TcpLoopTurns& turns_;
    std::atomic<bool> done_{false};
  };

  // A thread that waits:

  /// True: run the loop until what you wait for has happened, then, no longer waiting, call give_back().
  bool take_over();
  void give_back();
  /// A wait that is over, during which the I/O thread ran the loop, took so long.
  void note_wait(std::chrono::nanoseconds took);

  // The I/O thread:

  bool stand_by_wanted() const { return wanted_.load(std::memory_order_relaxed); }
  /// Returns when the loop is the I/O thread's again.
  void stand_by();

  /// From any thread: there is something to do in the loop. Costs next to nothing while the I/O thread runs it.
  void recall();

 private:
  const bool enabled_;
  std::atomic<bool> wanted_{false};
  std::atomic<bool> standing_by_{false};
  std::atomic<int> waiting_{0};
  std::atomic<int> streak_{0};
  std::mutex mutex_;
  std::condition_variable changed_;
  std::uint64_t terms_ = 0;  ///< times that a waiting thread has led
  bool led_ = false;         ///< one does now
  bool recalled_ = false;
};

}  // namespace rmqsim
