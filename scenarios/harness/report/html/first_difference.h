// Where two runs of one scenario, in two profiles, first decide differently.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// A run and the profile that it was made in; both stay.
struct ProfileRun {
  const Profile& profile;
  const RunResult& result;
};

struct FirstDifference {
  std::uint64_t send = 0;
  TimePoint at{};      ///< in the second run: when the send came to it
  std::string first;   ///< explain's words about it in each; empty: it says nothing there
  std::string second;
};

/// Of the sends in the order in which they began in the second run, the first that was decided differently: other words
/// of `explain`, numbers aside, since most are times. Both runs must have every decision.
std::optional<FirstDifference> first_difference(const Scenario& scenario, const ProfileRun& first,
                                                const ProfileRun& second);

}  // namespace rmqsim
