// Small changes of a scenario, each one thing: what guidance tries around a run that showed something new.
#pragma once

#include "scenarios/harness/explore/draw/moments.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Changes one thing of `scenario`, which stays valid and whole.
void vary(Scenario& scenario, Dice& dice, const Moments& moments);

}  // namespace rmqsim
