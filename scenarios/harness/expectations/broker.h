// What reaches a broker and what it makes of it.
#pragma once

#include <optional>
#include <string>

#include "scenarios/harness/expectations/expectation_row.h"

namespace rmqsim {

/// Over all send requests that reached the broker, and those of them that it stored; a batch counts once in both.
struct BrokerExpectation {
  std::string broker;
  std::optional<CountRange> received;
  std::optional<CountRange> stored;
  std::optional<RequestCount> requests;
  /// Half messages by what became of them.
  std::optional<CountRange> committed, rolled_back, discarded, pending;
  /// Delayed messages whose time came, and timer messages taken back before.
  std::optional<CountRange> delivered, recalled;

  static const ExpectationRow<BrokerExpectation> row;
};

void check(const BrokerExpectation& e, const CheckedRun& run, Unmet& unmet);

}  // namespace rmqsim
