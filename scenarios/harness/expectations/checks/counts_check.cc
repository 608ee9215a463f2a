// How the selected sends ended, counted by outcome and compared with the counts that were expected.
#include <map>

#include "scenarios/harness/expectations/checks/expectation_checks.h"

namespace rmqsim {

void check(const CountsExpectation& e, const CheckedRun& run, Unmet& unmet) {
  const auto& sends = run.record.sends;
  std::map<std::string, std::uint64_t> found;
  for (const auto& [from, to] : e.sends.ranges) {
    for (std::uint64_t i = from; i <= to && i < sends.size(); ++i) ++found[sends[i].outcome()];
  }
  for (const auto& [outcome, range] : e.counts) {
    unmet.add_count("sends \"" + e.sends.text + "\" count of " + outcome, range, found[outcome]);
  }
}

}  // namespace rmqsim
