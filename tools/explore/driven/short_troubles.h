// What goes wrong in a short trial, and when: rules that hit the same tries wherever a client begins, and events in
// which what follows is far from every boundary of time.
#pragma once

#include "scenarios/harness/explore/draw/dice.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

/// Adds a rule for the scenario's sends. It may be idle.
void draw_short_rule(Scenario& scenario, Dice& dice, const DriverHello& hello);
/// Adds the steps of a scenario that has none, and what goes wrong in them.
void draw_short_course(Scenario& scenario, Dice& dice, const DriverHello& hello);

}  // namespace rmqsim
