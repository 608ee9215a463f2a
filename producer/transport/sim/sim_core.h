// The simulated world's heart, shared by SimRuntime, its timers, executors and SimNetwork: clock, event heap,
// ready-queue, and the notion of a turn (one handler, or one outermost dispatch). Internal to this room.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/transport/event_queue.h"
#include "producer/transport/runtime.h"
#include "producer/transport/sim/ready_queue.h"

namespace rmqsim {

/// What a part of the world that is not the runtime contributes to it. Must detach before it ends.
class SimAttachment {
 public:
  virtual ~SimAttachment() = default;
  /// Called at the end of a turn after request_end_of_turn(), still inside the turn.
  virtual void end_of_turn() = 0;
  /// Appends lines about whatever waits here, for the NothingPending dump.
  virtual void describe(std::string& out) const = 0;
};

struct SimCore {
  static constexpr ThreadId kMainThread = 0;   ///< whoever drives the simulation from outside
  static constexpr ThreadId kWorldThread = 1;  ///< timers, posts and the network

  TimePoint now = kSimEpoch;
  EventQueue events;
  ReadyQueue ready;
  int depth = 0;  ///< nesting of turns; 0 means that no handler runs
  ThreadId current = kMainThread;
  std::uint64_t batch_limit = 0;  ///< events armed before this sequence number belong to the current instant's batch
  std::uint64_t event_count = 0;
  std::uint64_t max_events = UINT64_MAX;
  TimePoint max_time = TimePoint::max();
  Duration timer_slack = Duration::zero();
  bool closing = false;
  bool end_of_turn_wanted = false;
  const void* driver = nullptr;  ///< of SimRuntime: the thread that it belongs to; null until one drives it
  Runtime* runtime = nullptr;  ///< null once it is gone; timers and connections may outlive it
  std::vector<SimAttachment*> attachments;
  std::vector<std::string> threads{"main", "world"};

  TraceSink* trace() const { return runtime != nullptr ? runtime->trace() : nullptr; }

  /// A one-shot event; never before now.
  void schedule(TimePoint at, Task task) {
    if (!closing) events.add(std::max(at, now), std::move(task));
  }
  TimePoint after(Duration d) const;

  /// Runs `f` as (part of) a turn on behalf of `thread`.
  template <class F>
  void in_turn(ThreadId thread, F&& f) {
    Turn turn(*this, thread);
    f();
    turn.finish();
  }
  /// For output written outside of any handler: such a write is a turn of its own.
  void request_end_of_turn() {
    end_of_turn_wanted = true;
    if (depth == 0) in_turn(current, [] {});
  }

  /// One event or one ready task; false when there is nothing left. Throws Exhausted.
  bool step();
  void attach(SimAttachment& attachment) { attachments.push_back(&attachment); }
  void detach(SimAttachment& attachment) { std::erase(attachments, &attachment); }
  std::string pending() const;
  /// Destroys everything scheduled and refuses the rest.
  void close();

 private:
  class Turn {
   public:
    Turn(SimCore& core, ThreadId thread) : core_(core), former_(std::exchange(core.current, thread)) { ++core_.depth; }
    ~Turn() {
      --core_.depth;
      core_.current = former_;
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    void finish() {
      if (core_.depth == 1 && core_.end_of_turn_wanted) core_.end_turn();
    }

   private:
    SimCore& core_;
    ThreadId former_;
  };

  void end_turn();
  void fire();
};

}  // namespace rmqsim
