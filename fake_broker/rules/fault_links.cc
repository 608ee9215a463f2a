// The part of FaultPlan that is about rules on links.
#include <algorithm>

#include "fake_broker/rules/fault_plan.h"

namespace rmqsim {
namespace {

std::size_t index_of(LinkDirection direction) { return static_cast<std::size_t>(direction); }

bool looks_at(const FaultRule& rule, LinkDirection direction) {
  using Kind = FaultTarget::Kind;
  return rule.on.kind == Kind::link ||
         rule.on.kind == (direction == LinkDirection::to_server ? Kind::to_server : Kind::to_client);
}

}  // namespace

FaultPlan::LinkTurns::Turn* FaultPlan::LinkTurns::find(const Rule* rule) {
  const auto found =
      std::find_if(turns_.begin(), turns_.end(), [&](const Turn& turn) { return turn.rule.get() == rule; });
  return found == turns_.end() ? nullptr : &*found;
}

FaultPlan::RuleState* FaultPlan::link_rule(std::string_view server, LinkTurns& turns, const LinkPipes& pipes,
                                           LinkDirection direction, Duration now) {
  RuleState* acts = nullptr;
  std::vector<RuleState>& states = state_of(server).links;
  for (RuleState& state : states) {
    const FaultRule& rule = state.rule->rule;
    if (!looks_at(rule, direction) || !rule.in_window(now)) continue;
    LinkTurns::Turn* turn = turns.find(state.rule.get());
    if (turn == nullptr) {
      std::erase_if(turns.turns_, [&](const LinkTurns::Turn& one) {  // of a rule that is gone
        return std::none_of(states.begin(), states.end(), [&](const RuleState& s) { return s.rule == one.rule; });
      });
      const bool on = counts(state, RequestFacts{}, now) && rule.nth.contains(number(state, RequestFacts{}));
      turn = &turns.turns_.emplace_back(LinkTurns::Turn{state.rule, on, {pipes[0].passed(), pipes[1].passed()}});
    }
    if (turn->on && acts == nullptr) acts = &state;
  }
  return acts;
}

std::string FaultPlan::enter_link(std::string_view server, LinkTurns& turns, LinkPipes& pipes, LinkDirection direction,
                                  std::string_view bytes, Duration since_first_step, TimePoint now) {
  const std::size_t way = index_of(direction);
  RuleState* const state = link_rule(server, turns, pipes, direction, since_first_step);
  turns.entered_[way] = state == nullptr ? nullptr : state->rule;
  if (state == nullptr) {
    pipes[way].enter(bytes, nullptr, 0, nullptr, now);
    return {};
  }
  const std::uint64_t from = turns.find(state->rule.get())->from[way];
  const auto acts = pipes[way].enter(bytes, &state->rule->rule.action, from, &state->delay, now);
  return note_link_acts(turns, state->rule.get(), acts, since_first_step);
}

std::string FaultPlan::end_link(LinkTurns& turns, LinkDirection direction, LinkPipe::Acts acts,
                                Duration since_first_step) {
  return note_link_acts(turns, turns.entered_[index_of(direction)].get(), acts, since_first_step);
}

std::string FaultPlan::note_link_acts(LinkTurns& turns, const Rule* rule, LinkPipe::Acts acts, Duration now) {
  LinkTurns::Turn* const turn = turns.find(rule);
  if (turn == nullptr || turn->acted) return {};
  turn->acts |= acts;
  turn->acted = turn->acts == turn->rule->rule.action.all_of_pass();
  if (!turn->acted) return {};
  turn->rule->act(now);
  return turn->rule->rule.id;
}

bool FaultPlan::link_changed(std::string_view server, const LinkTurns& turns, LinkDirection direction,
                             Duration now) const {
  const auto server_state = servers_.find(server);
  const Rule* rule = nullptr;
  if (server_state != servers_.end()) {
    for (const RuleState& state : server_state->second.links) {
      if (!looks_at(state.rule->rule, direction) || !state.rule->rule.in_window(now)) continue;
      const auto turn = std::find_if(turns.turns_.begin(), turns.turns_.end(),
                                     [&](const LinkTurns::Turn& one) { return one.rule == state.rule; });
      if (turn != turns.turns_.end() && !turn->on) continue;
      rule = state.rule.get();
      break;
    }
  }
  return rule != turns.entered_[index_of(direction)].get();
}

bool FaultPlan::has_links(std::string_view server) const {
  return std::any_of(rules_.begin(), rules_.end(),
                     [&](const auto& entry) { return entry->rule.on.is_link() && is_at(entry->rule, server); });
}

std::optional<Duration> FaultPlan::next_link_change(std::string_view server, Duration now) const {
  std::optional<Duration> next;
  for (const auto& entry : rules_) {
    const FaultRule& rule = entry->rule;
    if (!rule.on.is_link() || !is_at(rule, server)) continue;
    for (const auto& at : {rule.from, rule.to}) {
      if (at && *at > now && (!next || *at < *next)) next = at;
    }
  }
  return next;
}

}  // namespace rmqsim
