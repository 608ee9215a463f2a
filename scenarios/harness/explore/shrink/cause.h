// Why a scenario that was made small breaks what it breaks, and the file that says so.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/explore/shrink/shrinker.h"

namespace rmqsim {

/// What the shrink knows in the end.
struct CauseSearch {
  /// With that value and everything below it passes.
  struct Threshold {
    std::string name;
    double passes = 0;
    bool unsure = false;  ///< the bisection was ended
  };
  /// A part without which it passes.
  struct Needed {
    std::string_view kind;
    std::string name;
    Scenario without;
  };

  const Scenario& scenario;
  const Signature& signature;
  const Profile& profile;
  std::vector<Threshold> thresholds;
  std::vector<Needed> needed;
  /// Runs it; with the decisions of every send, if wanted.
  std::function<TrialResult(const Scenario& scenario, bool decisions)> trial;
  /// What ShrinkPlayer tells, in place of the first decision that differs and of the profiles that fail.
  std::function<std::vector<std::string>(const Scenario& scenario)> explain;
};

Cause find_cause(const CauseSearch& search);

/// Takes out all expectations but the one of that label.
void expect_only(Scenario& scenario, std::string_view label);
/// Expects that sends may fail, without which a file may not send to a topic that nobody has.
void grant_failures(Scenario& scenario);
/// Says `mayBeIdle` where the file could not be read or would fail otherwise.
void allow_idle(Scenario& scenario, const RunRecord& record);

}  // namespace rmqsim
