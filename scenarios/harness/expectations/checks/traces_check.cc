// How many of the records of message trace that brokers hold match.
#include "scenarios/harness/engine/stored_traces.h"
#include "scenarios/harness/expectations/checks/expectation_checks.h"

namespace rmqsim {

void check(const TraceExpectation& e, const CheckedRun& run, Unmet& unmet) {
  std::uint64_t found = 0;
  std::string what = "traces";
  if (e.producer) what += " of \"" + *e.producer + "\"";
  if (e.topic) what += " about topic \"" + *e.topic + "\"";
  if (e.broker) what += " about broker \"" + *e.broker + "\"";
  if (e.success) what += *e.success ? " with success" : " without success";
  const ProducerSpec* producer = e.producer ? run.scenario.find_producer(*e.producer) : nullptr;
  const Cluster& cluster = run.world.cluster();
  for (const StoredTrace& trace : stored_traces(cluster)) {
    found += (producer == nullptr || trace.record.group == producer->group) &&
             (!e.topic || trace.record.topic == *e.topic) &&
             (!e.broker || cluster.name_of(trace.record.store_host) == *e.broker) &&
             (!e.success || trace.record.success == *e.success);
  }
  unmet.add_count(what, e.count, found);
}

}  // namespace rmqsim
