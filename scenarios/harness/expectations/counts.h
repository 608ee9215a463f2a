// How many of some sends ended with each outcome.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "scenarios/harness/expectations/expectation_row.h"

namespace rmqsim {

struct SendExpectation;

/// Outcomes not named may occur any number of times.
struct CountsExpectation {
  SendSelector sends;
  std::map<std::string, CountRange> counts;

  /// The fewest sends that meet all counts.
  std::uint64_t least() const;

  static const ExpectationRow<CountsExpectation> row;
};

void check(const CountsExpectation& e, const CheckedRun& run, Unmet& unmet);

/// Why the counts cannot be met beside what is said of single sends; empty: they can.
std::string counts_conflict(const CountsExpectation& here, const SendExpectation& there);
/// Beside other counts of the same sends.
std::string counts_conflict(const CountsExpectation& there, const CountsExpectation& here);

}  // namespace rmqsim
