// The one notion of time. A TimePoint counts nanoseconds since the Unix epoch *as the world has it*: virtual in the
// simulation (which begins at kSimEpoch), real over TCP. It comes from Runtime::now() or as an argument, never from
// a clock: nothing outside producer/transport/tcp may read one.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace rmqsim {

using Duration = std::chrono::nanoseconds;

/// Tag only; it has no now() on purpose.
struct WorldClock {
  using duration = Duration;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<WorldClock, duration>;
  static constexpr bool is_steady = true;
};

using TimePoint = WorldClock::time_point;

/// 2026-01-01T00:00:00Z, the instant at which every simulated world begins.
inline constexpr TimePoint kSimEpoch{std::chrono::seconds{1767225600}};

/// Whole milliseconds since the Unix epoch, what Java's System.currentTimeMillis() would say. All budget arithmetic
/// of the send path works on these (behaviour §0, "now").
inline constexpr std::int64_t to_millis(TimePoint t) {
  return std::chrono::floor<std::chrono::milliseconds>(t.time_since_epoch()).count();
}

/// About 140 years: a time of this century and such a span still make a TimePoint.
inline constexpr std::int64_t kLongestSpanMillis = 4'400'000'000'000;

/// Fractional milliseconds, for output.
inline constexpr double to_fractional_millis(Duration d) { return static_cast<double>(d.count()) / 1e6; }

/// What is longer than kLongestSpanMillis (a client may send any number) is taken for that.
inline constexpr Duration millis(std::int64_t n) {
  return std::chrono::milliseconds{std::clamp(n, -kLongestSpanMillis, kLongestSpanMillis)};
}

/// From a scenario's fractional milliseconds, rounded to whole nanoseconds.
inline constexpr Duration fractional_millis(double ms) {
  return Duration{static_cast<Duration::rep>(ms * 1e6 + (ms >= 0 ? 0.5 : -0.5))};
}

}  // namespace rmqsim
