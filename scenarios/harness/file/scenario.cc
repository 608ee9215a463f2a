// The few questions that the data model answers itself.
#include "scenarios/harness/file/scenario.h"

#include <algorithm>

#include "producer/remoting/namespace_util.h"

namespace rmqsim {
namespace {

bool holds_in(const std::vector<std::string>& profiles, std::string_view profile) {
  return profiles.empty() || std::find(profiles.begin(), profiles.end(), profile) != profiles.end();
}

template <class List>
auto* find_named(List& list, std::string_view name) {
  auto it = std::find_if(list.begin(), list.end(), [&](const auto& item) { return item.name == name; });
  return it == list.end() ? nullptr : &*it;
}

}  // namespace

const BrokerSpec* ClusterSpec::find_broker(std::string_view name) const { return find_named(brokers, name); }

const TopicSpec* ClusterSpec::find_topic(std::string_view name) const { return find_named(topics, name); }

bool ClusterSpec::has_nameserver(std::string_view name) const {
  return std::find(nameservers.begin(), nameservers.end(), name) != nameservers.end();
}

const ProducerSpec* Scenario::find_producer(std::string_view name) const { return find_named(producers, name); }

std::vector<std::string> Scenario::everyone_but(const std::vector<std::string>& some) const {
  std::vector<std::string> others;
  const auto add = [&](const std::string& name) {
    if (std::find(some.begin(), some.end(), name) == some.end()) others.push_back(name);
  };
  for (const std::string& nameserver : cluster.nameservers) add(nameserver);
  for (const BrokerSpec& broker : cluster.brokers) add(broker.name);
  for (const ProducerSpec& producer : producers) add(producer.name);
  for (const ResponderSpec& responder : cluster.responders) add(responder.name);
  return others;
}

const InvariantOff* Scenario::invariant_off(std::string_view invariant, std::string_view profile) const {
  for (const InvariantOff& off : invariants_off) {
    if (off.name == invariant && off.applies_to(profile)) return &off;
  }
  return nullptr;
}

bool WorldsSpec::has(std::string_view world) const { return std::find(only.begin(), only.end(), world) != only.end(); }

bool InvariantOff::applies_to(std::string_view profile) const { return holds_in(profiles, profile); }

bool Expectation::applies_to(std::string_view profile) const { return holds_in(profiles, profile); }

JudgedWhen Expectation::judged() const {
  return std::visit([](const auto& e) { return e.row.judged; }, what);
}

std::optional<Duration> Expectation::moment() const {
  return std::visit([](const auto& e) { return e.row.moment ? e.row.moment(e) : std::nullopt; }, what);
}

std::optional<std::string_view> Expectation::unseen(const Scenario& scenario) const {
  return std::visit([&](const auto& e) { return e.row.unseen(e, scenario); }, what);
}

const SendSelector* Expectation::grants_failure() const {
  return std::visit([](const auto& e) { return e.row.grants_failure(e); }, what);
}

std::string ProducerSpec::on_wire(std::string_view resource) const {
  const auto* space = config.get<std::string>("namespace");
  return NamespaceUtil::wrapNamespace(space != nullptr ? std::string_view(*space) : std::string_view(), resource);
}

std::string with_number(std::string_view text, std::uint64_t i) {
  std::string result;
  for (std::size_t at; (at = text.find("{i}")) != std::string_view::npos; text.remove_prefix(at + 3)) {
    result.append(text.substr(0, at)).append(std::to_string(i));
  }
  return result.append(text);
}

std::string BodySpec::render(std::uint64_t i) const {
  return text ? with_number(*text, i) : std::string(size, fill);
}

}  // namespace rmqsim
