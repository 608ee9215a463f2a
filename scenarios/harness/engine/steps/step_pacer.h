// When what happens: the steps of a scenario one after another or side by side (`at`, `background`), and the sends of a
// step one after another on each of the application threads that share them (`count`, `concurrency`, `interval`). What
// a step does is not known here. All under the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "producer/client/api/message.h"
#include "producer/transport/runtime.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// How an application thread goes on from one send of a step to the next.
struct Pace {
  Duration interval{0};
  bool from_start = false;   ///< the interval counts from start to start; else from end to start
  bool always_waits = true;  ///< on a timer, even when nothing of the interval is left
};

class StepPacer {
 public:
  struct Sends;
  /// One send of a step, and the application thread that is at it.
  struct Turn {
    std::shared_ptr<Sends> sends;
    ThreadId thread;
    std::uint32_t of_step;  ///< which of its step's threads
    std::size_t step;      ///< its index
    std::uint64_t i;       ///< number of the send within the step
    std::uint64_t number;  ///< scenario-wide
    TimePoint start;
    std::unique_ptr<Message> message;  ///< of a call that only borrows it
  };
  /// Kept by whoever still has to hear of the send.
  using TurnPtr = std::shared_ptr<Turn>;
  using SendOne = Function<void(const TurnPtr&)>;
  /// Performs the step with this index, and sees to it that finish() is called once.
  using Perform = Function<void(std::size_t index)>;

  /// `all_over` is called when every step has finished.
  StepPacer(RunScope& run, const Scenario& scenario, Perform perform, Task all_over)
      : run_(run), scenario_(scenario), perform_(std::move(perform)), all_over_(std::move(all_over)) {}

  void begin();
  void finish(std::size_t index);

  /// Performs a step that sends: its application threads call `send_one` in turn, as themselves, until all sends have
  /// begun. Of each it must tell over() and go_on(), in any order.
  void take_turns(std::size_t index, const Pace& pace, SendOne send_one);
  /// How the send ended is known; with the last one the step is finished.
  void over(const Turn& turn);
  /// The application's call has returned: its thread goes on to its next send.
  void go_on(const Turn& turn);

 private:
  void run_step(std::size_t index);
  void next(const std::shared_ptr<Sends>& sends, std::uint32_t of_step);
  std::vector<ThreadId> app_threads(const Step& step);

  RunScope& run_;
  const Scenario& scenario_;
  Perform perform_;
  Task all_over_;
  TimePoint first_step_{};
  std::vector<ThreadId> app_threads_;
  std::size_t unfinished_steps_ = 0;
  bool all_begun_ = false;
};

using TurnPtr = StepPacer::TurnPtr;

}  // namespace rmqsim
