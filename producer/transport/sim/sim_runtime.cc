// Runtime over SimCore: timers are slots of the event heap, executors are queues drained from the ready-queue.
#include "producer/transport/sim/sim_runtime.h"

#include <utility>

#include "producer/transport/fifo.h"
#include "producer/transport/sim/sim_core.h"

namespace rmqsim {
namespace {

/// Another address in each thread.
const void* mark_of_this_thread() {
  thread_local char mark = 0;
  return &mark;
}

class SimTimer final : public Timer {
 public:
  explicit SimTimer(std::shared_ptr<SimCore> core) : core_(std::move(core)), slot_(core_->events.acquire()) {}
  ~SimTimer() override { core_->events.release(slot_); }

  void expires_after(Duration d, Task handler) override { arm(core_->after(d), std::move(handler)); }
  void expires_at(TimePoint t, Task handler) override { arm(t, std::move(handler)); }
  void cancel() override { core_->events.disarm(slot_); }

 private:
  void arm(TimePoint at, Task handler) {
    if (!core_->closing) core_->events.arm(slot_, at, std::move(handler));
  }

  std::shared_ptr<SimCore> core_;
  EventQueue::Slot slot_;
};

class SimExecutor final : public Executor {
 public:
  SimExecutor(std::shared_ptr<SimCore> world, ExecutorOptions options)
      : core_(std::move(world)), state_(std::make_shared<State>()) {
    SimCore& core = *core_;
    const std::size_t threads = options.threads == 0 ? 1 : options.threads;
    for (std::size_t i = 0; i < threads; ++i) {
      core.threads.push_back(options.name + "_" + std::to_string(i + 1));
      state_->threads.push_back(static_cast<ThreadId>(core.threads.size() - 1));
    }
    state_->limit = options.queue_capacity > SIZE_MAX - threads ? SIZE_MAX : options.queue_capacity + threads;
    state_->core = &core;
  }
  ~SimExecutor() override {
    state_->dropped = true;
    state_->tasks.clear();
  }

  bool execute(Task task) override {
    State& state = *state_;
    if (state.shut || core_->closing || state.outstanding >= state.limit) return false;
    ++state.outstanding;
    state.tasks.push_back(std::move(task));
    core_->ready.post([shared = state_] { shared->run_one(); });
    return true;
  }
  void shutdown() override { state_->shut = true; }

 private:
  /// Shared with the ready-queue, where a task may wait when the executor ends.
  struct State {
    SimCore* core = nullptr;
    std::vector<ThreadId> threads;
    std::size_t next = 0;
    std::size_t outstanding = 0;
    std::size_t limit = 0;
    bool shut = false;
    bool dropped = false;
    Fifo<Task> tasks;

    void run_one() {
      if (dropped) return;
      Task task = tasks.pop_front();
      const ThreadId thread = threads[next];
      next = next + 1 == threads.size() ? 0 : next + 1;
      struct Done {
        std::size_t& count;
        ~Done() { --count; }
      } done{outstanding};
      core->in_turn(thread, task);
    }
  };

  std::shared_ptr<SimCore> core_;
  std::shared_ptr<State> state_;
};

}  // namespace

SimRuntime::SimRuntime(SimOptions options) : options_(options), core_(std::make_shared<SimCore>()) {
  core_->runtime = this;
  core_->timer_slack = options.timer_slack;
  core_->max_events = options.max_events;
  core_->max_time =
      options.max_virtual_time < TimePoint::max() - kSimEpoch ? kSimEpoch + options.max_virtual_time : TimePoint::max();
}

SimRuntime::~SimRuntime() { core_->close(); }

TimePoint SimRuntime::now() const { return core_->now; }
void SimRuntime::post(Task task) {
  require_driver();
  core_->ready.post(std::move(task));
}

void SimRuntime::dispatch(Task& task) {
  require_driver();
  if (core_->depth != 0) {
    task();
  } else {
    core_->in_turn(core_->current, task);
  }
}

std::unique_ptr<Timer> SimRuntime::make_timer() { return std::make_unique<SimTimer>(core_); }

std::unique_ptr<Executor> SimRuntime::make_executor(ExecutorOptions options) {
  return std::make_unique<SimExecutor>(core_, std::move(options));
}

Random& SimRuntime::random(std::string_view stream) {
  const auto found = streams_.find(stream);
  if (found != streams_.end()) return found->second;
  return streams_.emplace(std::string(stream), Random(options_.seed, stream)).first->second;
}

void SimRuntime::require_driver() const {
  const void* const here = mark_of_this_thread();
  if (core_->driver == nullptr) core_->driver = here;
  if (core_->driver == here) return;
  throw std::logic_error(
      "the simulated world belongs to one thread, that which drives it, and another one calls it: real threads are for "
      "a world over TCP (in tests, TcpCluster)");
}

void SimRuntime::require_outside(const char* what) const {
  require_driver();
  if (core_->depth == 0) return;
  throw std::logic_error(std::string(what) +
                         " inside a handler of the simulated world, which must not block: continue in "
                         "a callback, or call from the code that drives the world");
}

bool SimRuntime::may_block() const {
  require_driver();
  return core_->depth == 0;
}

void SimRuntime::run_until(Latch& latch) {
  require_outside("run_until(Latch&)");
  while (!latch.released()) {
    if (!core_->step()) {
      throw NothingPending("nothing is scheduled that could end this wait\n" + core_->pending());
    }
  }
}

void SimRuntime::run() {
  require_outside("run()");
  while (core_->step()) {
  }
}

bool SimRuntime::run_until(TimePoint t) {
  require_outside("run_until(TimePoint)");
  while (!core_->ready.empty() || (!core_->events.empty() && core_->events.next_time() <= t)) core_->step();
  if (t > core_->now) core_->now = t;
  return !core_->events.empty();
}

bool SimRuntime::step() {
  require_outside("step()");
  return core_->step();
}

ThreadId SimRuntime::current_thread() const { return core_->current; }

ThreadId SimRuntime::new_thread(std::string_view name) {
  core_->threads.emplace_back(name);
  return static_cast<ThreadId>(core_->threads.size() - 1);
}

ThreadId SimRuntime::exchange_thread(ThreadId id) { return std::exchange(core_->current, id); }
Duration SimRuntime::timer_slack() const { return core_->timer_slack; }
std::string SimRuntime::pending() const { return core_->pending(); }
std::size_t SimRuntime::scheduled() const { return core_->events.size(); }
std::size_t SimRuntime::heap_entries() const { return core_->events.heap_entries(); }
std::uint64_t SimRuntime::events() const { return core_->event_count; }

}  // namespace rmqsim
