// The message traces that a scenario's brokers hold, read back: what expectations count and ledgers show.
#pragma once

#include <string>
#include <vector>

#include "producer/client/trace/trace_data.h"
#include "scenarios/harness/cluster/cluster.h"

namespace rmqsim {

struct StoredTrace {
  std::string stored_at;  ///< broker that holds it
  std::string topic;      ///< that it was sent to
  TraceRecord record;
};

/// In the order of brokers and of arrival. Empty when no producer of the scenario has `enableTrace`.
std::vector<StoredTrace> stored_traces(const Cluster& cluster);

}  // namespace rmqsim
