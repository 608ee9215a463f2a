#include "scenarios/harness/explore/trial.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/expectations/checks/expectation_checks.h"

namespace rmqsim {
namespace {

/// A run beyond these is given up: no drawn scenario lasts an hour, or has a tenth of so many events. One that never
/// ends has them within seconds.
constexpr RunLimits kTrialLimits{.virtual_time = std::chrono::hours(2), .events = 1'000'000};

std::string_view mode_of(const SendRecord& send) {
  switch (send.kind) {
    case SendRecord::Kind::transaction:
      return "transaction";
    case SendRecord::Kind::request:
      return "request";
    case SendRecord::Kind::recall:
      return "recall";
    case SendRecord::Kind::send:
      break;
  }
  switch (send.mode) {
    case CommunicationMode::SYNC:
      return "sync";
    case CommunicationMode::ASYNC:
      return "async";
    case CommunicationMode::ONEWAY:
      return "oneway";
  }
  return "";
}

}  // namespace

bool Signature::of_expectation() const { return invariant.starts_with("expect[") || invariant.starts_with("steps["); }

std::string Signature::text() const {
  std::string text = invariant + " " + profile;
  for (const std::string* part : {&mode, &decision}) {
    if (!part->empty()) text += " " + *part;
  }
  return text;
}

bool TrialResult::broke(const Signature& signature) const {
  return std::any_of(violations.begin(), violations.end(),
                     [&](const Violation& violation) { return violation.signature == signature; });
}

TrialResult run_trial(const Scenario& scenario, const Profile& profile, const TrialOptions& options) {
  RunOptions run;
  run.limits = kTrialLimits;
  run.trace = options.trace;
  run.part = false;
  run.every_decision = options.features;
  run.check_expectations = options.expectations;
  run.judge_idle = false;
  TrialResult result;
  result.run = run_scenario(scenario, profile, run);
  result.trace_hash = result.run.trace_hash;
  if (!run.every_decision && !result.run.record.failures.empty()) {
    // Decisions cost more than the run; a run that broke something is made once more for them, and must be the same.
    run.every_decision = true;
    run.trace = nullptr;
    result.run = run_scenario(scenario, profile, run);
    if (result.run.trace_hash != result.trace_hash) {
      result.violations.push_back({{"deterministic", std::string(profile.name), {}, {}},
                                   {"the run", "made twice, it left two traces", {}, {}}});
    }
  }
  const RunRecord& record = result.run.record;
  for (const Failure& failure : record.failures) {
    if (failure.invariant.empty()) {  // a producer that could not start, under faults, or an expectation
      Signature unmet{expectation_label(failure.where), std::string(profile.name), {}, {}};
      if (options.expectations && unmet.of_expectation()) result.violations.push_back({std::move(unmet), failure});
      continue;
    }
    Signature signature{std::string(failure.invariant), std::string(profile.name), {}, {}};
    if (failure.send) {
      signature.mode = mode_of(record.sends[*failure.send]);
      signature.decision = last_decision(record.every_decision[*failure.send]);
    }
    result.violations.push_back({std::move(signature), failure});
  }
  if (result.run.verdict == RunResult::Verdict::inconclusive) {
    // Neither invariants nor anything else could be judged: a send that never ends is the gravest of all.
    result.violations.push_back(
        {{"inconclusive", std::string(profile.name), {}, {}}, {"the run", result.run.reason, {}, {}}});
  }
  if (options.features) result.features = features_of(scenario, record);
  return result;
}

}  // namespace rmqsim
