#include "scenarios/harness/engine/judging/trouble.h"

#include <algorithm>
#include <variant>

#include "scenarios/harness/engine/judging/damage.h"
#include "scenarios/harness/engine/judging/heard_routes.h"
#include "scenarios/harness/engine/judging/recovery.h"

namespace rmqsim {

Trouble trouble_of(const JudgedRun& run) {
  Trouble trouble;
  const Scenario& scenario = run.scenario;
  for (const ProducerSpec& producer : scenario.producers) {
    if (producer.auto_start) trouble.running.insert(producer.name);
  }
  trouble.over = run.record.first_step;
  for (const FaultRule& rule : scenario.faults) {
    trouble.any = true;
    trouble.at_nameservers |= scenario.cluster.has_nameserver(rule.at) ||
                              rule.on.includes(FaultTarget{FaultTarget::Kind::register_broker, 0});
    const std::optional<Duration> held = longest_hold(scenario, rule);
    if (!held || !rule.to) {
      trouble.over.reset();
    } else if (trouble.over) {
      trouble.over = std::max(*trouble.over, run.record.first_step + *rule.to + *held);
    }
  }
  Damage damage(scenario.cluster);
  for (const EventRecord& event : run.record.events) {
    damage.take(std::get<EventStep>(scenario.steps[event.step].what).event);
    for (const auto* servers : {&damage.down, &damage.paused}) {
      trouble.any |= !servers->empty();
      trouble.at_nameservers |= std::any_of(servers->begin(), servers->end(), [&](const std::string& server) {
        return scenario.cluster.has_nameserver(server);
      });
    }
    if (!damage.partitions.empty()) trouble.any = trouble.at_nameservers = true;
    if (trouble.over) trouble.over = std::max(*trouble.over, event.at);
  }
  if (!damage.mended()) trouble.over.reset();
  trouble.altered = damage.routes;
  trouble.altered.insert(damage.perms.begin(), damage.perms.end());
  trouble.running.insert(damage.started.begin(), damage.started.end());
  for (const std::string& producer : damage.stopped) trouble.running.erase(producer);
  return trouble;
}

bool changes_the_cluster(const Scenario& scenario) {
  const auto changes = [](const Step& step) {
    const auto* event = std::get_if<EventStep>(&step.what);
    return event != nullptr && !std::holds_alternative<SetConfigEvent>(event->event) &&
           !std::holds_alternative<StartProducerEvent>(event->event) &&
           !std::holds_alternative<ShutdownProducerEvent>(event->event);
  };
  // What keeps a client from a route, and a broker out of it.
  const auto routes = [&](const FaultRule& rule) {
    return rule.on.includes(FaultTarget{FaultTarget::Kind::route, 0}) ||
           rule.on.includes(FaultTarget{FaultTarget::Kind::register_broker, 0}) ||
           (!rule.on.is_request() && scenario.cluster.has_nameserver(rule.at));
  };
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), changes) ||
         std::any_of(scenario.faults.begin(), scenario.faults.end(), routes);
}

Duration task_delay(const JudgedRun& run, const Trouble& trouble, const std::string& producer) {
  constexpr Duration kConnect = millis(3000);  // and as long for a lock
  const ClusterSpec& cluster = run.scenario.cluster;
  const auto* talks = run.routes->talks(producer);
  const auto topics = static_cast<std::int64_t>(talks == nullptr ? 0 : talks->size()) + 1;
  const auto brokers = static_cast<std::int64_t>(cluster.brokers.size());
  const auto nameservers = static_cast<std::int64_t>(cluster.nameservers.size());
  const Duration there_and_back = run.scenario.network.one_way * 4;
  const Duration calm = millis(1000) + run.lateness + there_and_back * (topics * 2 + brokers * 2 + 2);
  if (!trouble.any) return calm;
  const Duration answer = millis(run.number(producer, "mqClientApiTimeout", 3000));
  return calm + (kConnect * (1 + nameservers) + answer) * topics + kConnect + (kConnect + answer) * brokers;
}

}  // namespace rmqsim
