#include "tools/explore/driven/driven_trials.h"

#include <algorithm>
#include <chrono>
#include <optional>
#include <utility>

#include "tools/drivers/driven_run.h"
#include "tools/io/stop_signals.h"

namespace rmqsim {
namespace {

/// A trial has a second or two to take.
constexpr Duration kRealTime = std::chrono::seconds(60);

/// What a failure is called in a signature; empty: it is none of what is explored.
std::string_view name_of(const Failure& failure) {
  if (!failure.invariant.empty()) return failure.invariant;
  if (failure.check == kClientDecisions) return kDecisionsSignature;
  if (failure.check == kClientMessages) return kMessagesSignature;
  return failure.check == kClientTimes ? kTimesSignature : "";
}

std::vector<Violation> violations_of(const DrivenResult& result) {
  std::vector<Violation> violations;
  const RunRecord& record = result.run.record;
  for (const Failure& failure : record.failures) {
    Signature signature{std::string(name_of(failure)), result.run.profile, {}, {}};
    if (signature.invariant.empty()) continue;
    if (failure.send) {
      const SendRecord& send = record.sends[*failure.send];
      signature.mode = mode_in_signature(send);
      if (!send.attempts.empty()) signature.decision = send.attempts.back().outcome;
    }
    if (signature.invariant == kDecisionsSignature) signature.decision = result.explanation.difference->kind;
    violations.push_back({std::move(signature), failure});
  }
  return violations;
}

std::string listed(const std::vector<std::string>& names) {
  std::string text;
  for (std::size_t i = 0; i < names.size(); ++i) {
    text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  }
  return text;
}

DriverOptions options_for(const std::string& command) {
  DriverOptions options;
  options.command = command;
  options.real_time = kRealTime;
  options.stop = &stop_signals::run_stop();
  return options;
}

}  // namespace

DrivenTrials::Played DrivenTrials::play(const Scenario& scenario, const Profile& profile) const {
  Played played;
  played.refused = why_not_applicable(scenario, profile, hello_);
  if (!played.refused.empty()) return played;
  DrivenResult result = std::move(run_with_driver(scenario, {&profile}, options_for(command_)).front());
  played.stopped = stop_signals::run_stop().reason() != nullptr;
  using Verdict = RunResult::Verdict;
  if (result.broke_protocol) {
    played.driver_failed = result.explanation.why_not;
  } else if (result.stalled > Duration::zero()) {
    played.stalled = true;
  } else if (result.run.verdict == Verdict::refused || result.run.verdict == Verdict::inconclusive) {
    played.refused = result.run.reason;
  } else {
    played.trial.violations = violations_of(result);
  }
  played.trial.run = std::move(result.run);
  return played;
}

std::vector<Violation> DrivenTrials::again(const Scenario& scenario, const Profile& profile,
                                           std::vector<Violation> broken, int times, std::uint64_t& runs) const {
  for (; times > 0 && !broken.empty(); --times) {
    const Played played = play(scenario, profile);
    ++runs;
    std::erase_if(broken, [&](const Violation& violation) { return !played.trial.broke(violation.signature); });
  }
  return broken;
}

std::vector<std::string> DrivenTrials::explain(const Scenario& scenario) const {
  std::vector<const Profile*> profiles;
  for (const std::string_view name : profile_names()) profiles.push_back(find_profile(name));
  std::vector<std::string> as;
  for (const DrivenResult& result : run_with_driver(scenario, profiles, options_for(command_))) {
    if (result.run.verdict == RunResult::Verdict::passed) as.push_back(result.run.profile);
  }
  return {as.empty() ? "passes in no profile" : "passes in " + listed(as)};
}

}  // namespace rmqsim
