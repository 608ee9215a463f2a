// The ledger: what a run decided and how long it took, one row per send (format §2). The same shape as what recorded
// Java clients left, so the two can be compared.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// One JSON object, indented by one blank, without a newline at the end. Made while the cluster is still there.
std::string ledger_json(const Scenario& scenario, std::string_view profile, WorldKind world, std::uint64_t seed,
                        const RunRecord& record, const Cluster& cluster, std::string_view client = "rmqsim");

/// A row's `mode`.
std::string_view ledger_mode(const SendRecord& record);
/// As an object what not every row has beside an exception of null; empty when there is nothing.
std::string ledger_extras(const SendRecord& record);

}  // namespace rmqsim
