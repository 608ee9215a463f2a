// The scenario as a file (format §1) that a person can read and edit: what equals its default is left out, places and
// comments are not kept. load_scenario reads the same scenario from it.
#pragma once

#include <string>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Ends with a newline; short parts in one line each, as the library's files have them.
std::string scenario_text(const Scenario& scenario);

}  // namespace rmqsim
