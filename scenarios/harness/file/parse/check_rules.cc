// Fault rules that can never act: their queue, their window or their turn cannot come, or others act first.
#include <algorithm>

#include "scenarios/harness/file/earliest.h"
#include "scenarios/harness/file/parse/rule_order.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

using Kind = FaultTarget::Kind;

void find_idle_rule(const Scenario& scenario, std::size_t i, const std::string& why, std::vector<Finding>& found) {
  found.push_back({scenario.fault_locations[i], idle_rule_text("rule " + in_quotes(scenario.faults[i].id), why)});
}

template <class Visit>
void each_judged_rule(const Scenario& scenario, const Visit& visit) {
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    if (!scenario.faults[i].may_be_idle) visit(i, scenario.faults[i]);
  }
}

const MessageSpec* message_of(const Step& step) {
  if (const auto* send = std::get_if<SendStep>(&step.what)) return &send->message;
  if (const auto* transaction = std::get_if<TransactionStep>(&step.what)) return &transaction->message;
  if (const auto* request = std::get_if<RequestStep>(&step.what)) return &request->message;
  return nullptr;
}

std::optional<QueueTarget> target_of(const Step& step) {
  if (const auto* send = std::get_if<SendStep>(&step.what)) return send->queue;
  if (const auto* request = std::get_if<RequestStep>(&step.what)) return request->queue;
  return std::nullopt;
}

bool looks_at_sends(const FaultRule& rule) { return FaultTarget{Kind::send, 0}.includes(rule.on); }

/// How many queues the topic has at most, over all brokers: an asynchronous retry keeps the queue of another one.
std::int32_t most_queues(const Scenario& scenario, const std::string& topic) {
  std::int32_t most = 0;
  const auto take = [&](const TopicSpec& spec) {
    for (const auto& [broker, queues] : spec.queues) most = std::max(most, queues);
  };
  if (const TopicSpec* spec = scenario.cluster.find_topic(topic)) take(*spec);
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* route = event == nullptr ? nullptr : std::get_if<SetRouteEvent>(&event->event);
    if (route != nullptr && route->topic.name == topic) take(route->topic);
    const auto target = target_of(step);
    if (target && message_of(step)->topic == topic) most = std::max(most, target->queue_id + 1);
  }
  return most;
}

/// The earliest time at which something is sent; nullopt: the file's own producers send nothing.
std::optional<Duration> first_send(const Scenario& scenario) {
  const std::vector<Duration> begins = earliest_begins(scenario);
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    if (message_of(step) != nullptr) return std::max(begins[i], step.at.value_or(Duration{0}));
  }
  return std::nullopt;
}

/// An upper bound of the send requests of a whole run; nullopt: nobody can say.
std::optional<std::uint64_t> most_sends(const Scenario& scenario) {
  bool unknown = false;
  for (const ProducerSpec& producer : scenario.producers) {
    const auto* traces = producer.config.get<bool>("enableTrace");
    unknown |= traces != nullptr && *traces;
  }
  std::uint64_t sends = 0;
  for (const Step& step : scenario.steps) {
    if (message_of(step) != nullptr) sends += step.send_count;
    if (std::holds_alternative<RequestStep>(step.what)) sends += 3 * step.send_count;  // their replies
  }
  if (unknown || sends == 0) return std::nullopt;
  return sends * most_requests_of_a_send(scenario);
}

}  // namespace

std::uint64_t most_requests_of_a_send(const Scenario& scenario) {
  std::int64_t retries = 2;  // Java's default, sync and async
  const auto take = [&](const ProducerConfig& config) {
    for (const char* name : {"retryTimesWhenSendFailed", "retryTimesWhenSendAsyncFailed"}) {
      if (const auto* value = config.get<std::int64_t>(name)) retries = std::max(retries, *value);
    }
  };
  for (const ProducerSpec& producer : scenario.producers) take(producer.config);
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* set = event == nullptr ? nullptr : std::get_if<SetConfigEvent>(&event->event);
    if (set != nullptr) take(set->config);
  }
  return static_cast<std::uint64_t>(1 + retries) * 2;  // after GO_AWAY a request goes out twice
}

