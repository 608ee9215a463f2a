// Where the scenarios are that were installed with a program.
#pragma once

#include <string>

namespace rmqsim {

/// `path` as it stands, unless it is `scenarios` or below it and the current folder has no such name: then it is what
/// share/rmqsim beside the program's own folder has, if it has that. So `rmqsim run scenarios/codes` works from any
/// folder, and somebody's own `scenarios` are never mixed with those.
std::string in_scenario_library(const std::string& path);

}  // namespace rmqsim
