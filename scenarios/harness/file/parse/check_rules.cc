// Fault rules that can never act: their queue, their window or their turn cannot come, or others act first.
#include <algorithm>

#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

using Kind = FaultTarget::Kind;

/// More comparisons than any scenario written by hand needs; a hostile file gets no more.
constexpr std::size_t kMaxCompared = 4'000'000;

void find_idle_rule(const Scenario& scenario, std::size_t i, const std::string& why, std::vector<Finding>& found) {
  found.push_back({scenario.fault_locations[i],
                   "rule " + in_quotes(scenario.faults[i].id) + " can never act: " + why + std::string(kMayBeIdle)});
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

/// A lower bound of the time at which the first step that sends begins; nullopt: the file's own producers send nothing.
std::optional<Duration> first_send(const Scenario& scenario) {
  Duration now{0};
  for (const Step& step : scenario.steps) {
    if (step.at) now = std::max(now, *step.at);
    if (message_of(step) != nullptr) return now;
    if (const auto* wait = std::get_if<WaitStep>(&step.what)) now += wait->time;
  }
  return std::nullopt;
}

/// An upper bound of the send requests of a whole run; nullopt: nobody can say.
std::optional<std::uint64_t> most_sends(const Scenario& scenario) {
  std::int64_t retries = 2;  // Java's default, sync and async
  bool unknown = false;
  const auto take = [&](const ProducerConfig& config) {
    for (const char* name : {"retryTimesWhenSendFailed", "retryTimesWhenSendAsyncFailed"}) {
      if (const auto* value = config.get<std::int64_t>(name)) retries = std::max(retries, *value);
    }
    const auto* traces = config.get<bool>("enableTrace");
    unknown |= traces != nullptr && *traces;
  };
  for (const ProducerSpec& producer : scenario.producers) take(producer.config);
  std::uint64_t sends = 0;
  for (const Step& step : scenario.steps) {
    if (message_of(step) != nullptr) sends += step.send_count;
    if (std::holds_alternative<RequestStep>(step.what)) sends += 3 * step.send_count;  // their replies
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* set = event == nullptr ? nullptr : std::get_if<SetConfigEvent>(&event->event);
    if (set != nullptr) take(set->config);
  }
  if (unknown || sends == 0) return std::nullopt;
  return sends * static_cast<std::uint64_t>(1 + retries) * 2;  // after GO_AWAY a request goes out twice
}

bool same_selectors(const FaultRule& a, const FaultRule& b) {
  return a.at == b.at && a.on.includes(b.on) && b.on.includes(a.on) && a.from == b.from && a.to == b.to &&
         a.topic == b.topic && a.queue_id == b.queue_id && a.producer_group == b.producer_group;
}

/// Whether `a` looks at whatever `b` looks at, `nth` apart.
bool looks_at_all_of(const FaultRule& a, const FaultRule& b, const Scenario& scenario) {
  const bool there = a.at == b.at || (a.at == "*" && scenario.cluster.find_broker(b.at) != nullptr);
  const auto free_or_same = [](const auto& wide, const auto& narrow) { return !wide || wide == narrow; };
  return there && a.on.includes(b.on) && a.probability >= 1.0 && free_or_same(a.topic, b.topic) &&
         free_or_same(a.queue_id, b.queue_id) && free_or_same(a.producer_group, b.producer_group) &&
         (!a.from || (b.from && *a.from <= *b.from)) && (!a.to || (b.to && *b.to <= *a.to));
}

std::string hiding_text(const Scenario& scenario, const std::vector<std::size_t>& hiding) {
  std::string text;
  for (const std::size_t i : hiding) {
    text += (text.empty() ? "" : ", ") + in_quotes(scenario.faults[i].id) + " at " +
            place_text(scenario.fault_locations[i]);
  }
  return text;
}

}  // namespace

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

void check_rule_order(const Scenario& scenario, std::vector<Finding>& found) {
  std::size_t compared = 0;
  each_judged_rule(scenario, [&](std::size_t i, const FaultRule& rule) {
    if (rule.refuses_whole_window()) return;  // performed by not listening, before any other rule is asked
    std::vector<std::size_t> alike;
    std::vector<const NthSet*> turns;
    for (std::size_t k = 0; k < scenario.faults.size(); ++k) {
      if (++compared > kMaxCompared) return;
      const FaultRule& other = scenario.faults[k];
      if (k == i || (k > i && !other.refuses_whole_window()) || !looks_at_all_of(other, rule, scenario)) continue;
      const NthSet* const turn = &other.nth;
      if (NthSet::covered(NthSet{}, {&turn, 1})) {
        const std::string what = rule.on.kind == Kind::connect ? " of every connection" : " of every request";
        return find_idle_rule(scenario, i, hiding_text(scenario, {k}) + " takes care" + what + " that it looks at",
                              found);
      }
      // They count the same requests, so their turns can be compared.
      if (rule.probability >= 1.0 && same_selectors(other, rule)) {
        alike.push_back(k);
        turns.push_back(&other.nth);
      }
    }
    if (turns.empty() || !NthSet::covered(rule.nth, turns)) return;
    find_idle_rule(scenario, i,
                   hiding_text(scenario, alike) + (alike.size() == 1 ? " has" : " have") + " all its turns", found);
  });
}

}  // namespace rmqsim
