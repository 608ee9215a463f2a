// Events as a trial draws them: what happens to servers, routes and producers, each with what ends it.
#pragma once

#include <vector>

#include "scenarios/harness/explore/draw/moments.h"
#include "scenarios/harness/explore/draw/palette.h"
#include "scenarios/harness/explore/draw/trouble.h"

namespace rmqsim {

struct TimedEvent {
  Duration at{0};
  ClusterEvent event;
};

/// A trouble of that kind, which is none of rules. With `heals` all of it ends.
std::vector<TimedEvent> draw_events(const Scenario& scenario, Dice& dice, const Palette& palette,
                                    const Moments& moments, TroubleKind kind, TroubleShape shape, Duration span,
                                    bool heals);

/// Puts them among the steps, at their times as far as the steps' own allow it. A step that sends meanwhile goes on in
/// the background at times. They may be idle.
void add_events(Scenario& scenario, Dice& dice, std::vector<TimedEvent> events);

/// How long the step may well take.
Duration likely_length(const Step& step);

}  // namespace rmqsim
