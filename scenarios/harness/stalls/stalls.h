// How long the machine kept a run waiting, told from looks at it: at a clock that wakes at its times or later, and at
// what the run's threads waited for a processor and used of processors. Pure: whoever watches the machine adds looks.
#pragma once

#include <cstddef>
#include <vector>

#include "producer/transport/time.h"

namespace rmqsim {

/// A stall that is longer may turn what a client decides, or how long it takes, into a difference that is none of its.
inline constexpr Duration kStallAllowed = millis(50);

struct StallLook {
  TimePoint at{};
  Duration late{0};    ///< how much later than it was to be
  Duration waited{0};  ///< for so long before it some thread was ready to run and had no processor
  Duration used{0};    ///< of processors, by all threads since the look before
};

class Stalls {
 public:
  /// `processors` are what there is to use.
  explicit Stalls(unsigned processors) : processors_(processors) {}

  /// In the order of time.
  void add(const StallLook& look) { looks_.push_back(look); }
  /// The longest that began before `until`: for how long the clock overslept, or, within a quarter of a second, some
  /// thread waited while somebody else had the processors. What a run's threads take from each other is no stall of the
  /// machine.
  Duration longest(TimePoint until) const;

 private:
  Duration ending_at(std::size_t last) const;

  unsigned processors_;
  std::vector<StallLook> looks_;
};

}  // namespace rmqsim
