// How many of some sends ended with each outcome.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "scenarios/harness/expectations/expectation_row.h"

namespace rmqsim {

/// Outcomes not named may occur any number of times.
struct CountsExpectation {
  SendSelector sends;
  std::map<std::string, CountRange> counts;

  /// The fewest sends that meet all counts.
  std::uint64_t least() const;

  static const ExpectationRow<CountsExpectation> row;
};

void check(const CountsExpectation& e, const CheckedRun& run, Unmet& unmet);

/// Why both cannot be met, by what each says of the sends that both are about; empty: they can. How a send ended is so
/// for ever, so the sends that end in some way only become more.
std::string counts_conflict(const CountsExpectation& there, const CountsExpectation& here, There when);

}  // namespace rmqsim
