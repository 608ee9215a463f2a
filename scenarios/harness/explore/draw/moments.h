// The times at which a producer's comparisons turn: ends of budgets and caps, scans of the response table, ends of
// isolation, polls, heartbeats and probes. Drawing aims at them instead of at any time.
#pragma once

#include <vector>

#include "producer/profile/profile.h"
#include "producer/transport/time.h"
#include "scenarios/harness/explore/draw/dice.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

class Moments {
 public:
  /// Of that scenario's settings, or the profile's where it sets none. Without `boundaries`: any time is as likely.
  Moments(const Scenario& scenario, const Profile& profile, bool boundaries);

  /// How long something lasts or is held back.
  Duration length(Dice& dice) const;
  /// When something begins, from 0 to `span`.
  Duration begin(Dice& dice, Duration span) const;
  /// A timeout, in whole milliseconds from 1.
  std::int64_t timeout(Dice& dice) const;

  /// What turns after so long, ascending, without the millisecond before and after.
  const std::vector<Duration>& edges() const { return edges_; }
  /// The longest that a broker may be avoided, or a change of routes may stay unknown.
  Duration recovery() const { return recovery_; }

 private:
  Duration near(Dice& dice, Duration edge) const;

  std::vector<Duration> edges_;
  std::vector<Duration> periods_;
  std::vector<Duration> starts_;  ///< of steps that send
  Duration slack_;
  Duration round_trip_;
  Duration recovery_{0};
  bool boundaries_;
};

}  // namespace rmqsim
