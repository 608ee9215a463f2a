// A last phase in which everything is whole again, so that `liveness` has something to ask.
#pragma once

#include <cstdint>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Ends everything that is wrong and lets every producer that runs send again: rules get windows that end, servers that
/// are down or stand still, partitions, routes and permissions are mended, then the client has the time that it takes
/// in the slowest of the scenario's profiles, and each producer makes `sends` sends. Nothing is added when no topic of
/// the cluster can be sent to. The scenario is whole before and after.
void append_liveness_phase(Scenario& scenario, std::uint64_t sends = 4);

}  // namespace rmqsim
