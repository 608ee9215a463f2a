// What does not depend on where the servers live.
#include "scenarios/harness/cluster/cluster.h"

#include <algorithm>

#include "producer/client/trace/trace_data.h"
#include "scenarios/harness/file/late_by.h"

namespace rmqsim {

void make_symbolic(DecisionLog& decisions, const Cluster& cluster) {
  for (Decision& decision : decisions) {
    std::visit(
        [&](auto& d) {
          if constexpr (requires { d.error->message; }) {
            if (d.error) d.error->message = cluster.symbolic(std::move(d.error->message));
          }
        },
        decision.what);
  }
}

FaultPlanOptions fault_plan_options(const Scenario& scenario, std::uint64_t seed) {
  return {seed, late_by(scenario)};
}

std::vector<std::string> responder_topics(const Scenario& scenario) {
  std::vector<std::string> topics;
  for (const ResponderSpec& responder : scenario.cluster.responders) topics.push_back(responder.topic);
  return topics;
}

std::vector<std::string> trace_topics(const Scenario& scenario) {
  std::vector<std::string> topics;
  for (const ProducerSpec& producer : scenario.producers) {
    const auto* on = producer.config.get<bool>("enableTrace");
    if (on == nullptr || !*on) continue;
    const auto* chosen = producer.config.get<std::string>("traceTopic");
    topics.push_back(chosen != nullptr && !chosen->empty() ? *chosen : std::string(kDefaultTraceTopic));
  }
  if (!topics.empty()) topics.push_back(std::string(kCloudTraceTopicPrefix) + "*");
  return topics;
}

TlsMode tls_mode(const Scenario& scenario, std::string_view server) {
  const auto named = scenario.cluster.tls.find(server);
  if (named != scenario.cluster.tls.end()) return named->second;
  const bool wanted = std::any_of(scenario.producers.begin(), scenario.producers.end(), [](const auto& producer) {
    const auto* on = producer.config.template get<bool>("useTLS");
    return on != nullptr && *on;
  });
  return wanted ? TlsMode::permissive : TlsMode::disabled;
}

TransactionEnd Cluster::transaction_end(const TransactionCounts& counts) {
  TransactionEnd end;
  end.checks = counts.checks;
  end.asked = counts.asked;
  end.commits = counts.committed;
  end.what = counts.committed > 0     ? "committed"
             : counts.pending > 0     ? "pending"
             : counts.rolled_back > 0 ? "rolledBack"
             : counts.discarded > 0   ? "discarded"
                                      : "nothing";
  return end;
}

std::uint64_t Cluster::duplicates() const {
  std::uint64_t duplicates = 0;
  for (const auto& [key, copies] : repeated()) duplicates += copies - 1;
  return duplicates;
}

std::vector<std::string> Cluster::broker_names() const {
  std::vector<std::string> names;
  for (const BrokerSpec& broker : scenario_.cluster.brokers) names.push_back(broker.name);
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::string> Cluster::nameservers_or_all(const std::vector<std::string>& names) const {
  return names.empty() ? scenario_.cluster.nameservers : names;
}

std::string Cluster::name_server_addresses(const std::vector<std::string>& names) const {
  std::string text;
  for (const std::string& name : nameservers_or_all(names)) {
    if (!text.empty()) text += ';';
    text += address_of(name);
  }
  return text;
}

std::string Cluster::name_of(std::string_view address) const {
  for (const std::string& name : broker_names()) {
    if (address_of(name) == address) return name;
  }
  for (const std::string& name : scenario_.cluster.nameservers) {
    if (address_of(name) == address) return name;
  }
  return std::string(address);
}

std::string Cluster::symbolic(std::string text) const {
  const auto replace = [&](const std::string& address, const std::string& name) {
    if (address.empty()) return;
    for (std::size_t at = 0; (at = text.find(address, at)) != std::string::npos;) {
      // 127.0.0.1:1091 must not match inside 127.0.0.1:10911.
      const std::size_t end = at + address.size();
      if (end < text.size() && text[end] >= '0' && text[end] <= '9') {
        at = end;
        continue;
      }
      text.replace(at, address.size(), "<" + name + ">");
      at += name.size() + 2;
    }
  };
  for (const std::string& name : broker_names()) replace(address_of(name), name);
  for (const std::string& name : scenario_.cluster.nameservers) replace(address_of(name), name);
  return text;
}

}  // namespace rmqsim
