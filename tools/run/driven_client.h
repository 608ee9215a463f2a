// The client of `rmqsim run --client`: what it says that it is, in which profile a scenario is asked of it, and a run
// in which it has the producers.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "scenarios/harness/engine/run_scenario.h"
#include "tools/drivers/protocol/driver_messages.h"
#include "tools/run/asked_run.h"

namespace rmqsim {

class DrivenClient {
 public:
  /// `command` is its driver's, as a shell takes it.
  explicit DrivenClient(std::string command) : command_(std::move(command)) {}

  /// Asks what it is, for at most so long. The answer is what is wrong when it is no driver; to be called before all
  /// below. A signal in the meantime is nothing wrong with it.
  std::optional<std::string> meet(Duration limit);
  std::string label() const { return hello_.label(); }
  /// The scenario in one profile, as the client is one: that which it says it follows, or the scenario's first.
  AskedRun asked(const Scenario& scenario) const;
  /// Of `wanted` seed, stop, want_ledger and the limit of real time count.
  RunResult play(const Scenario& scenario, const Profile& profile, const RunOptions& wanted) const;

 private:
  std::string command_;
  DriverHello hello_;
};

}  // namespace rmqsim
