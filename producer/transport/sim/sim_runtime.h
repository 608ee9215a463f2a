// Virtual time on one real thread. A test or the scenario engine drives it: run(), run_until() or step() take what is
// due in a fixed order and jump the clock to the next event, so ten minutes of waiting cost nothing and the same
// seed gives the same course on every machine. Handlers run to completion and may not block.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

#include "producer/transport/runtime.h"

namespace rmqsim {

struct SimCore;

struct SimOptions {
  std::uint64_t seed = 1;
  Duration timer_slack = millis(1);  ///< see Runtime::timer_slack
  std::size_t processors = 4;
  /// Limits after which a run ends with Exhausted: virtual time since kSimEpoch, and events plus ready tasks run.
  Duration max_virtual_time = Duration::max();
  std::uint64_t max_events = UINT64_MAX;
};

/// A limit of SimOptions was reached before the awaited thing happened. what() lists what was pending.
class Exhausted : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// All functions belong to one thread, the first that drives the world: in another one, post, dispatch, may_block and
/// those that drive it throw std::logic_error. The latter throw it as well when called inside a handler, and Exhausted,
/// and whatever a handler throws (the world stays usable).
class SimRuntime final : public Runtime {
 public:
  explicit SimRuntime(SimOptions options = {});
  /// Destroys what is scheduled without calling it. Timers and connections may be destroyed later.
  ~SimRuntime() override;

  TimePoint now() const override;
  /// Virtual time since the world began.
  Duration elapsed() const { return now() - kSimEpoch; }
  void post(Task task) override;
  void dispatch(Task& task) override;
  std::unique_ptr<Timer> make_timer() override;
  /// Tasks run from the ready-queue, one after another, with current_thread() dealt in turn; `serialised` makes no
  /// difference. At most `threads` + `queue_capacity` tasks are outstanding, the running one included. Destroying the
  /// executor drops what has not run.
  std::unique_ptr<Executor> make_executor(ExecutorOptions options) override;
  Random& random(std::string_view stream) override;
  /// Runs the world until the latch is released, and not one event further. Throws NothingPending.
  void run_until(Latch& latch) override;
  bool may_block() const override;
  ThreadId current_thread() const override;
  ThreadId new_thread(std::string_view name) override;
  ThreadId exchange_thread(ThreadId id) override;
  Duration timer_slack() const override;
  std::size_t processors() const override { return options_.processors; }

  using Runtime::run;  // run(f): f under the monitor
  /// Until nothing is scheduled any more.
  void run();
  /// Everything due up to and including `t`, then sets the clock to it. True if something is scheduled for later.
  bool run_until(TimePoint t);
  bool run_for(Duration d) { return run_until(now() + d); }
  /// One event or ready task; false when there is none.
  bool step();

  /// What is scheduled, connected or held back, as text for people.
  std::string pending() const;
  /// For tests: timers armed and packets under way.
  std::size_t scheduled() const;
  /// Heap entries behind scheduled(), cancelled ones included.
  std::size_t heap_entries() const;
  /// Events and ready tasks run so far.
  std::uint64_t events() const;

  /// For the parts of this room.
  const std::shared_ptr<SimCore>& core() const { return core_; }

 private:
  void require_driver() const;
  void require_outside(const char* what) const;

  SimOptions options_;
  std::shared_ptr<SimCore> core_;
  std::map<std::string, Random, std::less<>> streams_;
};

}  // namespace rmqsim
