// When trouble is, and whose: the shapes of faults over time and servers.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "scenarios/harness/explore/draw/moments.h"
#include "scenarios/harness/explore/draw/palette.h"

namespace rmqsim {

/// One stretch of one victim's trouble.
struct Outage {
  std::string victim;
  Duration from{0};
  std::optional<Duration> to;  ///< later than `from`; none: for ever
};

/// `victims` are those that may be hit, at least one. In order of time where one victim has several.
std::vector<Outage> draw_outages(Dice& dice, TroubleShape shape, std::vector<std::string> victims,
                                 const Moments& moments, Duration span);

/// The same by turns instead of times: which requests of a server are hit.
NthSet draw_turns(Dice& dice, TroubleShape shape);
/// Whom a trouble by turns hits at the same time.
std::vector<std::string> draw_victims(Dice& dice, TroubleShape shape, std::vector<std::string> victims);

}  // namespace rmqsim
