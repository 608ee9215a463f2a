#include "scenarios/harness/file/earliest.h"

#include <algorithm>

namespace rmqsim {
namespace {

/// Later is all the same.
constexpr Duration kLatest = std::chrono::hours(24 * 10'000);

/// Some thread of the step has so many pauses between its sends.
Duration pauses(const Step& step, Duration interval) {
  const std::uint64_t in_turn = (step.send_count + step.concurrency - 1) / step.concurrency;
  if (in_turn < 2 || interval <= Duration::zero()) return Duration::zero();
  const auto most = static_cast<std::uint64_t>(kLatest / interval);
  return interval * static_cast<std::int64_t>(std::min(in_turn - 1, most));
}

Duration least_length(const Step& step) {
  return std::visit(
      [&](const auto& what) {
        if constexpr (requires { what.interval; }) return pauses(step, what.interval);
        if constexpr (requires { what.time; }) return what.time;
        return Duration::zero();
      },
      step.what);
}

}  // namespace

std::vector<Duration> earliest_begins(const Scenario& scenario) {
  std::vector<Duration> begins;
  begins.reserve(scenario.steps.size());
  Duration now{0};
  for (const Step& step : scenario.steps) {
    begins.push_back(now);
    if (step.at) now = std::max(now, *step.at);
    if (!step.background) now = std::min(now + least_length(step), kLatest);
  }
  return begins;
}

}  // namespace rmqsim
