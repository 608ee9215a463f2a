#include "scenarios/harness/explore/draw/drawing.h"

#include <stdexcept>
#include <utility>
#include <variant>

#include "scenarios/harness/explore/draw/cast.h"
#include "scenarios/harness/explore/draw/rescue.h"
#include "scenarios/harness/explore/draw/small_scope.h"
#include "scenarios/harness/explore/draw/troubles.h"
#include "scenarios/harness/explore/draw/variation.h"
#include "scenarios/harness/explore/whole.h"

namespace rmqsim {
namespace {

/// Unrelated to that of every other trial: a finalizer as splitmix64 has it keeps neighbours apart.
std::uint64_t seed_of_trial(std::uint64_t campaign_seed, std::uint64_t number) {
  std::uint64_t z = number + 1;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
  return Random(campaign_seed, "trial").next() ^ z ^ (z >> 31);
}

/// The small scope and what is drawn take turns of so many trials.
constexpr std::uint64_t kTurn = 32;

/// Which course of the small scope a trial is, if it is one.
std::uint64_t place_in_scope(std::uint64_t number) { return number / (2 * kTurn) * kTurn + number % kTurn; }

const Profile& profile_of(const std::string& name) {
  const Profile* profile = find_profile(name);
  if (profile == nullptr) throw std::invalid_argument("no profile is called " + name);
  return *profile;
}

}  // namespace

Scenario as_template(Scenario scenario) {
  scenario.expect.clear();
  for (Step& step : scenario.steps) {
    step.expect.clear();
    if (std::holds_alternative<EventStep>(step.what)) step.may_be_idle = true;
  }
  std::erase_if(scenario.steps, [](const Step& step) { return std::holds_alternative<AssertStep>(step.what); });
  for (FaultRule& rule : scenario.faults) rule.may_be_idle = true;
  for (ResponderSpec& responder : scenario.cluster.responders) responder.may_be_idle = true;
  scenario.worlds.reset();
  scenario.source.reset();
  make_whole(scenario);
  return scenario;
}

struct Drawing::Parts {
  std::vector<Scenario> templates;
  std::vector<std::string> profiles;
  DrawOptions options;
  SmallScope scope;

  Scenario drawn(Dice& dice, const Profile& profile) const;
  Moments moments(const Scenario& scenario, const Profile& profile) const {
    return {scenario, profile, options.boundaries};
  }
};

Scenario Drawing::Parts::drawn(Dice& dice, const Profile& profile) const {
  const Palette palette = options.swarm ? Palette::draw(dice) : Palette::everything();
  Scenario scenario = templates.empty() ? draw_cast(dice, palette) : dice.of(templates);
  if (templates.empty()) draw_steps(scenario, dice, palette, moments(scenario, profile));
  const Moments all = moments(scenario, profile);
  const Duration span = likely_span(scenario);
  const bool recovers = dice.chance(0.4);
  std::vector<TimedEvent> events;
  for (std::size_t troubles = dice.few(dice.chance(0.96) ? 1 : 0, 5); troubles > 0; --troubles) {
    draw_trouble(scenario, dice, palette, all, span, recovers, events);
  }
  add_events(scenario, dice, std::move(events));
  if (recovers) add_recovery(scenario, dice, all, span);
  add_last_wait(scenario, dice);
  return scenario;
}

Drawing::Drawing(std::vector<Scenario> templates, std::vector<std::string> profiles, DrawOptions options) {
  if (profiles.empty()) throw std::invalid_argument("trials need a profile");
  for (const std::string& name : profiles) profile_of(name);
  for (Scenario& one : templates) one = as_template(std::move(one));
  parts_ = std::make_unique<const Parts>(Parts{std::move(templates), std::move(profiles), options, SmallScope()});
}

Drawing::~Drawing() = default;

std::uint64_t Drawing::small_scope() const {
  const bool enumerated = parts_->options.exhaustive && parts_->templates.empty();
  return enumerated ? parts_->scope.size() * parts_->profiles.size() : 0;
}

bool Drawing::enumerates(std::uint64_t number) const {
  return number / kTurn % 2 == 0 && place_in_scope(number) < small_scope();
}

Trial Drawing::trial(std::uint64_t campaign_seed, std::uint64_t number) const {
  const std::vector<std::string>& profiles = parts_->profiles;
  Trial trial;
  trial.number = number;
  if (enumerates(number)) {
    const std::uint64_t place = place_in_scope(number);
    trial.profile = profiles[place % profiles.size()];
    trial.scenario = parts_->scope.scenario(place / profiles.size());
  } else {
    const std::uint64_t seed = seed_of_trial(campaign_seed, number);
    Random random(seed);
    Dice dice(random);
    trial.profile = dice.of(profiles);
    trial.scenario = parts_->drawn(dice, profile_of(trial.profile));
    trial.scenario.seed = seed;
  }
  trial.scenario.name = "trial-" + std::to_string(number);
  trial.scenario.why = "Drawn, to see what breaks.";
  trial.scenario.profiles = {trial.profile};
  make_whole(trial.scenario);
  return trial;
}

Scenario Drawing::variation(const Scenario& parent, Random& random) const {
  Dice dice(random);
  Scenario scenario = parent;
  const std::string& profile = scenario.profiles.empty() ? parts_->profiles.front() : scenario.profiles.front();
  vary(scenario, dice, parts_->moments(scenario, profile_of(profile)));
  return scenario;
}

std::vector<Scenario> Drawing::without_rescue(const Scenario& scenario, const RunRecord& record) const {
  return parts_->options.rescue ? cut_rescues(scenario, record) : std::vector<Scenario>{};
}

}  // namespace rmqsim
