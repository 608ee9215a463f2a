// How long `late` keeps an answer back.
#pragma once

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Longer than anybody in the scenario waits: two seconds more than the longest of its timeouts, of which a step or an
/// event may name one.
Duration late_by(const Scenario& scenario);

}  // namespace rmqsim
