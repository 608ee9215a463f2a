// Expectations that cannot hold together. Each is taken apart into facts about one thing; two facts about the same
// contradict each other when no value fits both, at one moment or, if it cannot have changed so since, at two.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/harness/expectations/ranges.h"

namespace rmqsim {

/// What may become of a fact after the moment at which it held.
enum class Later : std::uint8_t { changes, grows, stays };

/// Whether what is said there was to hold at the same moment as what is said here, or at an earlier one.
enum class There : std::uint8_t { at_once, earlier };

/// A text that must be the same, or a range.
struct Fact {
  std::string_view about;  ///< of static storage
  std::string value;       ///< as messages show it; it tells texts apart
  std::optional<std::pair<std::int64_t, std::int64_t>> range;
  Later later = Later::changes;
};

Fact text_fact(std::string_view about, const std::string& text, Later later);
Fact range_fact(std::string_view about, const CountRange& range, Later later);

/// `outcome is "SEND_OK" there, "EXCEPTION" here` for the first two that contradict each other, or empty.
std::string facts_conflict(const std::vector<Fact>& there, const std::vector<Fact>& here, There when);

}  // namespace rmqsim
