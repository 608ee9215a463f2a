// Topics that nobody has. A send to one fails, which may be what a scenario is about: then it says so.
#include <algorithm>

#include "producer/remoting/namespace_util.h"
#include "scenarios/harness/file/look_up.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/parse/topic_names.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

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

/// Whether the topic that the producer asks for has a route, or the one whose route stands in for an unknown one.
bool has_way(const ProducerSpec& producer, const std::string& topic, const std::vector<std::string>& known) {
  return holds(known, producer.on_wire(topic)) || holds(known, create_topic_key(producer));
}

}  // namespace

void check_topics(const Scenario& scenario, std::vector<Finding>& found) {
  if (scenario.cluster.auto_create_topic) return;
  const std::vector<std::string> known = topics_with_route(scenario);
  for (const Step& step : scenario.steps) {
    const TopicUse use = topic_use(step);
    if (use.topic == nullptr) continue;
    const ProducerSpec& producer = look_up(scenario.find_producer(*use.producer), *use.producer);
    if (has_way(producer, *use.topic, known) || failure_is_expected(scenario, step)) continue;
    const std::string topic = producer.on_wire(*use.topic);
    found.push_back({step.where, "nobody has the topic " + in_quotes(topic) + suggestion(topic, known) +
                                     "; where the failure is the point, expect it"});
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
    const std::vector<std::string> topics = trace_topics(scenario, producer);
    const bool any = std::any_of(topics.begin(), topics.end(), [&](const std::string& topic) {
      return holds(known, topic) || has_way(producer, topic, known);
    });
    if (any || topics.empty()) continue;
    found.push_back({producer.config.where.at("enableTrace"), "nobody has the topic of its traces, " +
                                                                  in_quotes(topics.front()) +
                                                                  suggestion(topics.front(), known)});
  }
}

void check_looked_up_topics(const Scenario& scenario, std::vector<Finding>& found) {
  if (scenario.cluster.auto_create_topic) return;
  std::vector<std::string> known = topics_with_route(scenario);
  for (const Step& step : scenario.steps) {
    if (const TopicUse use = topic_use(step); use.topic != nullptr) known.push_back(*use.topic);
  }
  std::sort(known.begin(), known.end());
  known.erase(std::unique(known.begin(), known.end()), known.end());
  for (const ProducerSpec& producer : scenario.producers) {
    const auto* topics = producer.config.get<std::vector<std::string>>("topics");
    if (topics == nullptr) continue;
    for (const std::string& topic : *topics) {
      if (holds(known, topic) || has_way(producer, topic, known)) continue;
      found.push_back({producer.config.where.at("topics"),
                       "nobody has the topic " + in_quotes(topic) + suggestion(topic, known)});
    }
  }
}

void check_permitted_topics(const Scenario& scenario, std::vector<Finding>& found) {
  if (scenario.cluster.auto_create_topic || scenario.send_count == 0) return;
  const std::vector<std::string> known = all_topics(scenario);
  const auto is_brokers_own = [](const std::string& topic) {
    return NamespaceUtil::is_system_topic(topic) || topic.starts_with("rmq_sys_") || topic.starts_with('%');
  };
  const auto& accounts = scenario.cluster.accounts;
  for (std::size_t i = 0; i < accounts.size(); ++i) {
    if (!accounts[i].may) continue;
    for (const auto& one : accounts[i].may->topic_perms) {
      const std::string& topic = one.first;
      if (holds(known, topic) || is_brokers_own(topic)) continue;
      found.push_back({scenario.cluster.account_locations.at(i),
                       "its \"topicPerms\" say something of " + in_quotes(topic) + ", a topic that nobody has" +
                           suggestion(topic, known)});
    }
  }
}

}  // namespace rmqsim
