// Plays a scenario's steps: starts the producers, sends, waits, breaks the cluster, and notes every outcome. Written as
// handlers, so that simulated application threads run side by side on the one real thread; the same code runs over
// TCP. All under the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "producer/client/send/default_mq_producer_impl.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/scenario_producers.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

class SpecialSteps;

class Workload {
 public:
  /// `on_assert` is called for expectations that concern this moment: those of `assert` steps, and fault items with
  /// a time.
  using Assert = Function<void(const Expectation&)>;

  /// `failed` is told when an exception ended the run.
  Workload(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, RunRecord& record,
           Assert on_assert, RunScope::Failed failed = nullptr);
  ~Workload();

  /// Starts the producers and runs all steps, then waits until no request is in flight (at most `kDrainPatience`).
  void begin(Task done);
  /// Shuts all producers down.
  void shutdown(Task done);
  /// Gives the run up: nothing of it happens any more, and its record stays as it is.
  void end() { run_.end(); }

  /// nullptr for one that was never started.
  ScenarioProducer* started_producer(std::string_view name);
  /// What clients held when begin() was done. What a responder still learns of afterwards, as a process tells it late,
  /// is no part of the run.
  const std::vector<ClientState>& clients_at_the_end() const { return clients_; }

 private:
  friend class SpecialSteps;
  struct StepRun;
  struct AppThread;

  /// Throws std::logic_error for a name that is not a producer of the scenario.
  ScenarioProducer& producer(std::string_view name) { return producers_.at(name); }
  ScenarioProducer make_producer(const ProducerSpec& spec);
  void start_producer(const ProducerSpec& spec, SourceLocation where, Task then);
  void start_next(std::size_t producer, Task then);
  void begin_steps();
  void run_step(std::size_t index);
  void perform(std::size_t index);
  void finish_step(std::size_t index);
  void after_steps();
  std::vector<ScenarioProducer*> all_producers();
  void perform_event(const EventStep& step, std::size_t index);
  void begin_sends(std::size_t index);
  void next_send(const std::shared_ptr<StepRun>& run, const std::shared_ptr<AppThread>& thread);
  /// Where the decisions of this send go, if anybody wants to know.
  DecisionLog* log_of(std::uint64_t number) { return record_.explained == number ? &record_.decisions : nullptr; }
  void send_one(const std::shared_ptr<StepRun>& run, const std::shared_ptr<AppThread>& thread, std::uint64_t i);
  void issue(const std::shared_ptr<StepRun>& run, const std::shared_ptr<AppThread>& thread, std::uint64_t number,
             std::unique_ptr<Message> message, SendCall&& call);
  void after_send(const std::shared_ptr<StepRun>& run, const std::shared_ptr<AppThread>& thread, std::uint64_t number);
  void completed(const std::shared_ptr<StepRun>& run, std::uint64_t number, SendOutcome& outcome);
  SendCall make_call(const SendStep& step, const ProducerSettings& settings, std::uint64_t i);
  std::vector<ThreadId> app_threads(std::uint32_t n);
  /// A send is over and its record has all but the time; for the trace.
  void note_end(const std::string& producer, std::uint64_t number);

  ScenarioWorld& world_;
  RunScope run_;  ///< instead of the world's Runtime: what goes by it ends with the run
  const Scenario& scenario_;
  const Profile& profile_;
  RunRecord& record_;
  Assert on_assert_;
  ScenarioProducers producers_;
  std::vector<ThreadId> app_threads_;
  std::size_t unfinished_steps_ = 0;
  bool all_begun_ = false;
  TimePoint settle_until_{};
  TimePoint drain_until_{};
  std::vector<ClientState> clients_;  ///< when they were last looked at
  Task done_;
  std::unique_ptr<SpecialSteps> special_;
};

}  // namespace rmqsim
