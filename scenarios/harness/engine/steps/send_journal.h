// The rows of a run's record that its sends fill, and what the trace tells of them. All under the monitor.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/engine/steps/step_pacer.h"

namespace rmqsim {

class SendJournal {
 public:
  SendJournal(RunScope& run, ScenarioWorld& world, RunRecord& record) : run_(run), world_(world), record_(record) {}

  SendRecord& operator[](std::uint64_t number) { return record_.sends[number]; }
  SendRecord& begin(const StepPacer::Turn& turn, SendRecord::Kind kind);
  /// The send is over, and its row has all but the time.
  void end(const std::string& producer, std::uint64_t number);

  /// Where the decisions of this send go, if anybody wants to know.
  DecisionLog* log_of(std::uint64_t number);
  void trace(std::string_view node, std::string_view event, std::initializer_list<TraceField> fields);

 private:
  void make_symbolic(MQError& error) const;
  void tell_decisions(const std::string& producer, std::uint64_t number);

  RunScope& run_;
  ScenarioWorld& world_;
  RunRecord& record_;
};

}  // namespace rmqsim
