// The real world: the machine's clock and threads. Handlers run on the I/O threads, which it starts at once; the
// monitor is a recursive lock that dispatch() takes in the calling thread, so an application thread that sends does
// its own write to the socket and no other thread has to be woken for it. Output of one turn leaves in one system
// call per connection when the outermost holder of the monitor leaves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "producer/transport/runtime.h"

namespace rmqsim {

class TcpCore;

struct TcpOptions {
  std::uint64_t seed = 1;
  std::size_t io_threads = 1;
  /// What time it was when the machine's steady clock was at zero, by TcpRuntime::steady_zero() of another process:
  /// then both have one clock. Nothing: as the machine has it now.
  std::optional<TimePoint> steady_zero = std::nullopt;
};

/// Functions may be called from any thread. A handler that throws ends the program (std::terminate), as does any
/// exception that leaves a thread.
class TcpRuntime final : public Runtime {
 public:
  explicit TcpRuntime(TcpOptions options = {});
  /// Waits for handlers and executor tasks that are running, drops what has not begun, breaks open connections
  /// off. Not to be called from one of its own threads. Timers, connections, acceptors and executors may be
  /// destroyed later; they do nothing any more.
  ~TcpRuntime() override;

  TimePoint now() const override;
  void post(Task task) override;
  void dispatch(Task& task) override;
  std::unique_ptr<Timer> make_timer() override;
  /// Serialised: one real thread takes the monitor for a batch of tasks. Otherwise up to `threads` real threads, begun
  /// when first needed. In both the logical thread ids are dealt to the tasks in turn, and at most `threads` +
  /// `queue_capacity` tasks are outstanding. Destroying the executor drops what has not begun, and waits for running
  /// tasks unless the caller holds the monitor or is one of the executor's threads.
  std::unique_ptr<Executor> make_executor(ExecutorOptions options) override;
  Random& random(std::string_view stream) override;
  void run_until(Latch& latch) override;
  bool may_block() const override;
  /// Asio's waits end within microseconds of their time, so a budget counted in whole milliseconds would often be spent
  /// exactly; Java's waits end later than that, and its strict comparisons then go the other way.
  Duration timer_slack() const override { return millis(1); }
  ThreadId current_thread() const override;
  ThreadId new_thread(std::string_view name) override;
  ThreadId exchange_thread(ThreadId id) override;
  std::size_t processors() const override;
  std::int32_t process_id() const override;

  /// now() is so much after it as the machine's steady clock says, whatever happens to its wall clock.
  TimePoint steady_zero() const;

  /// Bytes that were written to connections and that the operating system has not taken yet.
  std::size_t unsent_bytes() const;

  /// For the parts of this room.
  const std::shared_ptr<TcpCore>& core() const { return core_; }

 private:
  std::shared_ptr<TcpCore> core_;
};

}  // namespace rmqsim
