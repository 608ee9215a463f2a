// The command that repeats a run, as a shell takes it.
#pragma once

#include <string>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// As a shell takes it for one word.
std::string shell_word(const std::string& text);
/// The command that repeats this run.
std::string rerun_command(const Scenario& scenario, const RunResult& result);

}  // namespace rmqsim
