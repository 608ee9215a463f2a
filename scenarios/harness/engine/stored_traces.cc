#include "scenarios/harness/engine/stored_traces.h"

#include <utility>

namespace rmqsim {

std::vector<StoredTrace> stored_traces(const Cluster& cluster) {
  std::vector<StoredTrace> traces;
  cluster.each_trace_message([&](const std::string& broker, const std::string& topic, std::string_view body) {
    for (TraceRecord& record : decode_traces(body)) traces.push_back({broker, topic, std::move(record)});
  });
  return traces;
}

}  // namespace rmqsim
