#include "scenarios/harness/engine/idle.h"

#include <algorithm>

#include "scenarios/harness/expectations/checks/expectation_checks.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

void fail_event(const Scenario& scenario, std::size_t index, const std::string& what, RunRecord& record) {
  const Step& step = scenario.steps[index];
  if (step.may_be_idle) return;
  record.failures.push_back({"event steps[" + std::to_string(index) + "] " + std::get<EventStep>(step.what).kind,
                             what + "; \"mayBeIdle\": true allows that",
                             {},
                             step.where});
}

}  // namespace

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
  for (const std::size_t index : record.idle_events) fail_event(scenario, index, "changed nothing", record);
}

void judge_missed(const Scenario& scenario, std::size_t step, Duration at, Duration took, RunRecord& record) {
  fail_event(
      scenario, step,
      "never happened: the run was over after " + format_millis(took) + " ms, before its " + format_millis(at) + " ms",
      record);
}

void judge_unreached(const Scenario& scenario, std::string_view profile, const std::set<const Expectation*>& judged,
                     Duration took, RunRecord& record) {
  for (const Expectation& expectation : scenario.expect) {
    const std::optional<Duration> moment = expectation.moment();
    if (!moment || !expectation.applies_to(profile) || judged.count(&expectation) > 0) continue;
    record.failures.push_back({expectation_label(expectation.where) + " at " + format_millis(*moment) + " ms",
                               "was never judged: the run was over after " + format_millis(took) +
                                   " ms; a last step with \"waitMs\" lets it go on",
                               {},
                               expectation.where});
  }
}

void note_unjudged(const Scenario& scenario, std::string_view profile, RunRecord& record) {
  const auto look = [&](const std::vector<Expectation>& list) {
    for (const Expectation& expectation : list) {
      const bool judged = expectation.applies_to(profile) ||
                          std::any_of(scenario.profiles.begin(), scenario.profiles.end(),
                                      [&](const std::string& name) { return expectation.applies_to(name); });
      if (judged) continue;
      record.notes.push_back(expectation_label(expectation.where) +
                             " is for profiles that the scenario does not run in");
    }
  };
  for (const Step& step : scenario.steps) {
    look(step.expect);
    if (const auto* assertion = std::get_if<AssertStep>(&step.what)) look(assertion->expect);
  }
  look(scenario.expect);
  if (!expects_something(scenario, profile)) record.notes.emplace_back(kNothingExpected);
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
