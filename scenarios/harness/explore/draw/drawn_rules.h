// Fault rules as a trial draws them: where, on what, when, and what they do.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "fake_broker/rules/fault_rule.h"
#include "scenarios/harness/explore/draw/moments.h"
#include "scenarios/harness/explore/draw/palette.h"
#include "scenarios/harness/explore/draw/trouble.h"

namespace rmqsim {

/// Of fault_actions(), in their order.
std::span<const std::uint8_t> drawn_action_weights();
/// Words for requests (request_words()) that rules of trials look at.
std::span<const std::string_view> drawn_targets();
std::span<const std::uint8_t> drawn_target_weights();

/// Whether the action is possible on such requests by itself.
bool possible_on(const FaultActionRow& row, const FaultTarget& on);
/// Of `actions` if one of them is possible there; else any that is.
FaultAction draw_action(Dice& dice, const FaultTarget& on, const Choice& actions, const Moments& moments);
/// Adds rules for a trouble of that shape. They may be idle.
void draw_rules(Scenario& scenario, Dice& dice, const Palette& palette, const Moments& moments, TroubleShape shape,
                Duration span);

}  // namespace rmqsim
