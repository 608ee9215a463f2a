// What runs of builders, of files and of folders share. Internal to this room.
#pragma once

#include <string_view>

#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/testing/rmqsim/cluster.h"

namespace rmqsim::test {

WorldKind world_kind(TestWorld world);
/// The scenario's first, unless one is named. Throws std::invalid_argument.
const Profile& profile_of(const Scenario& scenario, std::string_view name);
ScenarioRun play(Scenario scenario, const RunAs& as);

}  // namespace rmqsim::test
