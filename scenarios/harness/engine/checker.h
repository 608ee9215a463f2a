// Compares what happened with what the scenario says must hold, and counts what became of its messages. Every failed
// check says what was expected, what was found and where to look.
#pragma once

#include <string>
#include <vector>

#include "scenarios/harness/expectations/checks/expectation_checks.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// What became of the messages, over all brokers.
struct MessageTotals {
  std::uint64_t messages = 0;               ///< handed to sends; a batch has several
  std::uint64_t lost = 0;                   ///< stored nowhere, whatever the producer was told
  std::uint64_t acknowledged_lost = 0;      ///< those of them that were acknowledged to the producer
  std::vector<std::uint64_t> lost_sends;    ///< the sends that carried the latter, by number
  std::uint64_t acknowledgements_lost = 0;  ///< stored, though the producer was told of a failure
  std::uint64_t duplicates = 0;             ///< stored more than once, counted beyond the first
  std::vector<std::uint64_t> repeated_sends;  ///< the sends that carried the latter, by number
};

/// What the brokers of that cluster keep of what the record's sends carried.
MessageTotals message_totals(const RunRecord& record, const Cluster& cluster);

class Checker {
 public:
  Checker(const Scenario& scenario, ScenarioWorld& world, Workload& workload, const RunRecord& record)
      : run_{scenario, world, workload, record} {}

  std::vector<Failure> check(const Expectation& expectation) const;
  MessageTotals totals() const { return message_totals(run_.record, run_.world.cluster()); }

 private:
  const CheckedRun run_;
};

}  // namespace rmqsim
