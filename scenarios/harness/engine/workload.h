// Plays a scenario: starts the producers, lets the steps send, wait and break the cluster, each kind in a class of its
// own in steps/, and ends when nothing is in flight any more. Written as handlers, so that simulated application
// threads run side by side on the one real thread; the same code runs over TCP. All under the monitor.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenarios/harness/engine/producers/scenario_producers.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/engine/steps/cluster_events.h"
#include "scenarios/harness/engine/steps/recall_steps.h"
#include "scenarios/harness/engine/steps/request_steps.h"
#include "scenarios/harness/engine/steps/responders.h"
#include "scenarios/harness/engine/steps/send_journal.h"
#include "scenarios/harness/engine/steps/send_steps.h"
#include "scenarios/harness/engine/steps/step_pacer.h"
#include "scenarios/harness/engine/steps/transaction_steps.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

class Workload final : private ProducerEvents {
 public:
  /// `on_assert` is called for expectations that concern this moment: those of `assert` steps, and fault items with
  /// a time.
  using Assert = Function<void(const Expectation&)>;

  /// `failed` is told when an exception ended the run.
  Workload(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, RunRecord& record, Assert on_assert,
           RunScope::Failed failed = nullptr);
  ~Workload();
  Workload(const Workload&) = delete;
  Workload& operator=(const Workload&) = delete;

  /// Starts the producers and runs all steps, then waits until no request is in flight (at most `kDrainPatience`).
  void begin(Task done);
  /// Shuts all producers down.
  void shutdown(Task done);
  /// Gives the run up: nothing of it happens any more, and its record stays as it is.
  void end() {
    journal_.give_up();
    run_.end();
  }

  /// nullptr for one that was never started.
  ScenarioProducer* started_producer(std::string_view name);
  /// What clients held when begin() was done. What a responder still learns of afterwards, as a process tells it late,
  /// is no part of the run.
  const std::vector<ClientState>& clients_at_the_end() const { return clients_; }

 private:
  class FaultItems;

  ScenarioProducer make_producer(const ProducerSpec& spec);
  void start_producer(const ProducerSpec& spec, const std::optional<ExceptionExpectation>& wanted, SourceLocation where,
                      Task then);
  void start_next(std::size_t producer, Task then);
  void begin_steps();
  void after_steps();
  std::vector<ScenarioProducer*> all_producers();

  // One per kind of step.
  void tell_of(const Step& step, std::size_t index);
  void note_late(std::size_t index);
  void perform(const SendStep& step, std::size_t index) { sends_.begin(step, index); }
  void perform(const TransactionStep& step, std::size_t index) { transactions_.begin(step, index); }
  void perform(const RequestStep& step, std::size_t index) { requests_.begin(step, index); }
  void perform(const RecallStep& step, std::size_t index) { recalls_.begin(step, index); }
  void perform(const WaitStep& step, std::size_t index);
  void perform(const AssertStep& step, std::size_t index);
  void perform(const EventStep& step, std::size_t index);

  // ProducerEvents
  void set_config(const SetConfigEvent& event) override;
  void start(const StartProducerEvent& event, SourceLocation where, Task done) override;
  void shutdown(const ShutdownProducerEvent& event, Task done) override;

  ScenarioWorld& world_;
  RunScope run_;  ///< instead of the world's Runtime: what goes by it ends with the run
  const Scenario& scenario_;
  const Profile& profile_;
  RunRecord& record_;
  Assert on_assert_;
  std::vector<std::unique_ptr<FaultItems>> fault_items_;  ///< of each producer, when somebody looks
  ScenarioProducers producers_;
  SendJournal journal_;
  StepPacer pacer_;
  SendSteps sends_;
  TransactionSteps transactions_;
  RequestSteps requests_;
  RecallSteps recalls_;
  Responders responders_;
  bool late_ = false;  ///< a step began later than its `at`
  TimePoint settle_until_{};
  TimePoint drain_until_{};
  std::vector<ClientState> clients_;  ///< when they were last looked at
  Task done_;
};

}  // namespace rmqsim
