// Plays the steps of a scenario with producers that live behind a driver: what Workload does with our own. Steps are
// paced here and events performed; what is said to the driver and heard of it is the producers' and the sends'. All
// under the monitor.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/engine/steps/responders.h"
#include "scenarios/harness/engine/steps/step_pacer.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/driven_producers.h"
#include "tools/drivers/driven_sends.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

class DrivenWorkload {
 public:
  /// Called for expectations that concern this moment.
  using Assert = Function<void(const Expectation&)>;

  /// `profile` is whose defaults count, and that of the scenario's responders.
  DrivenWorkload(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, const DriverHello& hello,
                 RunRecord& record, SayToDriver say, Assert on_assert, RunScope::Failed failed);
  ~DrivenWorkload();
  DrivenWorkload(const DrivenWorkload&) = delete;
  DrivenWorkload& operator=(const DrivenWorkload&) = delete;

  /// Starts the producers and plays all steps. `begun` is called when the first step begins.
  void begin(Task begun, Task done);
  /// Shuts down the producers that are left.
  void shutdown(Task done);

  /// What is wrong with the answer, if anything is.
  std::optional<std::string> heard(DriverAnswer answer);
  /// What should have been answered long ago.
  std::optional<std::string> overdue() const;
  /// What is waited for, for a message; empty: nothing.
  std::string waiting_for() const;
  /// For how long at most.
  Duration waited() const;
  /// When each send was asked for, and when its answer came.
  const std::vector<TimePoint>& said_at() const { return sends_.said_at(); }
  const std::vector<TimePoint>& heard_at() const { return sends_.heard_at(); }

 private:
  void begin_steps();
  void perform(std::size_t index);
  void perform(const WaitStep& step, std::size_t index);
  void perform(const AssertStep& step, std::size_t index);
  void perform(const EventStep& step, std::size_t index);

  ScenarioWorld& world_;
  RunScope run_;
  const Scenario& scenario_;
  RunRecord& record_;
  SayToDriver say_;
  Assert on_assert_;
  StepPacer pacer_;
  DrivenProducers producers_;
  DrivenSends sends_;
  Responders responders_;
  Task begun_, done_;
};

}  // namespace rmqsim
