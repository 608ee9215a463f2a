// Lineage-driven fault injection: what rescued a send of a run is what to break next.
#pragma once

#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// See Drawing::without_rescue.
std::vector<Scenario> cut_rescues(const Scenario& scenario, const RunRecord& record);

}  // namespace rmqsim
