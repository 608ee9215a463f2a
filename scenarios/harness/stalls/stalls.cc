#include "scenarios/harness/stalls/stalls.h"

#include <algorithm>

namespace rmqsim {
namespace {

/// Waits that are further apart are not one stall.
constexpr Duration kOneStall = millis(250);

}  // namespace

/// Back from there, as far as one stall goes, with each wait counted once, however many threads waited.
Duration Stalls::ending_at(std::size_t last) const {
  const TimePoint end = looks_[last].at;
  TimePoint counted = end;
  Duration waited{0}, used{0}, longest{0};
  for (std::size_t k = last + 1; k-- > 1 && counted > end - kOneStall && looks_[k].at > end - kOneStall;) {
    const TimePoint from = looks_[k].at - looks_[k].waited, to = std::min(looks_[k].at, counted);
    if (from < to) {
      waited += to - from;
      counted = from;
    }
    used += looks_[k].used;
    const Duration left_to_others = (end - std::min(counted, looks_[k - 1].at)) * processors_ - used;
    longest = std::max(longest, std::min(waited, left_to_others));
  }
  return longest;
}

Duration Stalls::longest(TimePoint until) const {
  Duration longest{0};
  for (std::size_t k = 1; k < looks_.size() && looks_[k - 1].at < until; ++k) {
    longest = std::max(longest, ending_at(k));
    if (looks_[k].at - looks_[k].late < until) longest = std::max(longest, looks_[k].late);
  }
  return longest;
}

}  // namespace rmqsim
