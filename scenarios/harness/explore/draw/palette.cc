#include "scenarios/harness/explore/draw/palette.h"

#include "scenarios/harness/explore/draw/drawn_rules.h"
#include "scenarios/harness/explore/draw/drawn_settings.h"

namespace rmqsim {
namespace {

// In the order of the enumerations.
constexpr std::uint8_t kModeWeights[] = {10, 10, 3, 3, 2, 3, 3, 4, 3, 1};
constexpr std::uint8_t kShapeWeights[] = {8, 6, 4, 5, 3, 3};
constexpr std::uint8_t kTroubleWeights[] = {24, 6, 5, 4, 3, 3, 3, 3, 3, 2};
constexpr std::uint8_t kTopologyWeights[] = {8, 6, 4, 4, 3, 2, 4, 4, 2, 4, 3, 3, 3, 3};

}  // namespace

Choice Choice::all(std::span<const std::uint8_t> weights) {
  Choice choice;
  choice.weights_ = weights;
  for (std::size_t i = 0; i < weights.size(); ++i) choice.add(i);
  return choice;
}

Choice Choice::some(Dice& dice, std::span<const std::uint8_t> weights, std::size_t count) {
  Choice left = all(weights);
  Choice choice;
  choice.weights_ = weights;
  for (; count > 0 && !left.empty(); --count) {
    const std::size_t kind = left.pick(dice);
    choice.add(kind);
    left.take(kind);
  }
  return choice;
}

std::size_t Choice::pick(Dice& dice) const {
  std::size_t sum = 0;
  for (std::size_t i = 0; i < weights_.size(); ++i) sum += has(i) ? weights_[i] : 0;
  std::size_t at = dice.below(sum);
  for (std::size_t i = 0; i < weights_.size(); ++i) {
    const std::size_t weight = has(i) ? weights_[i] : 0;
    if (at < weight) return i;
    at -= weight;
  }
  return 0;
}

Palette Palette::everything() {
  Palette palette;
  palette.modes = Choice::all(kModeWeights);
  palette.shapes = Choice::all(kShapeWeights);
  palette.troubles = Choice::all(kTroubleWeights);
  palette.topology = Choice::all(kTopologyWeights);
  palette.actions = Choice::all(drawn_action_weights());
  palette.targets = Choice::all(drawn_target_weights());
  palette.settings = Choice::all(drawn_setting_weights());
  palette.swarm = false;
  return palette;
}

Palette Palette::draw(Dice& dice) {
  Palette palette;
  palette.modes = Choice::some(dice, kModeWeights, dice.few(1, 4, 0.4));
  palette.shapes = Choice::some(dice, kShapeWeights, dice.few(1, 6));
  palette.troubles = Choice::some(dice, kTroubleWeights, dice.few(1, 5, 0.4));
  palette.topology = Choice::some(dice, kTopologyWeights, dice.few(0, 5, 0.6));
  palette.actions = Choice::some(dice, drawn_action_weights(), dice.few(1, 6));
  palette.targets = Choice::some(dice, drawn_target_weights(), dice.few(1, 4, 0.4));
  palette.settings = Choice::some(dice, drawn_setting_weights(), dice.few(0, 6, 0.6));
  return palette;
}

}  // namespace rmqsim
