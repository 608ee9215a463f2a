// What a record rests on: a scenario, and what its run, or a cluster's own producers, left behind. A cluster's sends
// are steps of a scenario that nobody wrote, so that both are told by the same words. Internal to this room.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/testing/rmqsim/values.h"

namespace rmqsim::test {

class Account {
 public:
  Scenario scenario;
  const Profile* profile = nullptr;
  RunResult result;  ///< with RunRecord::every_decision

  /// Of the send with that number.
  std::string explain(std::uint64_t number) const;
  std::vector<std::string> producers() const;
  /// Those with a name that send.
  std::vector<std::string> steps() const;
  /// Of the cluster, and whatever was sent or asked for.
  std::vector<std::string> topics() const;
  /// Nobody of `names` is called so: throws std::invalid_argument.
  [[noreturn]] static void unknown(std::string_view what, std::string_view name, std::vector<std::string> names);
};

Sends sends_of(const std::shared_ptr<const Account>& account);
/// What is known of a send beside its line: attempts and outcome, as reports show them.
std::string line_of(const Send& send);

}  // namespace rmqsim::test
