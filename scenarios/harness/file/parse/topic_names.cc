#include "scenarios/harness/file/parse/topic_names.h"

#include <utility>

#include "fake_broker/settings/broker_config.h"

namespace rmqsim {
namespace {

constexpr std::string_view kAutoCreateTopic = "TBW102";
constexpr std::string_view kTraceTopic = "RMQ_SYS_TRACE_TOPIC";
constexpr std::string_view kCloudTraceTopicPrefix = "rmq_sys_TRACE_DATA_";

std::vector<std::string> in_order(std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

std::string of_producer(const Scenario& scenario, const std::string& producer, const std::string& topic) {
  const ProducerSpec* spec = scenario.find_producer(producer);
  return spec != nullptr ? spec->on_wire(topic) : topic;
}

}  // namespace

TopicUse topic_use(const Step& step) {
  if (const auto* send = std::get_if<SendStep>(&step.what)) return {&send->producer, &send->message.topic};
  if (const auto* t = std::get_if<TransactionStep>(&step.what)) return {&t->producer, &t->message.topic};
  if (const auto* request = std::get_if<RequestStep>(&step.what)) {
    return {&request->producer, &request->message.topic, true};
  }
  return {};
}

std::vector<std::string> topics_with_route(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const TopicSpec& topic : scenario.cluster.topics) names.push_back(topic.name);
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* route = event == nullptr ? nullptr : std::get_if<SetRouteEvent>(&event->event);
    if (route != nullptr) names.push_back(route->topic.name);
  }
  return in_order(std::move(names));
}

std::vector<std::string> wanted_topics(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Step& step : scenario.steps) {
    if (const TopicUse use = topic_use(step); use.topic != nullptr) {
      names.push_back(of_producer(scenario, *use.producer, *use.topic));
    }
    const auto* recall = std::get_if<RecallStep>(&step.what);
    if (recall != nullptr && recall->topic) names.push_back(of_producer(scenario, recall->producer, *recall->topic));
  }
  for (const ProducerSpec& producer : scenario.producers) {
    names.push_back(create_topic_key(producer));
    for (std::string& topic : trace_topics(scenario, producer)) names.push_back(std::move(topic));
    const auto* looked_up = producer.config.get<std::vector<std::string>>("topics");
    if (looked_up == nullptr) continue;
    for (const std::string& topic : *looked_up) {
      names.push_back(topic);
      names.push_back(producer.on_wire(topic));
    }
  }
  for (std::string& topic : reply_topics(scenario)) names.push_back(std::move(topic));
  return in_order(std::move(names));
}

std::vector<std::string> reply_topics(const Scenario& scenario) {
  if (scenario.cluster.responders.empty()) return {};
  return {BrokerConfig{}.broker_cluster_name + "_REPLY_TOPIC"};
}

std::vector<std::string> all_topics(const Scenario& scenario) {
  std::vector<std::string> all = topics_with_route(scenario);
  for (std::string& topic : wanted_topics(scenario)) all.push_back(std::move(topic));
  return in_order(std::move(all));
}

std::vector<std::string> asked_topics(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const Step& step : scenario.steps) {
    const TopicUse use = topic_use(step);
    if (use.request) names.push_back(of_producer(scenario, *use.producer, *use.topic));
  }
  return in_order(std::move(names));
}

std::vector<std::string> trace_topics(const Scenario& scenario, const ProducerSpec& producer) {
  const auto* on = producer.config.get<bool>("enableTrace");
  if (on == nullptr || !*on) return {};
  const auto* channel = producer.config.get<std::string>("accessChannel");
  if (channel == nullptr || *channel != "CLOUD") {
    const auto* chosen = producer.config.get<std::string>("traceTopic");
    return {chosen != nullptr && !chosen->empty() ? *chosen : std::string(kTraceTopic)};
  }
  std::vector<std::string> names;
  for (const BrokerSpec& broker : scenario.cluster.brokers) {
    std::string region = BrokerConfig{}.region_id;
    for (const auto& [key, value] : broker.config) {
      if (key == "regionId") region = value;
    }
    if (!broker.slave_of) names.push_back(std::string(kCloudTraceTopicPrefix) + region);
  }
  return names;
}

std::string create_topic_key(const ProducerSpec& producer) {
  const auto* key = producer.config.get<std::string>("createTopicKey");
  return key != nullptr ? *key : std::string(kAutoCreateTopic);
}

}  // namespace rmqsim
