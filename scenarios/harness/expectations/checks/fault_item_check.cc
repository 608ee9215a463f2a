// What a producer's latency table says about a broker at this very moment.
#include "scenarios/harness/expectations/checks/expectation_checks.h"

namespace rmqsim {

void check(const FaultItemExpectation& e, const CheckedRun& run, Unmet& unmet) {
  ScenarioProducer* producer = run.workload.started_producer(e.producer);
  const std::string what = "faultItem \"" + e.broker + "\" of \"" + e.producer + "\"";
  if (producer == nullptr) return unmet.add(what, "a producer", "none: it was never started");
  const LatencyFaultTolerance& tolerance = producer->strategy().tolerance();
  const std::int64_t now = to_millis(run.world.runtime().now());
  const auto word = [](bool b) { return std::string(b ? "true" : "false"); };
  if (e.available && tolerance.is_available(e.broker, now) != *e.available) {
    unmet.add(what + " available", word(*e.available), word(!*e.available));
  }
  if (e.reachable && tolerance.is_reachable(e.broker) != *e.reachable) {
    unmet.add(what + " reachable", word(*e.reachable), word(!*e.reachable));
  }
}

}  // namespace rmqsim
