// What a producer's latency table says about a broker.
#pragma once

#include <optional>
#include <string>

#include "scenarios/harness/expectations/expectation_row.h"

namespace rmqsim {

struct FaultItemExpectation {
  std::string broker;
  std::string producer;
  std::optional<Duration> at;  ///< since the first step began; none: at the end. Not of an `assert`
  std::optional<bool> available;
  std::optional<bool> reachable;

  static const ExpectationRow<FaultItemExpectation> row;
};

void check(const FaultItemExpectation& e, const CheckedRun& run, Unmet& unmet);

}  // namespace rmqsim
