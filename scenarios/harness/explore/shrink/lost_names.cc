#include "scenarios/harness/explore/shrink/lost_names.h"

#include <algorithm>
#include <type_traits>
#include <vector>

#include "scenarios/harness/explore/whole.h"

namespace rmqsim {
namespace {

class Loss {
 public:
  Loss(Scenario& scenario, const std::set<std::string>& gone) : scenario_(scenario), gone_(gone) {}

  void go() {
    lose_groups();
    ClusterSpec& cluster = scenario_.cluster;
    const auto lost = [this](const auto& part) { return gone_.contains(part.name); };
    std::erase_if(cluster.brokers,
                  [&](const BrokerSpec& broker) { return lost(broker) || lost_name(broker.slave_of); });
    std::erase_if(cluster.nameservers, [this](const std::string& name) { return gone_.contains(name); });
    std::erase_if(cluster.tls, [this](const auto& server) { return gone_.contains(server.first); });
    std::erase_if(cluster.topics, [this](TopicSpec& topic) {
      const bool somewhere = !topic.queues.empty();
      lose_queues(topic);
      const bool goes = somewhere && topic.queues.empty();
      if (goes) topics_.insert(topic.name);
      return goes;
    });
    std::erase_if(scenario_.producers, lost);
    for (ProducerSpec& producer : scenario_.producers) {
      if (!shorten(producer.nameservers)) producer.nameservers = cluster.nameservers;
    }
    std::erase_if(scenario_.steps, [this](Step& step) {
      lose_expectations(step.expect);
      return !std::visit([this](auto& what) { return keep(what); }, step.what);
    });
    lose_expectations(scenario_.expect);
    lose_rules([this](const FaultRule& rule) { return gone_.contains(rule.at); });
    make_whole(scenario_);
  }

 private:
  template <class Lost>
  void lose_rules(const Lost& lost) {
    auto location = scenario_.fault_locations.begin();
    std::erase_if(scenario_.faults, [&](const FaultRule& rule) {
      const bool goes = lost(rule);
      location = goes ? scenario_.fault_locations.erase(location) : location + 1;
      return goes;
    });
  }
  /// Rules about producers that go.
  void lose_groups() {
    lose_rules([this](const FaultRule& rule) {
      if (!rule.producer_group) return false;
      return std::none_of(scenario_.producers.begin(), scenario_.producers.end(), [&](const ProducerSpec& producer) {
        return producer.on_wire(producer.group) == *rule.producer_group && !gone_.contains(producer.name);
      });
    });
  }
  bool lost_name(const std::string& name) const { return gone_.contains(name); }
  bool lost_name(const std::optional<std::string>& name) const { return name && gone_.contains(*name); }
  bool lost_topic(const std::string& topic) const { return topics_.contains(topic); }
  bool lost_topic(const std::optional<std::string>& topic) const { return topic && topics_.contains(*topic); }
  /// False when a list that named somebody names nobody any more.
  bool shorten(std::vector<std::string>& names) const {
    const bool named = !names.empty();
    std::erase_if(names, [this](const std::string& name) { return gone_.contains(name); });
    return !named || !names.empty();
  }
  void lose_queues(TopicSpec& topic) const {
    std::erase_if(topic.queues, [this](const auto& queues) { return gone_.contains(queues.first); });
  }

  template <class Sending>
  requires requires(Sending& what) { what.message; }
  bool keep(Sending& what) const {
    if constexpr (requires { what.queue; }) {
      if (what.queue && gone_.contains(what.queue->broker)) what.queue.reset();
    }
    return !gone_.contains(what.producer);
  }
  bool keep(RecallStep& recall) const { return !gone_.contains(recall.producer); }
  bool keep(WaitStep&) const { return true; }
  bool keep(AssertStep& assertion) const {
    lose_expectations(assertion.expect);
    return !assertion.expect.empty();
  }
  bool keep(EventStep& step) const {
    return std::visit([this](auto& event) { return keep_event(event); }, step.event);
  }
  template <class Event>
  bool keep_event(Event& event) const {
    if constexpr (requires { event.producer; }) return !gone_.contains(event.producer);
    if constexpr (requires { event.servers; }) return shorten(event.servers);
    if constexpr (requires { event.between; }) {
      const bool between = shorten(event.between);
      return shorten(event.and_) && between;
    }
    bool keeps = true;
    if constexpr (requires { event.broker; }) keeps = !gone_.contains(event.broker);
    if constexpr (requires { event.nameservers; }) keeps &= shorten(event.nameservers);
    if constexpr (requires { event.brokers; }) keeps &= shorten(event.brokers);
    if constexpr (std::is_same_v<Event, SetRouteEvent>) {
      lose_queues(event.topic);
      keeps &= !event.topic.queues.empty();
    }
    return keeps;
  }

  void lose_expectations(std::vector<Expectation>& list) const {
    std::erase_if(list, [this](const Expectation& expectation) {
      return std::visit([this](const auto& e) { return is_about_lost(e); }, expectation.what);
    });
  }
  template <class E>
  bool is_about_lost(const E& e) const {
    bool lost = false;
    if constexpr (requires { e.broker; }) lost |= lost_name(e.broker);
    if constexpr (requires { e.producer; }) lost |= lost_name(e.producer);
    if constexpr (requires { e.nameserver; }) lost |= lost_name(e.nameserver);
    if constexpr (requires { e.topic; }) lost |= lost_topic(e.topic);
    if constexpr (requires { e.requests.topic; }) lost |= lost_topic(e.requests.topic);
    if constexpr (requires { e.requests->topic; }) lost |= e.requests && lost_topic(e.requests->topic);
    if constexpr (requires { e.attempt_brokers; }) {
      for (const std::string& name : e.attempt_brokers.value_or(std::vector<std::string>{})) lost |= lost_name(name);
      for (const auto& attempt : e.attempts.value_or(std::vector<AttemptExpectation>{}))
        lost |= lost_name(attempt.broker);
    }
    if constexpr (requires { e.transaction; }) {
      if (e.transaction && e.transaction->answered_by) {
        for (const std::string& name : *e.transaction->answered_by) lost |= lost_name(name);
      }
    }
    return lost;
  }

  Scenario& scenario_;
  const std::set<std::string>& gone_;
  std::set<std::string> topics_;  ///< that lay with those who go alone
};

}  // namespace

void lose_names(Scenario& scenario, const std::set<std::string>& gone) { Loss(scenario, gone).go(); }

}  // namespace rmqsim
