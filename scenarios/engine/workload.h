// Plays a scenario's steps: starts the producers, sends, waits, breaks the cluster, and notes every outcome. Written as
// handlers, so that simulated application threads run side by side on the one real thread; the same code runs over
// TCP. All under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "producer/client/default_mq_producer_impl.h"
#include "scenarios/engine/run_record.h"
#include "scenarios/engine/scenario_world.h"
#include "scenarios/file/scenario.h"

namespace rmqsim {

class SpecialSteps;

class Workload {
 public:
  /// `on_assert` is called for expectations that concern this moment: those of `assert` steps, and fault items with
  /// a time.
  using Assert = Function<void(const Expectation&)>;

  Workload(ScenarioWorld& world, const Scenario& scenario, const Profile& profile, RunRecord& record,
           Assert on_assert);
  ~Workload();

  /// Starts the producers and runs all steps, then waits until no request is in flight (at most `kDrainPatience`).
  void begin(Task done);
  /// Shuts all producers down.
  void shutdown(Task done);

  /// nullptr for a name that is not a producer of the scenario.
  DefaultMQProducerImpl* producer(std::string_view name) const;
  /// An error with which a producer failed to start, if any did.
  const std::optional<MQError>& start_error() const { return start_error_; }
  bool drained() const;

 private:
  friend class SpecialSteps;
  struct StepRun;
  struct AppThread;

  void start_producer(const ProducerSpec& spec, Task then);
  void start_next(std::size_t producer, Task then);
  void begin_steps();
  void run_step(std::size_t index);
  void perform(std::size_t index);
  void finish_step(std::size_t index);
  void after_steps();
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
  SendCall make_call(const SendStep& step, const DefaultMQProducerImpl& producer, std::uint64_t i);
  void later(Duration delay, Task task);
  std::vector<ThreadId> app_threads(std::uint32_t n);
  /// A send is over and its record has all but the time; for the trace.
  void note_end(const std::string& producer, std::uint64_t number);

  ScenarioWorld& world_;
  Runtime& runtime_;
  const Scenario& scenario_;
  const Profile& profile_;
  RunRecord& record_;
  Assert on_assert_;
  std::map<std::string, std::shared_ptr<DefaultMQProducerImpl>, std::less<>> producers_;
  std::map<std::uint64_t, std::unique_ptr<Timer>> timers_;
  std::uint64_t next_timer_ = 0;
  std::vector<ThreadId> app_threads_;
  std::size_t unfinished_steps_ = 0;
  bool all_begun_ = false;
  TimePoint settle_until_{};
  TimePoint drain_until_{};
  Task done_;
  std::optional<MQError> start_error_;
  std::unique_ptr<SpecialSteps> special_;
};

}  // namespace rmqsim
