#include "tools/explore/driven/short_drawing.h"

#include <algorithm>
#include <stdexcept>
#include <utility>

#include "scenarios/harness/explore/draw/dice.h"
#include "scenarios/harness/explore/draw/troubles.h"
#include "scenarios/harness/explore/whole.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/write/scenario_text.h"
#include "tools/explore/driven/short_sends.h"
#include "tools/explore/driven/short_troubles.h"

namespace rmqsim {
namespace {

/// A draw that the client cannot play, or that is no scenario, is drawn anew so often.
constexpr int kTries = 50;

const Profile& profile_named(const std::string& name) {
  const Profile* profile = find_profile(name);
  if (profile == nullptr) throw std::invalid_argument("no profile is called " + name);
  return *profile;
}

bool reads(const Scenario& scenario) { return parse_scenario(scenario_text(scenario), "", {.judge_idle = false}).ok(); }

}  // namespace

ShortDrawing::ShortDrawing(std::vector<Scenario> templates, std::vector<std::string> profiles, bool compares,
                           DriverHello hello)
    : profiles_(std::move(profiles)), compares_(compares), hello_(std::move(hello)) {
  if (profiles_.empty()) throw std::invalid_argument("trials need a profile");
  if (templates.empty() && short_modes(hello_).empty()) {
    throw std::invalid_argument(hello_.label() + " sends in no mode that trials have: sync, async, oneway");
  }
  for (Scenario& one : templates) {
    const std::string name = one.name;
    one = as_template(std::move(one));
    for (const std::string& profile : profiles_) {
      const std::string reason = why_not_applicable(one, profile_named(profile), hello_);
      if (!reason.empty()) throw std::invalid_argument(name + ": " + reason);
    }
    if (likely_span(one) > kLongest + std::chrono::seconds(3)) {  // which it has beyond the steps
      throw std::invalid_argument(name + ": its steps take more than 10 s, too long for trials in real time");
    }
    templates_.push_back(std::move(one));
  }
}

Scenario ShortDrawing::drawn(Random& random, const Profile& profile) const {
  Dice dice(random);
  Scenario scenario;
  if (templates_.empty()) {
    scenario = draw_short_cast(dice, profile, hello_);
    draw_short_course(scenario, dice, hello_);
  } else {
    scenario = dice.of(templates_);
    for (std::size_t more = dice.few(1, 2, 0.4); more > 0; --more) draw_short_rule(scenario, dice, hello_);
  }
  for (ProducerSpec& producer : scenario.producers) {
    if (compares_ && !producer.queue_index) producer.queue_index = QueueIndexSpec{0, {0}, {}};
    if (!compares_) producer.queue_index.reset();
  }
  return scenario;
}

Trial ShortDrawing::trial(std::uint64_t campaign_seed, std::uint64_t number) const {
  Random random(campaign_seed, "short trial " + std::to_string(number));
  Trial trial;
  trial.number = number;
  for (int tries = 0; tries < kTries; ++tries) {
    trial.profile = profiles_[random.below(profiles_.size())];
    const Profile& profile = profile_named(trial.profile);
    trial.scenario = drawn(random, profile);
    trial.scenario.name = "trial-" + std::to_string(number);
    trial.scenario.why = "Drawn, to see what another client does.";
    trial.scenario.profiles = {trial.profile};
    make_whole(trial.scenario);
    if (why_not_applicable(trial.scenario, profile, hello_).empty() && reads(trial.scenario)) break;
  }
  return trial;
}

}  // namespace rmqsim
