// A run in the Trace Event form, which ui.perfetto.dev, chrome://tracing and others open: a process for each producer
// and each server, sends as slices with their attempts inside and a flow from each attempt to its retry, connections,
// requests as servers dealt with them, outages and pauses; isolation and requests under way as counters.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"

namespace rmqsim {

/// The events of a run with RunOptions::keep_events. `number` of the run in its file, from 0; `label`, if not empty,
/// stands before the names of all its processes.
std::string perfetto_events(const Scenario& scenario, const RunResult& result, std::size_t number,
                            const std::string& label);
/// The file, of the events of its runs.
std::string perfetto_file(const std::vector<std::string>& runs);

}  // namespace rmqsim
