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

MessageTotals Checker::totals() const {
  MessageTotals totals;
  for (const SendRecord& record : run_.record.sends) {
    if (record.kind == SendRecord::Kind::request) continue;  // what became of them is the reply
    if (record.kind == SendRecord::Kind::recall) continue;   // no message of its own
    auto keys = split_keys(record.result ? record.result->msg_id : record.msg_id);
    if (keys.empty() && record.transaction) keys = split_keys(record.transaction->uniq_key);
    totals.messages += std::max<std::size_t>(keys.size(), 1);
    totals.lost += keys.empty();  // it failed before it got a key
    for (const std::string_view key : keys) {
      const bool stored = run_.world.cluster().keeps(key);
      totals.lost += !stored;
      totals.acknowledged_lost += !stored && record.result;
      totals.acknowledgements_lost += stored && record.error;
    }
    // A half message is seen by nobody; a transaction is a duplicate when it was committed more than once.
    if (!record.transaction) continue;
    const std::uint64_t commits = run_.world.cluster().transaction_end(record.transaction->uniq_key).commits;
    totals.duplicates += commits > 1 ? commits - 1 : 0;
  }
  totals.duplicates += run_.world.cluster().duplicates();
  return totals;
}

}  // namespace rmqsim
