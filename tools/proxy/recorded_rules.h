// What went wrong in a recording, as fault rules: answers other than SUCCESS, those that got lost, and latencies, each
// with the number of the request that it met.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/harness/file/parse/fragments.h"
#include "tools/proxy/recorded_exchange.h"

namespace rmqsim {

struct RecordedRules {
  std::string json;             ///< the scenario's `faults`
  std::size_t unsayable = 0;    ///< requests whose rule the parser of scenarios would not take
};
RecordedRules recorded_rules(const std::vector<RecordedRequest>& requests, const FragmentNames& names);

/// Of the simulated network; what it takes is no latency of a server.
inline constexpr double kRecordedOneWayMs = 0.1;
double recorded_median(std::vector<double> values);
/// Milliseconds, to the tenth, not negative.
double recorded_tenths(double ms);
double recorded_ms(Duration d);

}  // namespace rmqsim
