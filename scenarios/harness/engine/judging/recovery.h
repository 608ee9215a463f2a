// How long a client and its cluster take to be as before when nothing is wrong any more, for the oracle of liveness and
// for scenarios that put it to the test.
#pragma once

#include <optional>

#include "producer/profile/profile.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// The longest isolation, route poll and heartbeat interval of any producer, and what was under way may still take.
Duration recovery_time(const Scenario& scenario, const Profile& profile);

/// The longest that a rule holds anything back; none: as long as it likes.
std::optional<Duration> longest_hold(const Scenario& scenario, const FaultRule& rule);

}  // namespace rmqsim
