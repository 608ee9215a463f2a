// See the header.
#include "scenarios/engine/stored_traces.h"

#include <set>
#include <utility>

#include "fake_broker/message_store.h"

namespace rmqsim {
namespace {

/// Topics to which the scenario's producers write traces; a CLOUD channel's are told by their prefix.
std::set<std::string> trace_topics(const Scenario& scenario) {
  std::set<std::string> topics;
  for (const ProducerSpec& producer : scenario.producers) {
    const auto* on = producer.config.get<bool>("enableTrace");
    if (on == nullptr || !*on) continue;
    const auto* chosen = producer.config.get<std::string>("traceTopic");
    topics.insert(chosen != nullptr && !chosen->empty() ? *chosen : std::string(kDefaultTraceTopic));
  }
  return topics;
}

}  // namespace

std::vector<StoredTrace> stored_traces(const Scenario& scenario, const Cluster& cluster) {
  std::vector<StoredTrace> traces;
  const std::set<std::string> topics = trace_topics(scenario);
  if (topics.empty()) return traces;
  cluster.each_stored([&](const std::string& broker, const StoredRecord& stored) {
    std::string topic(stored.topic);
    if (!topics.contains(topic) && !topic.starts_with(kCloudTraceTopicPrefix)) return;
    for (TraceRecord& record : decode_traces(stored.body)) traces.push_back({broker, topic, std::move(record)});
  });
  return traces;
}

}  // namespace rmqsim
