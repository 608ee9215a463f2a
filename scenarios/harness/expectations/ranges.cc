#include "scenarios/harness/expectations/ranges.h"

#include <algorithm>
#include <iterator>

namespace rmqsim {

std::string range_text(const CountRange& range) {
  if (range.min == range.max) return std::to_string(range.min);
  if (range.max == kNoMost) return "at least " + std::to_string(range.min);
  return "[" + std::to_string(range.min) + ", " + std::to_string(range.max) + "]";
}

bool SendSelector::contains(std::uint64_t i) const {
  auto next = std::upper_bound(ranges.begin(), ranges.end(), i, [](std::uint64_t n, auto& r) { return n < r.first; });
  return next != ranges.begin() && i <= std::prev(next)->second;
}

std::uint64_t SendSelector::size() const {
  std::uint64_t n = 0;
  for (const auto& [first, last] : ranges) n += last - first + 1;
  return n;
}

std::uint64_t SendSelector::at(std::uint64_t n) const {
  for (const auto& [first, last] : ranges) {
    if (n <= last - first) return first + n;
    n -= last - first + 1;
  }
  return 0;
}

std::optional<std::uint64_t> SendSelector::first_common(const SendSelector& other) const {
  for (const auto& [first, last] : ranges) {
    for (const auto& [from, to] : other.ranges) {
      if (std::max(first, from) <= std::min(last, to)) return std::max(first, from);
    }
  }
  return std::nullopt;
}

std::uint64_t SendSelector::count_common(const SendSelector& other) const {
  std::uint64_t n = 0;
  for (const auto& [first, last] : ranges) {
    for (const auto& [from, to] : other.ranges) {
      const std::uint64_t low = std::max(first, from), high = std::min(last, to);
      if (low <= high) n += high - low + 1;
    }
  }
  return n;
}

}  // namespace rmqsim
