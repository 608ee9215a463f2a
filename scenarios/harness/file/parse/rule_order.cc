#include "scenarios/harness/file/parse/rule_order.h"

#include "scenarios/harness/file/parse/scenario_checks.h"

namespace rmqsim {
namespace {

bool same_selectors(const FaultRule& a, const FaultRule& b) {
  return a.at == b.at && a.on.includes(b.on) && b.on.includes(a.on) && a.from == b.from && a.to == b.to &&
         a.count == b.count && a.topic == b.topic && a.queue_id == b.queue_id && a.producer_group == b.producer_group;
}

/// Whether `a` looks at whatever `b` looks at, `nth` apart.
bool looks_at_all_of(const FaultRule& a, const FaultRule& b, const RuleOrder& order) {
  const bool there = a.at == b.at || (a.at == "*" && order.is_broker(b.at));
  const auto free_or_same = [](const auto& wide, const auto& narrow) { return !wide || wide == narrow; };
  return there && a.on.includes(b.on) && a.probability >= 1.0 && free_or_same(a.topic, b.topic) &&
         free_or_same(a.queue_id, b.queue_id) && free_or_same(a.producer_group, b.producer_group) &&
         (!a.from || (b.from && *a.from <= *b.from)) && (!a.to || (b.to && *b.to <= *a.to));
}

std::string names(const RuleOrder& order, const std::vector<std::size_t>& rules) {
  std::string text;
  for (const std::size_t i : rules) text += (text.empty() ? "" : ", ") + order.name(i);
  return text;
}

}  // namespace

std::optional<std::string> hidden_by_others(RuleOrder& order, std::size_t i) {
  const FaultRule& rule = *order.rules[i];
  if (rule.refuses_whole_window()) return std::nullopt;  // performed by not listening, before any other rule is asked
  std::vector<std::size_t> alike;
  std::vector<const NthSet*> turns;
  for (std::size_t k = 0; k < order.rules.size(); ++k) {
    if (order.comparisons_left == 0) return std::nullopt;
    --order.comparisons_left;
    const FaultRule& other = *order.rules[k];
    if (k == i || (k > i && !other.refuses_whole_window()) || !looks_at_all_of(other, rule, order)) continue;
    const NthSet* const turn = &other.nth;
    if (NthSet::covered(NthSet{}, {&turn, 1})) {
      const std::string what = rule.on.is_request() ? " of every request" : " of every connection";
      return order.name(k) + " takes care" + what + " that it looks at";
    }
    if (rule.probability >= 1.0 && same_selectors(other, rule) && order.count_alike(k, i)) {
      alike.push_back(k);
      turns.push_back(&other.nth);
    }
  }
  if (turns.empty() || !NthSet::covered(rule.nth, turns)) return std::nullopt;
  return names(order, alike) + (alike.size() == 1 ? " has" : " have") + " all its turns";
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
