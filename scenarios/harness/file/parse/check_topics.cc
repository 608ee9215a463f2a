// Topics that nobody has. A send to one fails, which may be what a scenario is about: then it says so. And topics in
// which responders wait for nobody.
#include <algorithm>
#include <set>

#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

constexpr std::string_view kAutoCreateTopic = "TBW102";
constexpr std::string_view kTraceTopic = "RMQ_SYS_TRACE_TOPIC";

/// Topics that get a route somewhere in the file.
std::vector<std::string> topics_with_route(const Scenario& scenario) {
  std::vector<std::string> names;
  for (const TopicSpec& topic : scenario.cluster.topics) names.push_back(topic.name);
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* route = event == nullptr ? nullptr : std::get_if<SetRouteEvent>(&event->event);
    if (route != nullptr) names.push_back(route->topic.name);
  }
  std::sort(names.begin(), names.end());
  return names;
}

bool holds(const std::vector<std::string>& sorted, const std::string& name) {
  return std::binary_search(sorted.begin(), sorted.end(), name);
}

struct TopicUse {
  const std::string* producer = nullptr;
  const std::string* topic = nullptr;
  bool request = false;  ///< its messages want a reply
};

TopicUse topic_use(const Step& step) {
  if (const auto* send = std::get_if<SendStep>(&step.what)) {
    return {&send->producer, &send->message.topic};
  }
  if (const auto* t = std::get_if<TransactionStep>(&step.what)) return {&t->producer, &t->message.topic};
  if (const auto* request = std::get_if<RequestStep>(&step.what)) {
    return {&request->producer, &request->message.topic, true};
  }
  return {};
}

bool any_within(const SendSelector& sends, const Step& step) {
  return std::any_of(sends.ranges.begin(), sends.ranges.end(), [&](const auto& range) {
    return range.first < step.first_send + step.send_count && step.first_send <= range.second;
  });
}

/// Whether the expectation takes a failure of some send of the step for granted.
bool grants_failure(const Expectation& expectation, const Step& step) {
  const SendSelector* sends = expectation.grants_failure();
  return sends != nullptr && any_within(*sends, step);
}

bool failure_is_expected(const Scenario& scenario, const Step& step) {
  const auto any = [&](const std::vector<Expectation>& list) {
    return std::any_of(list.begin(), list.end(), [&](const Expectation& e) { return grants_failure(e, step); });
  };
  return any(scenario.expect) || any(step.expect) ||
         std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& other) {
           const auto* assertion = std::get_if<AssertStep>(&other.what);
           return assertion != nullptr && any(assertion->expect);
         });
}

/// What the producer says of a topic on the wire, and of the topic whose route stands in for an unknown one.
bool has_another_way(const ProducerSpec& producer, const std::string& topic, const std::vector<std::string>& known) {
  const auto* space = producer.config.get<std::string>("namespace");
  if (space != nullptr && !space->empty() && holds(known, *space + "%" + topic)) return true;
  const auto* key = producer.config.get<std::string>("createTopicKey");
  return holds(known, key != nullptr ? *key : std::string(kAutoCreateTopic));
}

}  // namespace

void check_topics(const Scenario& scenario, std::vector<Finding>& found) {
  if (scenario.cluster.auto_create_topic) return;
  const std::vector<std::string> known = topics_with_route(scenario);
  for (const Step& step : scenario.steps) {
    const TopicUse use = topic_use(step);
    if (use.topic == nullptr || holds(known, *use.topic)) continue;
    const ProducerSpec* producer = scenario.find_producer(*use.producer);
    if (producer != nullptr && has_another_way(*producer, *use.topic, known)) continue;
    if (failure_is_expected(scenario, step)) continue;
    found.push_back({step.where, "nobody has the topic " + in_quotes(*use.topic) + suggestion(*use.topic, known) +
                                     "; where the failure is the point, expect it"});
  }
}

void check_responders(const Scenario& scenario, std::vector<Finding>& found) {
  std::vector<std::string> asked;
  bool sends = false;
  for (const Step& step : scenario.steps) {
    const TopicUse use = topic_use(step);
    sends |= use.topic != nullptr;
    if (!use.request) continue;
    const ProducerSpec* producer = scenario.find_producer(*use.producer);
    const auto* space = producer != nullptr ? producer->config.get<std::string>("namespace") : nullptr;
    asked.push_back(space != nullptr && !space->empty() ? *space + "%" + *use.topic : *use.topic);
  }
  if (!sends) return;  // another client does
  std::sort(asked.begin(), asked.end());
  for (const ResponderSpec& responder : scenario.cluster.responders) {
    if (responder.may_be_idle || holds(asked, responder.topic)) continue;
    found.push_back({responder.where, "responder " + in_quotes(responder.name) +
                                          " can never answer: nobody sends a request to the topic " +
                                          in_quotes(responder.topic) + suggestion(responder.topic, asked) +
                                          std::string(kMayBeIdle)});
  }
}

void check_trace_topics(const Scenario& scenario, std::vector<Finding>& found) {
  if (scenario.cluster.auto_create_topic) return;
  const std::vector<std::string> known = topics_with_route(scenario);
  const auto none_expected = [](const Expectation& expectation) {
    const auto* traces = std::get_if<TraceExpectation>(&expectation.what);
    return traces != nullptr && traces->count.min == 0;
  };
  if (std::any_of(scenario.expect.begin(), scenario.expect.end(), none_expected)) return;
  for (const ProducerSpec& producer : scenario.producers) {
    const auto* on = producer.config.get<bool>("enableTrace");
    const auto* channel = producer.config.get<std::string>("accessChannel");
    if (on == nullptr || !*on || (channel != nullptr && *channel == "CLOUD")) continue;  // CLOUD names one by region
    const auto* chosen = producer.config.get<std::string>("traceTopic");
    const std::string topic = chosen != nullptr && !chosen->empty() ? *chosen : std::string(kTraceTopic);
    if (holds(known, topic) || has_another_way(producer, topic, known)) continue;
    found.push_back({producer.config.where.at("enableTrace"),
                     "nobody has the topic of its traces, " + in_quotes(topic) + suggestion(topic, known)});
  }
}

}  // namespace rmqsim
