#include "scenarios/harness/explore/trial.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/engine/producers/start_check.h"
#include "scenarios/harness/expectations/checks/expectation_checks.h"

namespace rmqsim {
namespace {

/// A run beyond it is given up: no drawn scenario lasts an hour.
constexpr Duration kMostTrialTime = std::chrono::hours(2);

/// What was gathered for a batch when a producer of the client shut down is lost, and who waits for it does so for ever
/// (quirk 63).
bool may_never_end(const Scenario& scenario, const Profile& profile) {
  if (!profile.has_auto_batch || !profile.auto_batch_lost_at_shutdown) return false;
  const auto gathers = [](const ProducerConfig& config) {
    const bool* on = config.get<bool>("autoBatch");
    return on != nullptr && *on;
  };
  bool any = std::any_of(scenario.producers.begin(), scenario.producers.end(),
                         [&](const ProducerSpec& producer) { return gathers(producer.config); });
  bool shuts_down = false;
  for (const Step& step : scenario.steps) {
    const auto* event = std::get_if<EventStep>(&step.what);
    if (event == nullptr) continue;
    if (const auto* set = std::get_if<SetConfigEvent>(&event->event)) any |= gathers(set->config);
    shuts_down |= std::holds_alternative<ShutdownProducerEvent>(event->event);
  }
  return any && shuts_down;
}

/// A time that is too long may become another that is.
std::string how_unmet(const Failure& failure) {
  if (is_start_failure(failure)) return failure.message;
  constexpr std::string_view kTime = "elapsedMs";
  return failure.got.starts_with(kTime) ? std::string(kTime) : failure.got;
}

}  // namespace

std::string_view mode_in_signature(const SendRecord& send) {
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
  run.limits = {.virtual_time = kMostTrialTime, .events = options.max_events};
  run.trace = options.trace;
  run.stop = options.stop;
  run.part = false;
  run.hashed = options.hashed;
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
    if (run.hashed && result.run.trace_hash != result.trace_hash) {
      result.violations.push_back({{"deterministic", std::string(profile.name), {}, {}},
                                   {"the run", "made twice, it left two traces", {}, {}}});
    }
  }
  const RunRecord& record = result.run.record;
  for (const Failure& failure : record.failures) {
    const bool unmet = failure.invariant.empty();  // a producer that could not start, under faults, or an expectation
    Signature signature{unmet ? expectation_label(failure.where) : std::string(failure.invariant),
                        std::string(profile.name), {}, {}};
    if (unmet && (!options.expectations || !signature.of_expectation())) continue;
    if (failure.send) {
      signature.mode = mode_in_signature(record.sends[*failure.send]);
      signature.decision = last_decision(record.every_decision[*failure.send]);
    }
    if (unmet) signature.decision += (signature.decision.empty() ? "" : ", ") + how_unmet(failure);
    result.violations.push_back({std::move(signature), failure});
  }
  if (result.run.verdict == RunResult::Verdict::inconclusive && !may_never_end(scenario, profile)) {
    // Neither invariants nor anything else could be judged: a send that never ends is the gravest of all.
    result.violations.push_back(
        {{"inconclusive", std::string(profile.name), {}, {}}, {"the run", result.run.reason, {}, {}}});
  }
  if (options.features) result.features = features_of(scenario, record);
  return result;
}

}  // namespace rmqsim
