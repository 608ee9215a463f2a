// Takes servers and producers out of whatever names them.
#pragma once

#include <set>
#include <string>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Servers and producers of these names exist no longer: rules at them, topics that were nowhere else, events about
/// nobody else, sends of producers, and expectations about them go; lists get shorter. The scenario is whole
/// afterwards.
void lose_names(Scenario& scenario, const std::set<std::string>& gone);

}  // namespace rmqsim
