// Compares what happened with what the scenario says must hold, and with the invariants that hold in every scenario.
// Reads the record and the state of servers and producers; every failed check says what was expected, what was found
// and where to look.
#pragma once

#include <string>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/engine/workload.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// What became of the messages, over all brokers.
struct MessageTotals {
  std::uint64_t messages = 0;           ///< handed to sends; a batch has several
  std::uint64_t lost = 0;               ///< stored nowhere, whatever the producer was told
  std::uint64_t acknowledged_lost = 0;  ///< those of them that were acknowledged to the producer
  std::uint64_t acknowledgements_lost = 0;  ///< stored, though the producer was told of a failure
  std::uint64_t duplicates = 0;         ///< stored more than once, counted beyond the first
};

/// "/expect/0" → "expect[0]", "/steps/2/expect" → "steps[2].expect": what a failed check is called.
std::string expectation_label(const SourceLocation& where);

class SendCheck;

class Checker {
 public:
  Checker(const Scenario& scenario, const Profile& profile, ScenarioWorld& world, Workload& workload,
          const RunRecord& record)
      : scenario_(scenario), profile_(profile), world_(world), workload_(workload), record_(record) {}

  std::vector<Failure> check(const Expectation& expectation) const;
  /// Those that the scenario does not turn off. `checked` counts them.
  std::vector<Failure> check_invariants(std::size_t& checked) const;
  MessageTotals totals() const;

 private:
  void check(const SendExpectation& e, const Expectation& whole, std::vector<Failure>& out) const;
  void check(const CountsExpectation& e, const Expectation& whole, std::vector<Failure>& out) const;
  void check(const BrokerExpectation& e, const Expectation& whole, std::vector<Failure>& out) const;
  void check(const NameserverExpectation& e, const Expectation& whole, std::vector<Failure>& out) const;
  void check(const FaultItemExpectation& e, const Expectation& whole, std::vector<Failure>& out) const;
  void check_transaction(const TransactionExpectation& e, const SendCheck& sends) const;
  void check(const TraceExpectation& e, const Expectation& whole, std::vector<Failure>& out) const;
  std::uint64_t count_requests(const std::string& server, const RequestCount& what) const;
  bool within_time(const SendRecord& record) const;

  const Scenario& scenario_;
  const Profile& profile_;
  ScenarioWorld& world_;
  Workload& workload_;
  const RunRecord& record_;
};

}  // namespace rmqsim
