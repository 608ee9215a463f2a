// Settings of producers as a trial draws them: those that belong together in one row.
#pragma once

#include <cstdint>
#include <span>

#include "scenarios/harness/explore/draw/dice.h"
#include "scenarios/harness/explore/draw/palette.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct DrawnSetting {
  std::uint8_t weight;
  bool running;  ///< a started producer takes it, too
  void (*draw)(Dice& dice, ProducerConfig& config);
};

std::span<const DrawnSetting> drawn_settings();
std::span<const std::uint8_t> drawn_setting_weights();

/// Some of `settings` for that producer.
void draw_settings(Dice& dice, const Choice& settings, ProducerConfig& config);
/// One of those that a started producer takes.
ProducerConfig draw_running_setting(Dice& dice, const Choice& settings);
/// What settings need of the cluster: the topic of traces.
void provide_for_settings(Scenario& scenario);

}  // namespace rmqsim
