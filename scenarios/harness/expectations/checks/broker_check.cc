// What a broker saw, stored and made of half and delayed messages, compared with what was expected of it.
#include "scenarios/harness/expectations/checks/expectation_checks.h"

namespace rmqsim {

void check(const BrokerExpectation& e, const CheckedRun& run, Unmet& unmet) {
  const Cluster& cluster = run.world.cluster();
  const auto one = [&](const std::string& what, const std::optional<CountRange>& range, std::uint64_t found) {
    if (range) unmet.add_count("broker \"" + e.broker + "\" " + what, *range, found);
  };
  one("received", e.received, run.record.servers.at(e.broker).received_sends);
  one("stored", e.stored, cluster.stored_requests(e.broker));
  const TransactionTotals totals = cluster.transactions(e.broker);
  one("transactions committed", e.committed, totals.committed);
  one("transactions rolledBack", e.rolled_back, totals.rolled_back);
  one("transactions discarded", e.discarded, totals.discarded);
  one("transactions pending", e.pending, totals.pending);
  const Cluster::DelayedCounts delayed = cluster.delayed(e.broker);
  one("delayed delivered", e.delivered, delayed.delivered);
  one("delayed recalled", e.recalled, delayed.recalled);
  if (!e.requests) return;
  one("requests on " + e.requests->on_text, e.requests->count, count_requests(run.record, e.broker, *e.requests));
}

}  // namespace rmqsim
