// How many requests of a sort a nameserver saw.
#include "scenarios/harness/expectations/checks/expectation_checks.h"

namespace rmqsim {

void check(const NameserverExpectation& e, const CheckedRun& run, Unmet& unmet) {
  const std::uint64_t found = count_requests(run.record, e.nameserver, e.requests);
  unmet.add_count("nameserver \"" + e.nameserver + "\" requests on " + e.requests.on_text, e.requests.count, found);
}

}  // namespace rmqsim
