// How many records of message trace the brokers hold, of those that match.
#pragma once

#include <optional>
#include <string>

#include "scenarios/harness/expectations/expectation_row.h"

namespace rmqsim {

struct TraceExpectation {
  CountRange count;
  std::optional<std::string> producer;
  std::optional<std::string> topic;   ///< of the traced message
  std::optional<std::string> broker;  ///< that the traced message went to
  std::optional<bool> success;

  static const ExpectationRow<TraceExpectation> row;
};

void check(const TraceExpectation& e, const CheckedRun& run, Unmet& unmet);

}  // namespace rmqsim
