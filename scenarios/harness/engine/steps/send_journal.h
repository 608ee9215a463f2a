// The rows of a run's record that its sends fill, and what the trace tells of them. All under the monitor.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <vector>

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
  /// The send was over before its attempts were; now they have come to this.
  void amend(const std::string& producer, std::uint64_t number, const std::vector<AttemptRecord>& attempts);
  /// Nobody waits any longer: a send that has not ended gets the attempts that it has made, as far as they are known.
  void give_up();
  /// The rows are judged now: what a shutdown makes of attempts under way changes none of them.
  void close() { closed_ = true; }

  /// Where the decisions of this send go, if anybody wants to know.
  DecisionLog* log_of(std::uint64_t number);
  void trace(std::string_view node, std::string_view event, std::initializer_list<TraceField> fields);

 private:
  void make_symbolic(MQError& error) const;
  /// Those that nobody was told of.
  void tell_decisions(const std::string& producer, std::uint64_t number);
  /// Those that are over, from that one on.
  void tell_attempts(const std::string& producer, std::uint64_t number, std::size_t first) const;

  RunScope& run_;
  ScenarioWorld& world_;
  RunRecord& record_;
  std::map<std::uint64_t, std::size_t> decisions_told_;
  bool closed_ = false;
};

}  // namespace rmqsim
