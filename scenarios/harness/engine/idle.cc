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

void judge_unasked(const Scenario& scenario, std::string_view profile, RunRecord& record) {
  for (const ResponderSpec& responder : scenario.cluster.responders) {
    const RequestCount sent{{FaultTarget::Kind::send, 0}, "send", responder.topic, {}};
    std::uint64_t asked = 0;
    for (const auto& server : record.servers) asked += count_requests(record, server.first, sent);
    if (asked >= responder.nth.least() || responder.may_be_idle) continue;
    const std::string in = " in " + std::string(profile) + ": ";
    const std::string why =
        asked == 0 ? "was never asked" + in + "nothing was sent to the topic \"" + responder.topic + "\""
                   : "never answered" + in + "the first that it answers is request " +
                         std::to_string(responder.nth.least()) + ", and " + std::to_string(asked) +
                         (asked == 1 ? " was" : " were") + " sent to its topic";
    record.failures.push_back({"responder \"" + responder.name + "\"",
                               why + "; \"mayBeIdle\": true allows that",
                               {},
                               responder.where});
  }
}

void note_unasked(const Scenario& scenario, RunRecord& record) {
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    const auto* transaction = std::get_if<TransactionStep>(&step.what);
    if (transaction == nullptr || transaction->check.empty()) continue;
    const auto begin = record.sends.begin() + static_cast<std::ptrdiff_t>(step.first_send);
    const auto end = begin + static_cast<std::ptrdiff_t>(step.send_count);
    const auto was_asked = [](const SendRecord& send) { return send.transaction && send.transaction->answered > 0; };
    if (std::any_of(begin, end, was_asked)) continue;
    record.notes.push_back("steps[" + std::to_string(i) + "] says what checks are answered, and nobody was asked");
  }
}

void note_shared_ids(const Scenario& scenario, RunRecord& record) {
  const auto text_of = [](const ProducerSpec& producer, const char* name) {
    const auto* text = producer.config.get<std::string>(name);
    return text != nullptr ? *text : std::string();
  };
  const auto same = [&](const ProducerSpec& a, const ProducerSpec& b, const char* name) {
    return text_of(a, name) == text_of(b, name);
  };
  const auto& all = scenario.producers;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const std::string name = text_of(all[i], "instanceName");
    if (name.empty() || name == "DEFAULT" || !text_of(all[i], "clientIP").empty()) continue;
    for (std::size_t k = i + 1; k < all.size(); ++k) {
      if (all[i].on_wire(all[i].group) != all[k].on_wire(all[k].group) || !same(all[i], all[k], "instanceName") ||
          !same(all[i], all[k], "clientIP") || !same(all[i], all[k], "unitName")) {
        continue;
      }
      record.notes.push_back("\"" + all[i].name + "\" and \"" + all[k].name +
                             "\" have one group and instanceName, and addresses of their own here alone: with one " +
                             "clientIP, as on a machine, the second does not start");
    }
  }
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
  const std::string elsewhere = " is for profiles that the scenario does not run in";
  const auto runs_in_any = [&](const auto& part) {
    return part.applies_to(profile) || std::any_of(scenario.profiles.begin(), scenario.profiles.end(),
                                                   [&](const std::string& name) { return part.applies_to(name); });
  };
  const auto look = [&](const std::vector<Expectation>& list) {
    for (const Expectation& expectation : list) {
      if (!runs_in_any(expectation)) record.notes.push_back(expectation_label(expectation.where) + elsewhere);
    }
  };
  for (const Step& step : scenario.steps) {
    look(step.expect);
    if (const auto* assertion = std::get_if<AssertStep>(&step.what)) look(assertion->expect);
  }
  look(scenario.expect);
  for (const InvariantOff& off : scenario.invariants_off) {
    if (!runs_in_any(off)) record.notes.push_back(expectation_label(off.where) + elsewhere);
  }
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
