// The sends of a scenario where its producers live behind a driver: a step's turn becomes a request to it, and what it
// answers becomes the row of the record. Attempts come later, from what servers saw. All under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/engine/steps/step_pacer.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/driven_producers.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

class DrivenSends {
 public:
  DrivenSends(RunScope& run, ScenarioWorld& world, const Scenario& scenario, const DriverHello& hello,
              RunRecord& record, const DrivenProducers& producers, StepPacer& pacer, SayToDriver& say);

  // Each performs the step with that index, by turns.
  void perform(const SendStep& step, std::size_t index);
  void perform(const TransactionStep& step, std::size_t index);
  void perform(const RequestStep& step, std::size_t index);
  void perform(const RecallStep& step, std::size_t index);

  /// Of a result, or of a call that has returned. What is wrong with the answer, if anything is.
  std::optional<std::string> heard(DriverAnswer& answer);
  std::optional<std::string> heard_of_callback(const DriverAnswer& answer);
  /// What should have been answered long ago.
  std::optional<std::string> overdue() const;
  /// What is waited for, for a message; empty: nothing.
  std::string waiting_for() const;
  /// For how long at most.
  Duration waited() const;
  /// When each send was asked for, and when its answer came.
  const std::vector<TimePoint>& said_at() const { return said_at_; }
  const std::vector<TimePoint>& heard_at() const { return heard_at_; }

 private:
  struct UnderWay {
    TurnPtr turn;
    TimePoint due;
    std::string what;
    bool tells_return = false;  ///< the next one waits for `called`
  };

  SendRecord& open(const TurnPtr& turn, SendRecord::Kind kind, const std::string& what, std::int64_t timeout_millis,
                   int max_attempts, bool tells_return);
  DriverTurn turn_of(const StepPacer::Turn& turn);
  std::string names_of(const StepPacer::Turn& turn) const;
  std::string topic_of(std::uint64_t send) const;
  bool names_no_message(const SendRecord& record, const std::string& msg_id) const;
  std::optional<std::string> take(SendRecord& record, const DriverSent& sent, std::uint64_t i);

  RunScope& run_;
  ScenarioWorld& world_;
  const Scenario& scenario_;
  const DriverHello& hello_;
  RunRecord& record_;
  const DrivenProducers& producers_;
  StepPacer& pacer_;
  SayToDriver& say_;
  std::map<std::uint64_t, UnderWay> under_way_;
  std::vector<TimePoint> said_at_, heard_at_;
  std::map<ThreadId, std::uint32_t> threads_;
};

}  // namespace rmqsim
