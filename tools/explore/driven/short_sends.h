// The cluster of a short trial, its producer, and what that sends: as much as a client can be asked for.
#pragma once

#include <cstdint>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/explore/draw/dice.h"
#include "scenarios/harness/explore/draw/palette.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/protocol/driver_messages.h"

namespace rmqsim {

/// One of short_modes(), and how often it is drawn.
struct ShortMode {
  DrawnMode mode;
  std::uint8_t weight;
};
/// Those in which the client can send.
std::vector<ShortMode> short_modes(const DriverHello& hello);

/// One to three brokers, one nameserver, one topic, one producer with settings that the client has; no steps.
Scenario draw_short_cast(Dice& dice, const Profile& profile, const DriverHello& hello);

/// What a send of the first producer may take until it gives up.
Duration short_timeout(const Scenario& scenario, const DriverHello& hello);

/// A step of so many sends; with pauses between those that do not wait for each other.
Step draw_short_sends(Dice& dice, const DriverHello& hello, std::uint64_t count);

}  // namespace rmqsim
