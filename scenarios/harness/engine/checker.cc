#include "scenarios/harness/engine/checker.h"

#include <algorithm>

#include "scenarios/harness/report/render.h"

namespace rmqsim {

std::vector<Failure> Checker::check(const Expectation& expectation) const {
  std::vector<Failure> failures;
  Unmet unmet(expectation, failures);
  std::visit([&](const auto& e) { rmqsim::check(e, run_, unmet); }, expectation.what);
  return failures;
}

// ---- invariants

namespace {

/// One by one: a batch has several.
std::vector<std::string_view> split_keys(std::string_view keys) {
  std::vector<std::string_view> split;
  while (!keys.empty()) {
    split.push_back(keys.substr(0, keys.find(',')));
    keys.remove_prefix(std::min(keys.size(), split.back().size() + 1));
  }
  return split;
}

}  // namespace

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

// A sync send may overrun its budget by what its limits do not cover: the connect (quirk 13), and the route lookup
// (behaviour §6.3). An async timeout surfaces with the scan, up to 2.1 s late (behaviour §9.4.1).
bool Checker::within_time(const SendRecord& record) const {
  Duration allowed = millis(record.timeout_millis) + millis(100) + record.patience + run_.world.lateness();
  // The first scan runs 3.1 s after the start of the client.
  if (record.mode == SendMode::async) allowed = std::max<Duration>(allowed + millis(2100), millis(3200));
  for (const AttemptRecord& attempt : record.attempts) {
    if (attempt.outcome == "CONNECT_FAILED") allowed += attempt.elapsed;
  }
  const TimePoint first = record.attempts.empty() ? record.end : record.attempts.front().start;
  allowed += first - record.start;
  return record.elapsed() <= allowed;
}

std::vector<Failure> Checker::check_invariants(std::size_t& checked) const {
  std::vector<Failure> failures;
  const auto each_send = [&](const char* name, const char* what, const auto& holds) {
    if (run_.scenario.invariant_off(name, profile_.name) != nullptr) return;
    ++checked;
    Failure failure;
    std::size_t broken = 0;
    for (std::uint64_t i = 0; i < run_.record.sends.size(); ++i) {
      if (holds(run_.record.sends[i])) continue;
      ++broken;
      if (failure.evidence.size() < kMaxEvidence) failure.evidence.push_back(format_send(i, run_.record.sends[i]));
    }
    if (broken == 0) return;
    failure.check = std::string("invariant ") + name;
    failure.message = std::string(what) + ": broken by " + std::to_string(broken) + " of " +
                      std::to_string(run_.record.sends.size()) + " sends";
    failures.push_back(std::move(failure));
  };
  each_send("send-completes-once", "every send completes exactly once",
            [](const SendRecord& r) { return r.completions == 1; });
  each_send("acknowledged-is-stored", "an acknowledged message is stored", [&](const SendRecord& r) {
    if (!r.result) return true;
    const auto keys = split_keys(r.result->msg_id);
    return std::all_of(keys.begin(), keys.end(), [&](std::string_view key) { return run_.world.cluster().keeps(key); });
  });
  each_send("no-spent-budget", "nothing reaches a broker with a budget of zero or less", [](const SendRecord& r) {
    return std::all_of(r.attempts.begin(), r.attempts.end(), [](const AttemptRecord& a) {
      return a.timeout_millis > 0 || a.outcome == "CONNECT_FAILED" || a.outcome == "SENT";
    });
  });
  each_send("elapsed-within-timeout", "a send takes no longer than its timeout and the slack",
            [&](const SendRecord& r) { return !r.completed() || within_time(r); });
  each_send("attempts-within-retries", "a send makes at most one attempt more than it has retries",
            [](const SendRecord& r) { return static_cast<int>(r.attempts.size()) <= std::max(r.max_attempts, 1); });
  for (const char* name : {"response-table-empty", "no-orphan-timer"}) {
    if (run_.scenario.invariant_off(name, profile_.name) != nullptr) continue;
    ++checked;
    if (run_.workload.drained_at_the_end()) continue;
    failures.push_back(
        {std::string("invariant ") + name, "requests are still waiting for an answer at the end", {}, {}});
  }
  return failures;
}

}  // namespace rmqsim
