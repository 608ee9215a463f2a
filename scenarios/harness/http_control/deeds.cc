#include "scenarios/harness/http_control/deeds.h"

#include <utility>

namespace rmqsim {

void Deeds::rule_added(const FaultRule& rule, std::optional<Duration> at) {
  if (rules_.size() >= kMax) return left_out("rules beyond " + std::to_string(kMax));
  rules_.push_back({rule, at, std::nullopt});
}

void Deeds::rule_removed(std::string_view id, Duration at) {
  for (RuleLife& life : rules_) {
    if (!life.to && life.rule.id == id) life.to = at;
  }
}

void Deeds::happened(Duration at, EventStep step) {
  if (events_.size() >= kMax) return left_out("events beyond " + std::to_string(kMax));
  events_.push_back({at, std::move(step)});
}

}  // namespace rmqsim
