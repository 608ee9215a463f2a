#include "scenarios/harness/engine/idle.h"

#include <algorithm>

#include "scenarios/harness/report/render.h"

namespace rmqsim {

void take_rule_counts(const Scenario& scenario, const Cluster& cluster, RunRecord& record) {
  const std::vector<RuleCounts> counts = cluster.rule_counts();
  record.rules.clear();
  for (std::size_t i = 0; i < scenario.faults.size(); ++i) {
    record.rules.push_back({scenario.faults[i].id, i < counts.size() ? counts[i] : RuleCounts{}});
  }
}

void judge_idle(const Scenario& scenario, std::string_view profile, RunRecord& record) {
  for (std::size_t i = 0; i < record.rules.size(); ++i) {
    const RuleRecord& rule = record.rules[i];
    if (rule.counts.acted > 0 || !rule.counts.known || scenario.faults[i].may_be_idle) continue;
    record.failures.push_back({"rule \"" + rule.id + "\"",
                               "never acted in " + std::string(profile) + ": " + format_rule_counts(rule.counts) +
                                   "; \"mayBeIdle\": true allows that",
                               {},
                               scenario.fault_locations[i]});
  }
  for (const std::size_t index : record.idle_events) {
    const Step& step = scenario.steps[index];
    if (step.may_be_idle) continue;
    record.failures.push_back({"event steps[" + std::to_string(index) + "] " + std::get<EventStep>(step.what).kind,
                               "changed nothing; \"mayBeIdle\": true allows that",
                               {},
                               step.where});
  }
}

bool expects_something(const Scenario& scenario, std::string_view profile) {
  const auto any = [&](const std::vector<Expectation>& list) {
    return std::any_of(list.begin(), list.end(), [&](const Expectation& e) { return e.applies_to(profile); });
  };
  return any(scenario.expect) || std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
           const auto* assertion = std::get_if<AssertStep>(&step.what);
           return any(step.expect) || (assertion != nullptr && any(assertion->expect));
         });
}

}  // namespace rmqsim
