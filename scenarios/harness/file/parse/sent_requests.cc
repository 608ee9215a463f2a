#include "scenarios/harness/file/parse/sent_requests.h"

#include <algorithm>

#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/parse/topic_names.h"

namespace rmqsim {
namespace {

bool is_traced(const ProducerSpec& producer) {
  const auto* on = producer.config.get<bool>("enableTrace");
  return on != nullptr && *on;
}

template <class Event>
const Event* event_of(const Step& step) {
  const auto* event = std::get_if<EventStep>(&step.what);
  return event == nullptr ? nullptr : std::get_if<Event>(&event->event);
}

/// The topic of a step's messages as requests name it; empty: it sends none.
std::string topic_on_wire(const Scenario& scenario, const Step& step) {
  const TopicUse use = topic_use(step);
  if (use.topic == nullptr) return "";
  return look_up(scenario.find_producer(*use.producer), *use.producer).on_wire(*use.topic);
}

bool slaves_may_act(const Scenario& scenario) {
  const auto& brokers = scenario.cluster.brokers;
  return std::any_of(brokers.begin(), brokers.end(), [](const BrokerSpec& broker) {
    return std::any_of(broker.config.begin(), broker.config.end(),
                       [](const auto& one) { return one.first == "enableSlaveActingMaster"; });
  });
}

/// Whoever may be in some route.
std::set<std::string> routed_brokers(const Scenario& scenario) {
  std::set<std::string> names;
  const bool slaves = slaves_may_act(scenario);
  for (const BrokerSpec& broker : scenario.cluster.brokers) {
    if (slaves || !broker.slave_of) names.insert(broker.name);
  }
  return names;
}

/// Whoever may be in the topic's route, or be named by a step that sends to it.
std::set<std::string> brokers_of(const Scenario& scenario, const std::string& topic) {
  std::set<std::string> names;
  const auto take = [&](const TopicSpec& spec) {
    for (const auto& one : spec.queues) names.insert(one.first);
  };
  if (const TopicSpec* spec = scenario.cluster.find_topic(topic)) take(*spec);
  for (const Step& step : scenario.steps) {
    const auto* route = event_of<SetRouteEvent>(step);
    if (route != nullptr && route->topic.name == topic) take(route->topic);
    const auto target = target_of(step);
    if (target && topic_on_wire(scenario, step) == topic) names.insert(target->broker);
  }
  return names;
}

}  // namespace

SentTopics sent_topics(const Scenario& scenario) {
  SentTopics topics;
  const bool anywhere = topics_are_created(scenario) || slaves_may_act(scenario);
  for (const Step& step : scenario.steps) {
    std::string topic = topic_on_wire(scenario, step);
    if (topic.empty() || topics.contains(topic)) continue;
    auto brokers = anywhere ? routed_brokers(scenario) : brokers_of(scenario, topic);
    topics.emplace(std::move(topic), std::move(brokers));
  }
  if (topics.empty()) return topics;
  const auto add = [&](const std::string& topic) { topics[topic] = routed_brokers(scenario); };
  for (const ProducerSpec& producer : scenario.producers) {
    for (const std::string& topic : trace_topics(scenario, producer)) {
      add(topic);
      add(producer.on_wire(topic));
    }
  }
  for (const std::string& topic : reply_topics(scenario)) add(topic);
  return topics;
}

bool topics_are_created(const Scenario& scenario) {
  if (scenario.cluster.auto_create_topic) return true;
  const std::vector<std::string> known = topics_with_route(scenario);
  return std::any_of(scenario.producers.begin(), scenario.producers.end(),
                     [&](const ProducerSpec& producer) { return holds(known, create_topic_key(producer)); }) ||
         std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
           const auto* set = event_of<SetConfigEvent>(step);
           return set != nullptr && set->config.get<std::string>("createTopicKey") != nullptr;
         });
}

bool others_send(const Scenario& scenario) {
  return !scenario.cluster.responders.empty() ||
         std::any_of(scenario.producers.begin(), scenario.producers.end(), is_traced);
}

std::optional<std::uint64_t> most_sends(const Scenario& scenario, const std::optional<std::string>& topic) {
  for (const ProducerSpec& producer : scenario.producers) {
    const std::vector<std::string> traces = trace_topics(scenario, producer);
    const auto is_topic = [&](const std::string& one) { return one == *topic || producer.on_wire(one) == *topic; };
    if (!topic ? is_traced(producer) : std::any_of(traces.begin(), traces.end(), is_topic)) return std::nullopt;
  }
  const bool replies = !topic || holds(reply_topics(scenario), *topic);
  std::uint64_t sends = 0;
  for (const Step& step : scenario.steps) {
    const TopicUse use = topic_use(step);
    if (use.topic == nullptr) continue;
    if (!topic || topic_on_wire(scenario, step) == *topic) sends += step.send_count;
    if (use.request && replies) sends += 3 * step.send_count;
  }
  if (sends == 0) return std::nullopt;
  return sends * most_requests_of_a_send(scenario);
}

std::uint64_t most_requests_of_a_send(const Scenario& scenario) {
  std::int64_t retries = 2;  // Java's default, sync and async
  const auto take = [&](const ProducerConfig& config) {
    for (const char* name : {"retryTimesWhenSendFailed", "retryTimesWhenSendAsyncFailed"}) {
      if (const auto* value = config.get<std::int64_t>(name)) retries = std::max(retries, *value);
    }
  };
  for (const ProducerSpec& producer : scenario.producers) take(producer.config);
  for (const Step& step : scenario.steps) {
    if (const auto* set = event_of<SetConfigEvent>(step)) take(set->config);
  }
  return static_cast<std::uint64_t>(1 + retries) * 2;  // after GO_AWAY a request goes out twice
}

std::int32_t most_queues(const Scenario& scenario, const std::string& topic) {
  std::int32_t most = 0;
  const auto take = [&](const TopicSpec& spec) {
    for (const auto& [broker, queues] : spec.queues) most = std::max(most, queues);
  };
  if (const TopicSpec* spec = scenario.cluster.find_topic(topic)) take(*spec);
  for (const Step& step : scenario.steps) {
    const auto* route = event_of<SetRouteEvent>(step);
    if (route != nullptr && route->topic.name == topic) take(route->topic);
    const auto target = target_of(step);
    if (target && topic_on_wire(scenario, step) == topic) most = std::max(most, target->queue_id + 1);
  }
  return most;
}

std::optional<QueueTarget> target_of(const Step& step) {
  if (const auto* send = std::get_if<SendStep>(&step.what)) return send->queue;
  if (const auto* request = std::get_if<RequestStep>(&step.what)) return request->queue;
  return std::nullopt;
}

}  // namespace rmqsim
