// The built-in template: a small cluster, its producers, and what they send.
#pragma once

#include "scenarios/harness/explore/draw/moments.h"
#include "scenarios/harness/explore/draw/palette.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Sends of a trial, at most, whatever draws them.
inline constexpr std::uint64_t kMostDrawnSends = 60;

/// Two or three brokers, one or two nameservers, one or two topics, mostly one producer; no steps.
Scenario draw_cast(Dice& dice, const Palette& palette);
/// One step that sends so often. A recall takes back what steps before it sent, or is a plain send.
Step draw_sending_step(Dice& dice, const Scenario& scenario, DrawnMode mode, const Moments& moments,
                       std::uint64_t count);
/// Adds such steps, each with its time.
void draw_steps(Scenario& scenario, Dice& dice, const Palette& palette, const Moments& moments);

}  // namespace rmqsim
