// Fault rules that can never act: their queue, their window or their turn cannot come, or others act first.
#include <algorithm>

#include "scenarios/harness/file/earliest.h"
#include "scenarios/harness/file/parse/rule_order.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/parse/sent_requests.h"
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

/// The earliest time at which something is sent; nullopt: the file's own producers send nothing.
std::optional<Duration> first_send(const Scenario& scenario) {
  const std::vector<Duration> begins = earliest_begins(scenario);
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    if (message_of(step) != nullptr) return std::max(begins[i], step.at.value_or(Duration{0}));
  }
  return std::nullopt;
}

/// What rules can meet when nobody but the file's producers sends; nullopt: others do.
std::optional<KnownSends> known_sends(const Scenario& scenario) {
  KnownSends sends{sent_topics(scenario), {}, {}, most_sends(scenario)};
  if (sends.topics.empty()) return std::nullopt;
  if (others_send(scenario)) return sends;
  for (const ProducerSpec& producer : scenario.producers) sends.groups.push_back(producer.on_wire(producer.group));
  std::int32_t queues = 0;
  for (const auto& [topic, brokers] : sends.topics) queues = std::max(queues, most_queues(scenario, topic));
  // More than anybody has a rule for each of.
  if (topics_are_created(scenario) || queues > 64) return sends;
  for (std::int32_t queue = 0; queue < queues; ++queue) sends.queues.push_back(queue);
  return sends;
}

template <class What>
bool any_step(const Scenario& scenario) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(),
                     [](const Step& step) { return std::holds_alternative<What>(step.what); });
}

/// Why none of the file's clients is the cause of such requests; empty: some may be.
std::string never_made(const Scenario& scenario, const FaultTarget& on) {
  const auto is = [&](Kind kind) { return FaultTarget{kind, 0}.includes(on); };
  if (is(Kind::recall) && !any_step<RecallStep>(scenario)) return "nothing is recalled";
  if ((is(Kind::end_transaction) || is(Kind::check_transaction)) && !any_step<TransactionStep>(scenario)) {
    return "there is no transaction";
  }
  if (!is(Kind::push_reply)) return "";
  if (!any_step<RequestStep>(scenario)) return "there is no request, so there are no replies";
  return scenario.cluster.responders.empty() ? "nobody replies: there are no responders" : "";
}

/// Why no send meets the rule, by its topic and server; empty: one may.
std::string never_sent(const SentTopics& topics, const FaultRule& rule) {
  bool sent = topics.empty();
  bool there = topics.empty();
  for (const auto& [topic, brokers] : topics) {
    if (rule.topic && *rule.topic != topic) continue;
    sent = true;
    there = there || (rule.at == "*" ? !brokers.empty() : brokers.contains(rule.at));
  }
  if (!sent) return "nothing is sent to the topic " + in_quotes(*rule.topic);
  if (there) return "";
  const std::string where = rule.at == "*" ? "any broker" : in_quotes(rule.at);
  return "nothing is sent to " + where + ": no route " +
         (rule.topic ? "of the topic " + in_quotes(*rule.topic) : std::string("of what is sent")) + " leads there";
}

}  // namespace

void check_rule_queues(const Scenario& scenario, std::vector<Finding>& found) {
  if (scenario.cluster.auto_create_topic) return;
  const SentTopics sent = sent_topics(scenario);
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule& rule) {
    if (!rule.queue_id || !never_sent(sent, rule).empty()) return;
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

void check_rule_requests(const Scenario& scenario, std::vector<Finding>& found) {
  const SentTopics topics = sent_topics(scenario);
  if (topics.empty()) return;
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule& rule) {
    std::string why = never_made(scenario, rule.on);
    if (why.empty() && looks_at_sends(rule)) why = never_sent(topics, rule);
    if (!why.empty() && !does_nothing(rule)) find_idle_rule(scenario, i, why, found);
  });
}

void check_rule_numbers(const Scenario& scenario, std::vector<Finding>& found) {
  const SentTopics topics = sent_topics(scenario);
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule& rule) {
    if (rule.probability <= 0) return find_idle_rule(scenario, i, "its probability is 0", found);
    if (!looks_at_sends(rule) || !never_sent(topics, rule).empty()) return;
    const auto most = most_sends(scenario, rule.topic);
    const std::string turn = std::to_string(rule.nth.least());
    if (const std::uint64_t tries = most_requests_of_a_send(scenario);
        most && rule.count == FaultCount::message && rule.nth.least() > tries) {
      find_idle_rule(scenario, i,
                     "its first turn is try " + turn + ", and a message has at most " + std::to_string(tries), found);
    } else if (most && rule.nth.least() > *most) {
      find_idle_rule(scenario, i,
                     "its first turn is request " + turn + ", and all sends" +
                         (rule.topic ? " to the topic " + in_quotes(*rule.topic) : "") +
                         " with all their retries are at most " + std::to_string(*most),
                     found);
    }
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
  order.sends = known_sends(scenario);
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
