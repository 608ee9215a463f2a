// What a scenario's times come to at least, whatever becomes of its sends.
#pragma once

#include <vector>

#include "producer/transport/time.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// For each step the time since the first one at which those before it are over at the earliest: what they wait, and
/// the pauses between their sends. A step begins then, or at its `at` if that is later.
std::vector<Duration> earliest_begins(const Scenario& scenario);

}  // namespace rmqsim
