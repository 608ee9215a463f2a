// Thinks of trials that another client plays in real time: small ones, of a second or two, each aimed at one of the
// decisions that clients differ in. As Drawing it is pure: a trial depends on the campaign's seed, its number, the
// templates, the profiles and what the client can do.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/harness/explore/draw/drawing.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

class ShortDrawing {
 public:
  /// No template's steps may last longer.
  static constexpr Duration kLongest = std::chrono::seconds(10);

  /// Without templates each trial has a cluster and sends of its own. `compares`: where the producers begin is fixed,
  /// so that decisions are compared with the profile's. Throws std::invalid_argument, in words, when the client can
  /// play none of the trials, or not each template.
  ShortDrawing(std::vector<Scenario> templates, std::vector<std::string> profiles, bool compares, DriverHello hello);

  Trial trial(std::uint64_t campaign_seed, std::uint64_t number) const;
  const DriverHello& hello() const { return hello_; }

 private:
  Scenario drawn(Random& random, const Profile& profile) const;

  std::vector<Scenario> templates_;
  const std::vector<std::string> profiles_;
  const bool compares_;
  const DriverHello hello_;
};

}  // namespace rmqsim
