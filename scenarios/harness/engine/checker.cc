#include "scenarios/harness/engine/checker.h"

#include <algorithm>

#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {

std::vector<Failure> Checker::check(const Expectation& expectation) const {
  std::vector<Failure> failures;
  Unmet unmet(expectation, failures);
  std::visit([&](const auto& e) { rmqsim::check(e, run_, unmet); }, expectation.what);
  return failures;
}

MessageTotals message_totals(const RunRecord& record, const Cluster& cluster) {
  MessageTotals totals;
  const auto repeated = cluster.repeated();
  const auto add = [](std::vector<std::uint64_t>& numbers, std::uint64_t number) {
    if (numbers.empty() || numbers.back() != number) numbers.push_back(number);
  };
  for (std::uint64_t number = 0; number < record.sends.size(); ++number) {
    const SendRecord& send = record.sends[number];
    if (send.kind == SendRecord::Kind::request) continue;  // what became of them is the reply
    if (send.kind == SendRecord::Kind::recall) continue;   // no message of its own
    auto keys = kept_keys(send);
    if (keys.empty() && send.transaction) keys = split_keys(send.transaction->uniq_key);
    totals.messages += std::max<std::size_t>(keys.size(), 1);
    totals.lost += keys.empty();  // it failed before it got a key
    for (const std::string_view key : keys) {
      const bool stored = cluster.keeps(key);
      const bool lost = !stored && !(send.result && cluster.may_keep(key));
      totals.lost += lost;
      totals.acknowledged_lost += lost && send.result;
      if (lost && send.result) add(totals.lost_sends, number);
      if (repeated.contains(key)) add(totals.repeated_sends, number);
      totals.acknowledgements_lost += stored && send.error;
    }
    // A half message is seen by nobody; a transaction is a duplicate when it was committed more than once.
    if (!send.transaction) continue;
    const std::uint64_t commits = cluster.transaction_end(send.transaction->uniq_key).commits;
    if (commits <= 1) continue;
    totals.duplicates += commits - 1;
    add(totals.repeated_sends, number);
  }
  for (const auto& [key, copies] : repeated) totals.duplicates += copies - 1;
  return totals;
}

}  // namespace rmqsim
