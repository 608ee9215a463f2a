// Why one send went where it did, in words: the decisions that RunRecord::decisions keeps of it (RunOptions::explain),
// attempt by attempt. Pure text; times are milliseconds since the first step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// For people: lines of at most `width` columns where words allow it, ending with a newline.
std::string explain_text(const Scenario& scenario, const Profile& profile, const RunResult& result, std::size_t width);
/// The same as data: one JSON object with the decisions in order.
std::string explain_json(const Scenario& scenario, const RunResult& result);

}  // namespace rmqsim
