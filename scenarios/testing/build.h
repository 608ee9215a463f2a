// From a builder to the scenario that its file would be. Internal to this room.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "scenarios/harness/file/scenario.h"
#include "scenarios/testing/rmqsim/scenario.h"

namespace rmqsim::test {

/// A part of a scenario that was said elsewhere than the rest.
struct SaidElsewhere {
  std::string where;               ///< instead of the builder's; empty: all was said there
  std::vector<std::string> parts;  ///< pointers that the reader has not seen; messages leave out the first that fits
};

/// Throws InvalidScenario. Without `judge_idle` rules and events that can have no effect are no mistakes.
Scenario build_scenario(const ScenarioBuilder& builder, bool judge_idle, const SaidElsewhere& elsewhere = {});

}  // namespace rmqsim::test
