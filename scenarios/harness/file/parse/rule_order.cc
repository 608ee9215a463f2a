#include "scenarios/harness/file/parse/rule_order.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "scenarios/harness/file/parse/scenario_checks.h"

namespace rmqsim {
namespace {

/// What nobody sends before the first step.
bool begins_with_steps(const FaultTarget& on) {
  using Kind = FaultTarget::Kind;
  constexpr Kind kAfterwards[] = {Kind::send, Kind::end_transaction, Kind::check_transaction, Kind::recall,
                                  Kind::push_reply};
  return std::any_of(std::begin(kAfterwards), std::end(kAfterwards),
                     [&](Kind kind) { return FaultTarget{kind}.includes(on); });
}

/// When a rule looks at what `on` says: from the first to before the second.
using Window = std::pair<Duration, Duration>;
Window window_of(const FaultRule& rule, const FaultTarget& on) {
  const Duration earliest = begins_with_steps(on) ? Duration::zero() : Duration::min();
  return {rule.from.value_or(earliest), rule.to.value_or(Duration::max())};
}

/// A part of what a rule looks at.
struct Part {
  FaultTarget on;
  std::optional<std::string> topic;
  std::optional<std::int32_t> queue_id;
  std::optional<std::string> producer_group;
};

/// At a server where both are: whether `a` looks at whatever `b` looks at, times and turns apart.
template <class Other>
bool looks_at_all_of(const FaultRule& a, const Other& b) {
  const auto free_or_same = [](const auto& wide, const auto& narrow) { return !wide || wide == narrow; };
  return a.on.includes(b.on) && a.probability >= 1.0 && free_or_same(a.topic, b.topic) &&
         free_or_same(a.queue_id, b.queue_id) && free_or_same(a.producer_group, b.producer_group);
}

/// Whether rule `k` is asked before rule `i`: refusals are performed by not listening, before any other rule is asked.
bool comes_before(const FaultRule& other, std::size_t k, const FaultRule& rule, std::size_t i) {
  if (other.refuses_whole_window() != rule.refuses_whole_window()) return other.refuses_whole_window();
  return k < i;
}

/// There: whether they look at the same, and their turns are the same ones.
bool counts_with(const FaultRule& a, const FaultRule& b) {
  return looks_at_all_of(a, b) && looks_at_all_of(b, a) && window_of(a, b.on) == window_of(b, b.on) &&
         a.count == b.count && (a.at == b.at || a.count == FaultCount::broker);
}

/// Those whose windows leave nothing of the rule's; none: they leave something.
std::vector<std::size_t> cover(std::vector<std::pair<Window, std::size_t>> windows, const Window& window) {
  std::sort(windows.begin(), windows.end());
  std::vector<std::size_t> used;
  Duration until = window.first;
  for (auto next = windows.begin(); until < window.second;) {
    // Of those that begin in time, the one that lasts longest.
    auto longest = windows.end();
    for (; next != windows.end() && next->first.first <= until; ++next) {
      if (longest == windows.end() || next->first.second > longest->first.second) longest = next;
    }
    if (longest == windows.end() || longest->first.second <= until) return {};
    used.push_back(longest->second);
    until = longest->first.second;
  }
  std::sort(used.begin(), used.end());
  return used;
}

/// Who leaves a rule nothing to do at one server.
struct Hidden {
  std::vector<std::size_t> by;  ///< in order; none: it may act
  bool by_turns = false;        ///< they leave it requests, and no turn
};

/// More parts than a rule written by hand has.
constexpr std::size_t kMaxParts = 512;

/// Each part in so many as there are values; none of them: it stays whole.
template <class Value, class Set>
void split(std::vector<Part>& parts, const std::vector<Value>& values, const Set& set) {
  if (values.empty() || parts.size() * values.size() > kMaxParts) return;
  std::vector<Part> finer;
  for (const Part& part : parts) {
    for (const Value& value : values) set(finer.emplace_back(part), value);
  }
  parts = std::move(finer);
}

std::vector<FaultTarget> parts_of(const FaultTarget& on) {
  using Kind = FaultTarget::Kind;
  if (on.kind == Kind::link) return {FaultTarget{Kind::to_server}, FaultTarget{Kind::to_client}};
  std::vector<FaultTarget> parts;
  if (const RequestFamily* family = find_request_family(on.kind)) {
    for (const std::int32_t code : family->codes) parts.push_back({Kind::code, code});
  }
  return parts;
}

/// Parts that together are all that the rule looks at there, as fine as those before it tell them apart.
std::vector<Part> parts_of(const RuleOrder& order, const FaultRule& rule, const std::string& server,
                           const std::vector<std::size_t>& before) {
  std::vector<Part> parts{{rule.on, rule.topic, rule.queue_id, rule.producer_group}};
  const auto any = [&](const auto& narrower) {
    return std::any_of(before.begin(), before.end(), [&](std::size_t k) { return narrower(*order.rules[k]); });
  };
  if (any([&](const FaultRule& other) { return rule.on.includes(other.on) && !other.on.includes(rule.on); })) {
    split(parts, parts_of(rule.on), [](Part& part, const FaultTarget& on) { part.on = on; });
  }
  if (!order.sends || !looks_at_sends(rule)) return parts;
  if (!rule.topic && any([](const FaultRule& other) { return other.topic.has_value(); })) {
    std::vector<std::string> topics;
    for (const auto& [topic, brokers] : order.sends->topics) {
      if (brokers.contains(server)) topics.push_back(topic);
    }
    split(parts, topics, [](Part& part, const std::string& topic) { part.topic = topic; });
  }
  if (!rule.queue_id && any([](const FaultRule& other) { return other.queue_id.has_value(); })) {
    split(parts, order.sends->queues, [](Part& part, std::int32_t queue) { part.queue_id = queue; });
  }
  if (!rule.producer_group && any([](const FaultRule& other) { return other.producer_group.has_value(); })) {
    split(parts, order.sends->groups, [](Part& part, const std::string& group) { part.producer_group = group; });
  }
  return parts;
}

/// Whether each request that it looks at in its window is a turn of the rule.
bool always_acts(const RuleOrder& order, const FaultRule& rule) {
  const bool bounded = order.sends && order.sends->most && looks_at_sends(rule);
  const NthSet* const turn = &rule.nth;
  return NthSet::covered(bounded ? NthSet::first(*order.sends->most) : NthSet{}, {&turn, 1});
}

/// Of those before it, in order, some that take all of the rule's parts at any time; none: they leave something.
std::vector<std::size_t> take_all_of(RuleOrder& order, const FaultRule& rule, const std::string& server,
                                     const std::vector<std::size_t>& before) {
  std::set<std::size_t> all;
  for (const Part& part : parts_of(order, rule, server, before)) {
    std::vector<std::pair<Window, std::size_t>> windows;
    for (const std::size_t k : before) {
      if (order.comparisons_left == 0) return {};
      --order.comparisons_left;
      const FaultRule& other = *order.rules[k];
      if (looks_at_all_of(other, part) && always_acts(order, other)) windows.emplace_back(window_of(other, part.on), k);
    }
    const std::vector<std::size_t> some = cover(std::move(windows), window_of(rule, part.on));
    if (some.empty()) return {};
    all.insert(some.begin(), some.end());
  }
  return {all.begin(), all.end()};
}

Hidden hidden_at(RuleOrder& order, std::size_t i, const std::string& server) {
  const FaultRule& rule = *order.rules[i];
  std::vector<std::size_t> before, alike;
  std::vector<const NthSet*> turns;
  const bool at_broker = std::find(order.brokers.begin(), order.brokers.end(), server) != order.brokers.end();
  for (std::size_t k = 0; k < order.rules.size(); ++k) {
    if (order.comparisons_left == 0) return {};
    --order.comparisons_left;
    const FaultRule& other = *order.rules[k];
    if (k == i || !comes_before(other, k, rule, i)) continue;
    if (other.at != server && !(other.at == "*" && at_broker)) continue;
    before.push_back(k);
    if (rule.probability >= 1.0 && counts_with(other, rule) && order.count_alike(k, i)) {
      alike.push_back(k);
      turns.push_back(&other.nth);
    }
  }
  if (auto by = take_all_of(order, rule, server, before); !by.empty()) return {std::move(by)};
  if (turns.empty() || !NthSet::covered(rule.nth, turns)) return {};
  return {std::move(alike), true};
}

}  // namespace

bool looks_at_sends(const FaultRule& rule) { return FaultTarget{FaultTarget::Kind::send}.includes(rule.on); }

std::optional<std::string> hidden_by_others(RuleOrder& order, std::size_t i) {
  const FaultRule& rule = *order.rules[i];
  const bool everywhere = rule.at == "*" && !order.brokers.empty();
  const std::vector<std::string> alone{rule.at};
  std::set<std::size_t> by;
  bool by_turns = false;
  for (const std::string& server : everywhere ? order.brokers : alone) {
    const Hidden there = hidden_at(order, i, server);
    if (there.by.empty()) return std::nullopt;
    by.insert(there.by.begin(), there.by.end());
    by_turns |= there.by_turns;
  }
  std::string names;
  for (const std::size_t k : by) names += (names.empty() ? "" : ", ") + order.name(k);
  const bool one = by.size() == 1;
  if (by_turns) return names + (one ? " has" : " have") + " all its turns";
  return names + (one ? " takes" : " take") + " care of every " + (rule.on.is_request() ? "request" : "connection") +
         " that it looks at";
}

std::optional<std::string> does_nothing(const FaultRule& rule) {
  const FaultAction& action = rule.action;
  if (action.empty()) return std::nullopt;
  const FaultArgument* const delay = action.find("delayMs");
  const bool no_time = delay != nullptr && std::get<DelayDistribution>(*delay).is_zero();
  if (no_time && (rule.on.is_link() || !action.changes_anything(Duration::zero(), true))) {
    return "\"delayMs\" is 0";
  }
  const bool ends = rule.on.is_request() && FaultTarget{FaultTarget::Kind::end_transaction}.includes(rule.on);
  if (!ends || action.changes_anything(std::chrono::milliseconds(1), false)) return std::nullopt;
  return "END_TRANSACTION is a one-way request, and without an answer there is nothing that it could change";
}

std::string idle_rule_text(const std::string& rule, const std::string& why) {
  return rule + " can never act: " + why + std::string(kMayBeIdle);
}

}  // namespace rmqsim
