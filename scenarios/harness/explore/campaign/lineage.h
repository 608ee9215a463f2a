// How a trial came to be, in numbers: whoever has them can make it again, without the campaign that it was part of.
#pragma once

#include <charconv>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

/// The number of a trial that was drawn, then of each that changed it, its own last. Never empty.
struct Lineage {
  std::vector<std::uint64_t> trials;

  auto operator<=>(const Lineage&) const = default;
  std::uint64_t number() const { return trials.back(); }

  /// "12", or "12.57.903".
  std::string text() const {
    std::string text;
    for (const std::uint64_t trial : trials) text += (text.empty() ? "" : ".") + std::to_string(trial);
    return text;
  }
  static std::optional<Lineage> parse(std::string_view text) {
    Lineage lineage;
    for (const char* at = text.data(), *end = at + text.size();; ++at) {
      const auto [next, error] = std::from_chars(at, end, lineage.trials.emplace_back());
      if (error != std::errc() || (next != end && *next != '.')) return std::nullopt;
      if (next == end) return lineage;
      at = next;
    }
  }
};

}  // namespace rmqsim
