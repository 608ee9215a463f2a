// From a builder to the scenario that its file would be. Internal to this room.
#pragma once

#include <memory>

#include "scenarios/harness/file/scenario.h"
#include "scenarios/testing/rmqsim/scenario.h"

namespace rmqsim::test {

/// Throws InvalidScenario. Without `judge_idle` rules and events that can have no effect are no mistakes.
Scenario build_scenario(const ScenarioBuilder& builder, bool judge_idle);

}  // namespace rmqsim::test
