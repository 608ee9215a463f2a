// Matches requests and connections against the rules, with a count and random streams per rule and server.
#include "fake_broker/rules/fault_plan.h"

#include <algorithm>

#include "producer/remoting/bodies/message_properties.h"

namespace rmqsim {

FaultPlan::FaultPlan(std::vector<FaultRule> rules, FaultPlanOptions options) : options_(options) {
  for (FaultRule& rule : rules) rules_.push_back(std::make_shared<Rule>(Rule{std::move(rule), rules_.size()}));
}

std::optional<std::size_t> FaultPlan::find(std::string_view id) const {
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    if (rules_[i]->rule.id == id) return i;
  }
  return std::nullopt;
}

void FaultPlan::add(FaultRule rule) {
  rules_.push_back(std::make_shared<Rule>(Rule{std::move(rule)}));
  rebuild();
}

void FaultPlan::replace(std::size_t i, FaultRule rule) {
  rules_[i] = std::make_shared<Rule>(Rule{std::move(rule)});
  rebuild();
}

void FaultPlan::reset(std::size_t i) { replace(i, FaultRule(rules_[i]->rule)); }

void FaultPlan::remove(std::size_t i) {
  rules_.erase(rules_.begin() + static_cast<std::ptrdiff_t>(i));
  rebuild();
}

void FaultPlan::clear() {
  rules_.clear();
  rebuild();
}

void FaultPlan::rebuild() {
  for (std::size_t i = 0; i < rules_.size(); ++i) rules_[i]->position = i;
  for (auto& [name, state] : servers_) state = make_state(name, std::move(state));
}

FaultPlan::ServerState FaultPlan::make_state(std::string_view server, ServerState former) const {
  ServerState state;
  for (const auto& rule : rules_) {
    if (!is_at(rule->rule, server)) continue;
    auto& list = state.list_of(rule->rule.on);
    auto& before = former.list_of(rule->rule.on);
    const auto same = std::find_if(before.begin(), before.end(), [&](const RuleState& s) { return s.rule == rule; });
    if (same != before.end()) {
      list.push_back(*same);
      continue;
    }
    const std::string stream = "fault/" + rule->rule.id + "/" + std::string(server);
    list.push_back({rule, 0, Random(options_.seed, stream), Random(options_.seed, stream + "/delay")});
  }
  return state;
}

FaultPlan::ServerState& FaultPlan::state_of(std::string_view server) {
  const auto found = servers_.find(server);
  if (found != servers_.end()) return found->second;
  return servers_[std::string(server)] = make_state(server, {});
}

bool FaultPlan::counts(RuleState& state, const RequestFacts& request, Duration now) {
  const FaultRule& rule = state.rule->rule;
  if (rule.on.is_request() && !rule.on.matches_code(request.code)) return false;
  if (!rule.in_window(now)) return false;
  if (rule.topic && *rule.topic != request.topic) return false;
  if (rule.queue_id && rule.queue_id != request.queue_id) return false;
  if (rule.producer_group && *rule.producer_group != request.producer_group) return false;
  return rule.probability >= 1.0 || state.probability.uniform() < rule.probability;
}

std::uint64_t FaultPlan::number(RuleState& state, const RequestFacts& request) {
  Rule& rule = *state.rule;
  ++rule.matched;
  switch (rule.rule.count) {
    case FaultCount::broker: return ++state.count;
    case FaultCount::cluster: return ++rule.count;
    case FaultCount::message: break;
  }
  // What has no key (a batch, a client that gives none) cannot be told again: each try is a message of its own.
  const auto key = find_property(request.properties, MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX);
  return key ? rule.messages.next(*key) : 1;
}

std::optional<FaultDecision> FaultPlan::decide(std::vector<RuleState>& states, const RequestFacts& request,
                                               Duration now) {
  std::optional<FaultDecision> decision;
  bool taken = false;
  for (RuleState& state : states) {
    if (!counts(state, request, now)) continue;
    const FaultRule& rule = state.rule->rule;
    const std::uint64_t n = number(state, request);
    if (taken || !rule.nth.contains(n)) continue;
    taken = true;
    const Duration hold = rule.action.hold(state.delay, options_.late_by);
    // A rule without an action (a gate) has somebody else perform it.
    const bool changes =
        request.pushed ? rule.action.changes_push(hold) : rule.action.changes_anything(hold, !request.oneway);
    if (!rule.action.empty() && !changes) continue;
    decision = FaultDecision{state.rule->position, {state.rule, &rule}, hold};
    state.rule->act(now);
  }
  return decision;
}

std::optional<FaultDecision> FaultPlan::match(std::string_view server, const RequestFacts& request, Duration now) {
  if (rules_.empty()) return std::nullopt;
  return decide(state_of(server).requests, request, now);
}

std::optional<FaultDecision> FaultPlan::match_connect(std::string_view server, Duration now) {
  if (rules_.empty()) return std::nullopt;
  return decide(state_of(server).connects, RequestFacts{}, now);
}

ListenState FaultPlan::listen_state(std::string_view server, Duration now) const {
  ListenState state;
  const auto change = [&state, now](const std::optional<Duration>& at) {
    if (at && *at > now && (!state.until || *at < *state.until)) state.until = at;
  };
  for (const auto& entry : rules_) {
    const FaultRule& rule = entry->rule;
    if (!is_at(rule, server) || !rule.refuses_whole_window()) continue;
    if (rule.in_window(now)) state.refused = true;
    change(rule.from);
    change(rule.to);
  }
  return state;
}

std::vector<std::string> FaultPlan::note_refusals(std::string_view server, Duration now) {
  std::vector<std::string> begun;
  bool taken = false;
  for (RuleState& state : state_of(server).connects) {
    if (!state.rule->rule.refuses_whole_window()) continue;
    const bool open = state.rule->rule.in_window(now);
    if (open && !state.open) ++state.rule->matched;
    state.open = open;
    const bool refuses = open && !taken;
    taken |= refuses;
    if (refuses && !state.refusing) {
      state.rule->act(now);
      begun.push_back(state.rule->rule.id);
    }
    state.refusing = refuses;
  }
  return begun;
}

}  // namespace rmqsim
