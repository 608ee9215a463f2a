// What goes wrong in a trial, and how it ends: troubles of all kinds put into a scenario, and the wait after them.
#pragma once

#include <vector>

#include "scenarios/harness/explore/draw/drawn_events.h"
#include "scenarios/harness/explore/draw/moments.h"
#include "scenarios/harness/explore/draw/palette.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// The time in which the scenario's steps likely are, and a little more.
Duration likely_span(const Scenario& scenario);

/// One trouble more: its rules are added, its events are still to be (add_events()).
void draw_trouble(Scenario& scenario, Dice& dice, const Palette& palette, const Moments& moments, Duration span,
                  bool heals, std::vector<TimedEvent>& events);

/// Waits until nobody waits for anything any more.
void add_last_wait(Scenario& scenario, Dice& dice);
/// Ends what rules do, waits until every isolation, route and connection has recovered, and sends again; nothing of it
/// when that would take long.
void add_recovery(Scenario& scenario, Dice& dice, const Moments& moments, Duration span);

}  // namespace rmqsim
