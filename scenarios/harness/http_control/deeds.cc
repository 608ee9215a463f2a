#include "scenarios/harness/http_control/deeds.h"

#include <algorithm>
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

std::string Deeds::left_out_text() const {
  std::string text;
  for (const auto& [what, n] : left_out_) {
    text += (text.empty() ? " Left out: " : ", ") + what + " (" + std::to_string(n) + ")";
  }
  return text;
}

bool Deeds::quiet(Duration from, Duration to) const {
  const auto inside = [&](Duration at) { return at >= from && at <= to; };
  return std::none_of(events_.begin(), events_.end(), [&](const DoneEvent& event) { return inside(event.at); }) &&
         std::none_of(rules_.begin(), rules_.end(), [&](const RuleLife& life) {
           return (life.from && inside(*life.from)) || (life.to && inside(*life.to));
         });
}

}  // namespace rmqsim
