// What a scenario may not ask of processes: that one remembers after it was killed, or knows what reaches another.
#include <filesystem>
#include <system_error>
#include <utility>

#include "scenarios/harness/cluster/process_cluster.h"
#include "scenarios/harness/engine/scenario_world.h"

namespace rmqsim {

std::optional<CannotRun> ProcessCluster::cannot_run(const Scenario& scenario) {
  const auto because = [](std::string reason) { return CannotRun{std::move(reason), WorldKind::tcp}; };
  std::error_code error;
  if (!std::filesystem::is_regular_file(scenario.file, error)) {
    return because("the programs read the scenario from its file, and \"" + scenario.file + "\" is none");
  }
  for (const FaultRule& rule : scenario.faults) {
    if (rule.count == FaultCount::broker || rule.at != "*" || scenario.cluster.brokers.size() == 1) continue;
    return because("fault \"" + rule.id + "\" counts over several brokers, and none sees what reaches another process");
  }
  for (const BrokerSpec& broker : scenario.cluster.brokers) {
    const bool secret = tls_mode(scenario, broker.name) == TlsMode::enforcing;
    for (const std::string& name : scenario.cluster.nameservers) {
      if (tls_mode(scenario, name) != (secret ? TlsMode::disabled : TlsMode::enforcing)) continue;
      return because("a broker of its own program speaks TLS to nameservers if it enforces it, so " + broker.name +
                     " could not register at " + name);
    }
  }
  bool transactions = false;
  bool delays = false;
  for (const Step& step : scenario.steps) {
    transactions = transactions || std::holds_alternative<TransactionStep>(step.what);
    const auto* send = std::get_if<SendStep>(&step.what);
    delays = delays || (send != nullptr && (send->message.delay || send->message.delay_level > 0));
  }
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* restart = event == nullptr ? nullptr : std::get_if<RestartEvent>(&event->event);
    if (restart == nullptr) continue;
    for (const std::string& name : restart->servers) {
      for (const FaultRule& rule : scenario.faults) {
        if ((rule.at != "*" && rule.at != name) || (rule.nth.every() && rule.probability >= 1.0)) continue;
        return because("fault \"" + rule.id + "\" counts what reaches " + name +
                       ", and a process that was killed forgets its count");
      }
      if (transactions && scenario.cluster.find_broker(name) != nullptr) {
        return because("half messages: " + name +
                       " is restarted, and a process that was killed forgets which it had");
      }
      if (delays && scenario.cluster.find_broker(name) != nullptr) {
        return because("delayed messages: " + name +
                       " is restarted, and a process that was killed forgets which waited");
      }
      if (scenario.cluster.auto_create_topic && scenario.cluster.find_broker(name) != nullptr) {
        return because("cluster.autoCreateTopic: " + name +
                       " is restarted, and a process that was killed forgets the topics it created");
      }
    }
  }
  return std::nullopt;
}

}  // namespace rmqsim
