// What servers did in a run, as lanes of a report: requests with what became of them, when a server was gone, paused or
// cut off, where rules acted, and from when to when a producer kept away from a broker.
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/report/html/columns.h"

namespace rmqsim {

/// Adds `servers`, `isolation`, `acts` and `flags` to the run; of a run whose events were kept.
void put_server_lanes(const Scenario& scenario, const RunResult& result, WordList& words, nlohmann::ordered_json& run);

}  // namespace rmqsim
