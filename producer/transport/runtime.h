// What a world offers besides the network: time, timers, a ready-queue, executors, randomness and a way to wait.
// Two implementations exist: transport/sim (virtual time, one real thread) and transport/tcp (the machine's clock and
// threads). Everything above this interface runs unchanged in both.
//
// Threading contract ("the monitor"). All protocol state of a world is touched by one thread at a time: handlers of
// timers, posts, connections, acceptors and serialised executors never overlap, and a caller on any other thread gets
// in by dispatch(). Code above therefore needs no locks. User callbacks run on a callback executor, outside.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <stdexcept>
#include <string>
#include <string_view>

#include "producer/transport/function.h"
#include "producer/transport/random.h"
#include "producer/transport/time.h"
#include "producer/transport/trace.h"

namespace rmqsim {

/// A logical thread. The Java client keeps one round-robin position per (topic, thread), so a decision must know on
/// whose behalf it is taken; in the simulation many logical threads share the one real one.
using ThreadId = std::uint32_t;

/// One-shot timer. Destroying it cancels it.
class Timer {
 public:
  virtual ~Timer() = default;
  /// Arms (or re-arms, cancelling the former wait) the timer `d` from now; a negative `d` counts as zero. The handler
  /// runs under the monitor, never inside this call; a cancelled wait's handler is destroyed without being called.
  virtual void expires_after(Duration d, Task handler) = 0;
  virtual void expires_at(TimePoint t, Task handler) = 0;
  virtual void cancel() = 0;
};

/// How a world with real threads learns that a latch opened; called with the latch's lock held, and must not touch it.
class LatchObserver {
 public:
  virtual ~LatchObserver() = default;
  virtual void latch_released() = 0;
};

/// Opened once, waited for by Runtime::run_until.
class Latch {
 public:
  void release() {
    std::lock_guard lock(mutex_);  // held to the end: the waiter may destroy the latch as soon as it sees it
    released_ = true;
    if (observer_ != nullptr) observer_->latch_released();
  }
  bool released() const {
    std::lock_guard lock(mutex_);
    return released_;
  }
  /// For worlds only. Whether there is still something to wait for; if so the observer is told of it.
  bool observe(LatchObserver* observer) {
    std::lock_guard lock(mutex_);
    observer_ = observer;
    return !released_;
  }

 private:
  mutable std::mutex mutex_;
  LatchObserver* observer_ = nullptr;
  bool released_ = false;
};

/// A pool of logical threads that run tasks, as java.util.concurrent.ThreadPoolExecutor with core = max = threads.
class Executor {
 public:
  virtual ~Executor() = default;
  /// Queues the task; false when the queue is full or the executor is shut down (Java: RejectedExecutionException).
  virtual bool execute(Task task) = 0;
  /// Refuses new tasks; those queued still run.
  virtual void shutdown() = 0;
};

struct ExecutorOptions {
  std::string name;                         ///< for dumps and thread names
  std::size_t threads = 1;                  ///< logical threads; tasks are dealt out to them in turn
  std::size_t queue_capacity = SIZE_MAX;    ///< tasks waiting, beyond those that run
  /// true: tasks are the stack's own and run under the monitor, many per turn. false: they are the user's and run
  /// outside of it, so they may block (over TCP) and call back into the producer.
  bool serialised = false;
};

/// Simulation only: the awaited thing can never happen, because nothing is scheduled any more. what() lists what was
/// pending.
class NothingPending : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

class Runtime {
 public:
  virtual ~Runtime() = default;

  virtual TimePoint now() const = 0;
  /// Runs `task` later, under the monitor, in order of posting. From any thread.
  virtual void post(Task task) = 0;
  /// Runs `task` under the monitor before returning; inline when the caller already holds it. Output written to
  /// connections meanwhile leaves when the outermost dispatch returns. From any thread.
  virtual void dispatch(Task& task) = 0;
  template <class F>
  void run(F&& f) {
    Task task([&f] { f(); });
    dispatch(task);
  }

  virtual std::unique_ptr<Timer> make_timer() = 0;
  virtual std::unique_ptr<Executor> make_executor(ExecutorOptions options) = 0;

  /// The named stream of the world's seed. The reference stays valid as long as the runtime.
  virtual Random& random(std::string_view stream) = 0;

  /// Waits until the latch is released. Over TCP the calling thread sleeps; in the simulation it runs the loop and
  /// advances virtual time. Throws std::logic_error when called under the monitor (a handler must not block), and
  /// NothingPending.
  virtual void run_until(Latch& latch) = 0;
  /// Whether run_until may be called here and now: false under the monitor.
  virtual bool may_block() const = 0;

  /// The logical thread that is running now.
  virtual ThreadId current_thread() const = 0;
  virtual ThreadId new_thread(std::string_view name) = 0;
  /// Declares on whose behalf the caller goes on; returns the former one. See ThreadScope.
  virtual ThreadId exchange_thread(ThreadId id) = 0;

  /// How much after its nominal end a wait that times out ends, as waits of a real Java client do: the scenario's
  /// `timerSlackMs` in the simulation, one millisecond over TCP.
  virtual Duration timer_slack() const { return Duration::zero(); }

  /// Number of processors as the client would see it (a fixed number in the simulation).
  virtual std::size_t processors() const = 0;
  /// Part of client and message ids; 1 in the simulation.
  virtual std::int32_t process_id() const { return 1; }

  /// A place for the one thing that all users of this world share under this name; empty at first, and as lasting as
  /// the world. What is kept here must not own timers or executors when its users are gone. Under the monitor.
  std::shared_ptr<void>& shared(std::string_view name) { return shared_[std::string(name)]; }

  TraceSink* trace() const { return trace_; }
  void set_trace(TraceSink* sink) { trace_ = sink; }

 private:
  TraceSink* trace_ = nullptr;
  std::map<std::string, std::shared_ptr<void>> shared_;
};

/// Acts as logical thread `id` for the length of a scope.
class ThreadScope {
 public:
  ThreadScope(Runtime& runtime, ThreadId id) : runtime_(runtime), former_(runtime.exchange_thread(id)) {}
  ~ThreadScope() { runtime_.exchange_thread(former_); }
  ThreadScope(const ThreadScope&) = delete;
  ThreadScope& operator=(const ThreadScope&) = delete;

 private:
  Runtime& runtime_;
  ThreadId former_;
};

}  // namespace rmqsim
