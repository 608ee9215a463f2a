// What producer/README.md shows under "As a library": one scenario text, judged in virtual time, and then a cluster to
// which any client in this process may send. Prints where the message went.
#include <iostream>

#include "producer/client/api/default_mq_producer.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/hosting/hosted_cluster.h"

using namespace rmqsim;

int main() {
  const ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "busy", "why": "One broker refuses.",
    "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "Orders", "queues": 4}]},
    "producers": [{"name": "p", "group": "orders"}],
    "steps": [{"send": {"topic": "Orders", "count": 8, "body": {"text": "order {i}"}}}],
    "faults": [{"at": "broker-a", "on": "send", "do": {"respond": {"code": "SYSTEM_BUSY"}}}],
    "expect": [{"sends": "all", "outcome": "SEND_OK"}, {"broker": "broker-a", "stored": 0}]
  })", "busy.json");
  if (!parsed.ok()) {
    std::cerr << parsed.to_string() << "\n";
    return 64;
  }
  const RunResult result = run_scenario(*parsed.scenario, default_profile(), {});
  std::cout << "simulated: " << (result.verdict == RunResult::Verdict::passed ? "passed" : "FAILED") << "\n";

  HostedCluster cluster(*parsed.scenario, {});
  cluster.begin_faults();
  DefaultMQProducer producer("orders");
  producer.setNamesrvAddr(cluster.nameservers());
  producer.start();
  const SendResult sent = producer.send(Message("Orders", "order 1"));
  std::cout << "sent to " << sent.getMessageQueue().getBrokerName() << "\n";
  producer.shutdown();
  return result.verdict == RunResult::Verdict::passed && sent.getMessageQueue().getBrokerName() == "broker-b" ? 0 : 1;
}
