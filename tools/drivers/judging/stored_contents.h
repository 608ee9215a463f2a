// Whether the messages that brokers keep of a client are those that it was told to send: bodies, also of what is
// compressed, tags, keys, properties, delays, and which are of transactions.
#pragma once

#include <optional>

#include "scenarios/harness/cluster/local_cluster.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// The first that is another one.
std::optional<Failure> wrong_contents(const Scenario& scenario, const RunRecord& record, LocalCluster& servers);

}  // namespace rmqsim
