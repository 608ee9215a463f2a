// A run as a report reads it (page/data.js): what its page shows beyond ReportEntry::json, as one JSON text that may
// stand in a script element whatever names and messages it holds.
#pragma once

#include <string>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// What RunOptions must ask for.
void ask_for_report(RunOptions& options);
/// One JSON object; of a result that was asked for with ask_for_report().
std::string page_data(const Scenario& scenario, const Profile& profile, const RunResult& result);

}  // namespace rmqsim