void check_rule_queues(const Scenario& scenario, std::vector<Finding>& found) {
  if (scenario.cluster.auto_create_topic) return;
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule& rule) {
    if (!rule.queue_id) return;
    std::int32_t most = 0;
    std::string whose;
    if (rule.topic) {
      if (scenario.cluster.find_topic(*rule.topic) == nullptr) return;  // of another client, perhaps
      most = most_queues(scenario, *rule.topic);
      whose = "the topic " + in_quotes(*rule.topic) + " has";
    } else {
      if (scenario.cluster.topics.empty()) return;
      for (const TopicSpec& topic : scenario.cluster.topics) most = std::max(most, most_queues(scenario, topic.name));
      for (const Step& step : scenario.steps) {
        if (const auto target = target_of(step)) most = std::max(most, target->queue_id + 1);
      }
      whose = "no topic has more than";
    }
    if (*rule.queue_id < most) return;
    find_idle_rule(scenario, i,
                   whose + " " + std::to_string(most) + (most == 1 ? " queue" : " queues") +
                       ", counted from 0, and \"queueId\" is " + std::to_string(*rule.queue_id),
                   found);
  });
}

void check_rule_windows(const Scenario& scenario, std::vector<Finding>& found) {
  const auto first = first_send(scenario);
  if (!first) return;
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule& rule) {
    const bool after_sends = looks_at_sends(rule) || FaultTarget{Kind::end_transaction, 0}.includes(rule.on) ||
                             FaultTarget{Kind::check_transaction, 0}.includes(rule.on);
    if (!after_sends || !rule.to || *rule.to > *first) return;
    const auto millis_text = [](Duration d) { return std::to_string(d / std::chrono::milliseconds(1)) + " ms"; };
    find_idle_rule(scenario, i,
                   "its window ends at " + millis_text(*rule.to) + " and nothing is sent before " + millis_text(*first),
                   found);
  });
}

void check_rule_numbers(const Scenario& scenario, std::vector<Finding>& found) {
  const auto most = most_sends(scenario);
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule& rule) {
    if (rule.probability <= 0) return find_idle_rule(scenario, i, "its probability is 0", found);
    if (!most || !looks_at_sends(rule) || rule.nth.least() <= *most) return;
    find_idle_rule(scenario, i,
                   "its first turn is request " + std::to_string(rule.nth.least()) +
                       ", and all sends with all their retries are at most " + std::to_string(*most),
                   found);
  });
}

void check_rule_actions(const Scenario& scenario, std::vector<Finding>& found) {
  const auto is_oneway = [](const Step& step) {
    const auto* send = std::get_if<SendStep>(&step.what);
    return message_of(step) == nullptr || (send != nullptr && send->mode == CommunicationMode::ONEWAY);
  };
  const bool only_oneway =
      most_sends(scenario) && std::all_of(scenario.steps.begin(), scenario.steps.end(), is_oneway);
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule& rule) {
    if (const auto why = does_nothing(rule)) return find_idle_rule(scenario, i, *why, found);
    if (!only_oneway || !looks_at_sends(rule) || rule.action.changes_anything(millis(1), false)) return;
    find_idle_rule(scenario, i, "all sends are oneway, and without an answer there is nothing that it could change",
                   found);
  });
}

void check_rule_order(const Scenario& scenario, std::vector<Finding>& found) {
  RuleOrder order;
  for (const FaultRule& rule : scenario.faults) order.rules.push_back(&rule);
  for (const BrokerSpec& broker : scenario.cluster.brokers) order.brokers.push_back(broker.name);
  order.name = [&](std::size_t i) {
    return in_quotes(scenario.faults[i].id) + " at " + place_text(scenario.fault_locations[i]);
  };
  order.count_alike = [](std::size_t, std::size_t) { return true; };
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule&) {
    if (const auto why = hidden_by_others(order, i)) find_idle_rule(scenario, i, *why, found);
  });
}

}  // namespace rmqsim
