// Matches requests and connections against the rules, with a count and random streams per rule and server.
#include "fake_broker/fault/fault_plan.h"

#include <algorithm>

namespace rmqsim {

namespace {

bool at_server(const FaultRule& rule, std::string_view server) { return rule.at == "*" || rule.at == server; }

bool in_window(const FaultRule& rule, Duration now) {
  return (!rule.from || now >= *rule.from) && (!rule.to || now < *rule.to);
}

}  // namespace

FaultPlan::FaultPlan(std::vector<FaultRule> rules, FaultPlanOptions options)
    : rules_(std::move(rules)), options_(options), acted_(rules_.size(), 0) {}

FaultPlan::ServerState& FaultPlan::state_of(std::string_view server) {
  const auto found = servers_.find(server);
  if (found != servers_.end()) return found->second;
  ServerState& state = servers_[std::string(server)];
  for (std::size_t i = 0; i < rules_.size(); ++i) {
    const FaultRule& rule = rules_[i];
    if (!at_server(rule, server)) continue;
    const std::string stream = "fault/" + rule.id + "/" + std::string(server);
    auto& list = rule.on.kind == FaultTarget::Kind::connect ? state.connects : state.requests;
    list.push_back({i, 0, Random(options_.seed, stream), Random(options_.seed, stream + "/delay")});
  }
  return state;
}

bool FaultPlan::counts(RuleState& state, const RequestFacts& request, Duration now) {
  const FaultRule& rule = rules_[state.rule];
  if (rule.on.kind != FaultTarget::Kind::connect && !rule.on.matches_code(request.code)) return false;
  if (!in_window(rule, now)) return false;
  if (rule.topic && *rule.topic != request.topic) return false;
  if (rule.queue_id && rule.queue_id != request.queue_id) return false;
  if (rule.producer_group && *rule.producer_group != request.producer_group) return false;
  return rule.probability >= 1.0 || state.probability.uniform() < rule.probability;
}

std::optional<FaultDecision> FaultPlan::decide(std::vector<RuleState>& states, const RequestFacts& request,
                                               Duration now) {
  std::optional<FaultDecision> decision;
  for (RuleState& state : states) {
    if (!counts(state, request, now)) continue;
    const FaultRule& rule = rules_[state.rule];
    ++state.count;
    if (decision || !rule.nth.contains(state.count)) continue;
    decision = FaultDecision{state.rule, &rule, Duration::zero()};
    if (rule.action.delay) decision->delay = rule.action.delay->draw(state.delay);
    if (rule.action.late) decision->delay += options_.late_by;
    ++acted_[state.rule];
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

bool FaultPlan::refuses_whole_window(const FaultRule& rule) {
  return rule.on.kind == FaultTarget::Kind::connect && rule.action.refuse && rule.nth.every() &&
         rule.probability >= 1.0 && !rule.topic && !rule.queue_id && !rule.producer_group;
}

ListenState FaultPlan::listen_state(std::string_view server, Duration now) const {
  ListenState state;
  const auto change = [&state, now](const std::optional<Duration>& at) {
    if (at && *at > now && (!state.until || *at < *state.until)) state.until = at;
  };
  for (const FaultRule& rule : rules_) {
    if (!at_server(rule, server) || !refuses_whole_window(rule)) continue;
    if (in_window(rule, now)) state.refused = true;
    change(rule.from);
    change(rule.to);
  }
  return state;
}

}  // namespace rmqsim
