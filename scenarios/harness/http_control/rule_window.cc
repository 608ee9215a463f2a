#include "scenarios/harness/http_control/rule_window.h"

#include <algorithm>

#include "fake_broker/rules/fault_plan.h"

namespace rmqsim {

bool may_meet(const FaultRule& rule, const JournalEntry& entry) {
  return is_send_request(entry.code) && rule.on.matches_code(entry.code) &&
         (rule.at == "*" || rule.at == entry.server) && (!rule.topic || *rule.topic == entry.topic) &&
         (!rule.queue_id || rule.queue_id == entry.queue_id) &&
         (!rule.producer_group || *rule.producer_group == entry.group);
}

void widen_window(FaultRule& rule, const RuleLife& life, const std::vector<Duration>& met) {
  // What it does to other requests, which come by themselves, would change.
  const bool only_sends = rule.on.kind == FaultTarget::Kind::send ||
                          (rule.on.kind == FaultTarget::Kind::code && is_send_request(rule.on.code));
  if (!only_sends) return;
  if (life.from && rule.from == life.from) {
    const auto inside = std::lower_bound(met.begin(), met.end(), *life.from);
    if (inside == met.begin()) {
      rule.from.reset();
    } else {
      rule.from = (*(inside - 1) + (inside == met.end() ? *life.from : *inside)) / 2;
    }
  }
  if (life.to && rule.to == life.to) {
    const auto behind = std::lower_bound(met.begin(), met.end(), *life.to);
    if (behind == met.end()) {
      rule.to.reset();
    } else {
      rule.to = ((behind == met.begin() ? *life.to : *(behind - 1)) + *behind) / 2;
    }
  }
}

}  // namespace rmqsim
