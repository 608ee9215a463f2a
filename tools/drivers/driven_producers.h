// The producers of a scenario where they live behind a driver: made, started, changed and shut down by what is said to
// it, and what it answers to that. Knows their settings as they are now, and from these what a send of theirs may take.
// All under the monitor.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/engine/steps/cluster_events.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

/// Says a line to the driver.
using SayToDriver = Function<void(const std::string& line)>;

class DrivenProducers final : public ProducerEvents {
 public:
  /// What is not limited by the scenario, where nobody says what the client's own default is.
  static constexpr int kAnyRetries = 1000;
  static constexpr std::int64_t kAnyTimeoutMillis = 86'400'000;

  DrivenProducers(RunScope& run, ScenarioWorld& world, const Scenario& scenario, const DriverHello& hello,
                  RunRecord& record, SayToDriver& say);

  /// One after the other, as an application would.
  void make_all(Task made) { make_next(0, std::move(made)); }
  /// Those that are left.
  void shut_down_all(Task done);
  void change(const SetConfigEvent& event, Task done);
  void set_config(const SetConfigEvent& event) override;
  void start(const StartProducerEvent& event, SourceLocation where, Task done) override;
  void shutdown(const ShutdownProducerEvent& event, Task done) override;

  /// What its sends have by its settings; Java's default is that of a client that says that it follows one of Java's.
  std::int64_t timeout_of(const std::string& producer) const;
  int retries_of(const std::string& producer, std::string_view setting) const;

  /// Of a producer that was made, started, changed or shut down. What is wrong with the answer, if anything is.
  std::optional<std::string> heard(const DriverAnswer& answer, std::string_view kind);
  /// What should have been answered long ago.
  std::optional<std::string> overdue() const;
  /// What is waited for, for a message; empty: nothing.
  std::string waiting_for() const;
  /// For how long at most.
  Duration waited() const;

 private:
  struct Pending {
    TimePoint asked;
    TimePoint due;
    Task done;
    SourceLocation where = {};
    const std::optional<ExceptionExpectation>* wanted = nullptr;  ///< of a start: what it is to fail with, if at all
  };

  void make_next(std::size_t producer, Task made);
  /// Under a key such as "producer p"; it may take so much more time than what is done at once.
  void ask(const std::string& key, const std::string& line, Task done, Duration more = Duration::zero());
  std::int64_t number(const std::string& producer, std::string_view setting, std::int64_t otherwise) const;

  RunScope& run_;
  ScenarioWorld& world_;
  const Scenario& scenario_;
  const DriverHello& hello_;
  RunRecord& record_;
  SayToDriver& say_;
  std::map<std::string, Pending> pending_;
  std::map<std::string, ProducerConfig> configs_;  ///< as they are now
  std::vector<std::string> running_;               ///< producers that are still to be shut down
};

}  // namespace rmqsim
