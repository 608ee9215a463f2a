// What expectations select and bound by.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "producer/transport/time.h"

namespace rmqsim {

/// Inclusive; a plain number n of the file is [n, n].
struct CountRange {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  bool contains(std::uint64_t n) const { return min <= n && n <= max; }
};

/// In place of a maximum: there is none.
inline constexpr std::uint64_t kNoMost = UINT64_MAX;

/// "3", "[1, 5]", or "at least 3".
std::string range_text(const CountRange& range);

/// Inclusive.
struct DurationRange {
  Duration min{0};
  Duration max{0};
  bool contains(Duration d) const { return min <= d && d <= max; }
};

/// "all", 3, "0-9,12", or a step's name: resolved to ranges of scenario-wide send numbers, ascending, not empty.
struct SendSelector {
  std::string text;  ///< as written, for messages
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  bool contains(std::uint64_t i) const;
  std::uint64_t size() const;
  /// The n-th of them, from 0; `n` is below size().
  std::uint64_t at(std::uint64_t n) const;
  /// The first that both select.
  std::optional<std::uint64_t> first_common(const SendSelector& other) const;
  /// How many both select.
  std::uint64_t count_common(const SendSelector& other) const;
};

}  // namespace rmqsim
