// What reaches a nameserver.
#pragma once

#include <string>

#include "scenarios/harness/expectations/expectation_row.h"

namespace rmqsim {

struct NameserverExpectation {
  std::string nameserver;
  RequestCount requests;

  static const ExpectationRow<NameserverExpectation> row;
};

void check(const NameserverExpectation& e, const CheckedRun& run, Unmet& unmet);

}  // namespace rmqsim
