#include "scenarios/harness/explore/draw/trouble.h"

#include <algorithm>
#include <utility>

namespace rmqsim {
namespace {

constexpr Duration kLongestStretch = std::chrono::seconds(60);

Duration draw_stretch(Dice& dice, const Moments& moments) {
  return std::clamp(moments.length(dice), Duration(millis(1)), kLongestStretch);
}

/// A victim's stretches one after the other.
void again_and_again(Dice& dice, const std::string& victim, std::size_t times, bool quick, const Moments& moments,
                     Duration at, std::vector<Outage>& outages) {
  const Duration on = draw_stretch(dice, moments);
  const Duration off = quick ? millis(dice.between(0, 10)) : draw_stretch(dice, moments);
  for (; times > 0; --times) {
    outages.push_back({victim, at, at + on});
    at += on + off;
  }
}

std::string turns_text(std::uint64_t first, std::uint64_t last) {
  return std::to_string(first) + (last > first ? "-" + std::to_string(last) : "");
}

}  // namespace

std::vector<std::string> draw_victims(Dice& dice, TroubleShape shape, std::vector<std::string> victims) {
  dice.shuffle(victims);
  switch (shape) {
    case TroubleShape::correlated:
      victims.resize(std::min(victims.size(), 2 + dice.below(victims.size())));
      break;
    case TroubleShape::in_turn:
    case TroubleShape::swizzle:
      break;
    default:
      victims.resize(1);
  }
  return victims;
}

std::vector<Outage> draw_outages(Dice& dice, TroubleShape shape, std::vector<std::string> victims,
                                 const Moments& moments, Duration span) {
  victims = draw_victims(dice, shape, std::move(victims));
  const Duration begin = moments.begin(dice, span);
  std::vector<Outage> outages;
  switch (shape) {
    case TroubleShape::single:
      again_and_again(dice, victims.front(), 1, false, moments, begin, outages);
      break;
    case TroubleShape::burst:
      again_and_again(dice, victims.front(), 2 + dice.below(3), true, moments, begin, outages);
      break;
    case TroubleShape::flapping:
      again_and_again(dice, victims.front(), 2 + dice.below(4), false, moments, begin, outages);
      break;
    case TroubleShape::correlated: {
      const Duration on = draw_stretch(dice, moments);
      for (const std::string& victim : victims) {
        const Duration from = begin + millis(dice.chance(0.5) ? 0 : dice.between(0, 5));
        outages.push_back({victim, from, from + on});
      }
      break;
    }
    case TroubleShape::in_turn: {
      Duration at = begin;
      const Duration on = draw_stretch(dice, moments);
      const Duration gap = millis(dice.of({0, 0, 1, 100}));
      for (const std::string& victim : victims) {
        outages.push_back({victim, at, at + on});
        at += on + gap;
      }
      break;
    }
    case TroubleShape::swizzle: {
      const Duration stop = draw_stretch(dice, moments);
      const Duration heal = draw_stretch(dice, moments);
      Duration at = begin;
      for (const std::string& victim : victims) {
        outages.push_back({victim, at, {}});
        at += stop;
      }
      std::vector<std::size_t> order(outages.size());
      for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
      dice.shuffle(order);
      for (const std::size_t i : order) {
        outages[i].to = at;
        at += heal;
      }
      break;
    }
  }
  return outages;
}

NthSet draw_turns(Dice& dice, TroubleShape shape) {
  const std::uint64_t first = dice.few(1, 6);
  std::string text = std::to_string(first);
  if (shape == TroubleShape::flapping) {
    std::uint64_t at = first;
    for (std::size_t more = 1 + dice.below(3); more > 0; --more) {
      at += 2 + dice.below(2);
      text += "," + std::to_string(at);
    }
  } else if (shape != TroubleShape::single) {
    text = turns_text(first, first + dice.few(1, 12, 0.7));
  }
  return *NthSet::parse(text);
}

}  // namespace rmqsim
