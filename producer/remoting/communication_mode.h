// How a caller waits for what it sent (CommunicationMode of the Java client): for the answer, for a callback, or not at
// all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

namespace rmqsim {

enum class CommunicationMode : std::uint8_t { SYNC, ASYNC, ONEWAY };

/// As scenarios, ledgers and reports say it; in the order of the enumerators.
inline constexpr std::string_view kCommunicationModeNames[] = {"sync", "async", "oneway"};
inline constexpr std::string_view communication_mode_name(CommunicationMode mode) {
  return kCommunicationModeNames[static_cast<std::size_t>(mode)];
}

}  // namespace rmqsim
