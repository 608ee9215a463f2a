// Plays the steps of a scenario with producers that live behind a driver: what Workload does with our own. It says
// requests, is told answers, and fills the rows of the record; attempts come later, from what servers saw. All under
// the
// monitor.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/engine/steps/cluster_events.h"
#include "scenarios/harness/engine/steps/responders.h"
#include "scenarios/harness/engine/steps/step_pacer.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

class DrivenWorkload final : private ProducerEvents {
 public:
  using Say = Function<void(const std::string& line)>;
  /// Called for expectations that concern this moment.
  using Assert = Function<void(const Expectation&)>;

  /// `profile` is whose defaults count, and that of the scenario's responders.
  DrivenWorkload(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, const DriverHello& hello,
                 RunRecord& record, Say say, Assert on_assert, RunScope::Failed failed);
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
  const std::vector<TimePoint>& said_at() const { return said_at_; }
  const std::vector<TimePoint>& heard_at() const { return heard_at_; }

 private:
  struct Pending {
    TimePoint due;
    std::string what;
    Task done;
    std::string producer;
    SourceLocation where = {};
    const std::optional<ExceptionExpectation>* wanted = nullptr;  ///< of a start: what it is to fail with, if at all
  };
  struct UnderWay {
    TurnPtr turn;
    TimePoint due;
    std::string what;
    bool tells_return = false;  ///< the next one waits for `called`
  };

  void perform(const SendStep& step, std::size_t index);
  void perform(const TransactionStep& step, std::size_t index);
  void perform(const RequestStep& step, std::size_t index);
  void perform(const RecallStep& step, std::size_t index);
  void perform(const WaitStep& step, std::size_t index);
  void perform(const AssertStep& step, std::size_t index);
  void perform(const EventStep& step, std::size_t index);

  void set_config(const SetConfigEvent& event) override;
  void start(const StartProducerEvent& event, SourceLocation where, Task done) override;
  void shutdown(const ShutdownProducerEvent& event, Task done) override;

  void make_next(std::size_t producer, Task then);
  void begin_steps();
  /// Under a key such as "producer p".
  void ask(const std::string& key, const std::string& line, std::string producer, Task done);
  SendRecord& open(const TurnPtr& turn, SendRecord::Kind kind, const std::string& what, std::int64_t timeout_millis,
                   int max_attempts, bool tells_return);
  DriverTurn turn_of(const StepPacer::Turn& turn);
  std::int64_t number(const std::string& producer, std::string_view setting, std::int64_t otherwise) const;
  std::int64_t timeout_of(const std::string& producer) const;
  int retries_of(const std::string& producer, std::string_view setting) const;
  std::string topic_of(std::uint64_t send) const;
  std::optional<std::string> heard_of_producer(const DriverAnswer& answer, std::string_view kind);
  std::optional<std::string> heard_of_send(DriverAnswer& answer);
  std::optional<std::string> heard_of_callback(const DriverAnswer& answer);
  std::optional<std::string> take(SendRecord& record, const DriverSent& sent, std::uint64_t i);

  ScenarioWorld& world_;
  RunScope run_;
  const Scenario& scenario_;
  const DriverHello& hello_;
  RunRecord& record_;
  Say say_;
  Assert on_assert_;
  StepPacer pacer_;
  Responders responders_;
  std::map<std::string, Pending> pending_;
  std::map<std::uint64_t, UnderWay> under_way_;
  std::vector<TimePoint> said_at_, heard_at_;
  std::map<ThreadId, std::uint32_t> threads_;
  std::map<std::string, ProducerConfig> configs_;  ///< as they are now
  std::vector<std::string> running_;               ///< producers that are still to be shut down
  Task begun_, done_;
};

}  // namespace rmqsim
