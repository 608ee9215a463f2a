#include "scenarios/harness/engine/judging/invariant_table.h"

#include <algorithm>
#include <array>

#include "scenarios/harness/engine/invariants/invariants.h"

namespace rmqsim {
namespace {

struct InvariantRow {
  std::string_view name;
  std::unique_ptr<Invariant> (*make)();
};

/// One for each of kInvariants, in the same order.
constexpr std::array kMakers{
    InvariantRow{"send-completes-once", make_send_completes_once},
    InvariantRow{"acknowledged-is-stored", make_acknowledged_is_stored},
    InvariantRow{"no-spent-budget", make_no_spent_budget},
    InvariantRow{"elapsed-within-timeout", make_elapsed_within_timeout},
    InvariantRow{"attempts-within-retries", make_attempts_within_retries},
    InvariantRow{"response-table-empty", make_response_table_empty},
    InvariantRow{"no-orphan-timer", make_no_orphan_timer},
    InvariantRow{"opaque-unique", make_opaque_unique},
    InvariantRow{"retry-another-broker", make_retry_another_broker},
    InvariantRow{"duplicate-needs-doubt", make_duplicate_needs_doubt},
    InvariantRow{"result-is-the-brokers", make_result_is_the_brokers},
    InvariantRow{"final-is-not-retried", make_final_is_not_retried},
    InvariantRow{"retryable-is-retried", make_retryable_is_retried},
    InvariantRow{"attempt-within-remainder", make_attempt_within_remainder},
    InvariantRow{"same-bytes", make_same_bytes},
    InvariantRow{"oneway-never-waits", make_oneway_never_waits},
    InvariantRow{"permits-return", make_permits_return},
    InvariantRow{"one-connection", make_one_connection},
    InvariantRow{"close-fails-waiters", make_close_fails_waiters},
    InvariantRow{"transaction-ends-once", make_transaction_ends_once},
    InvariantRow{"isolation-bounded", make_isolation_bounded},
    InvariantRow{"route-converges", make_route_converges},
    InvariantRow{"fair-share", make_fair_share},
    InvariantRow{"heartbeats", make_heartbeats},
    InvariantRow{"reconnects-paced", make_reconnects_paced},
    InvariantRow{"liveness", make_liveness},
};

constexpr bool same_names() {
  if (kMakers.size() != std::size(kInvariants)) return false;
  for (std::size_t i = 0; i < kMakers.size(); ++i) {
    if (kMakers[i].name != kInvariants[i].name) return false;
  }
  return true;
}
static_assert(same_names(), "every name that a scenario may turn off has its class, and every class its name");

}  // namespace

std::unique_ptr<Invariant> make_invariant(std::string_view name) {
  const auto* row = std::find_if(kMakers.begin(), kMakers.end(), [&](const auto& r) { return r.name == name; });
  return row == kMakers.end() ? nullptr : row->make();
}

InvariantSet::InvariantSet(const Scenario& scenario, const Profile& profile) {
  invariants_.reserve(kMakers.size());
  for (std::size_t i = 0; i < kMakers.size(); ++i) {
    const InvariantInfo& info = kInvariants[i];
    if (scenario.invariant_off(info.name, profile.name) != nullptr) continue;
    invariants_.push_back({&info, kMakers[i].make()});
  }
}

void InvariantSet::connecting(const WireEnd& end) {
  routes_.connecting(end);
  for (Entry& entry : invariants_) entry.invariant->connecting(end);
}

void InvariantSet::not_connected(const WireEnd& end) {
  routes_.not_connected(end);
  for (Entry& entry : invariants_) entry.invariant->not_connected(end);
}

void InvariantSet::connected(const WireEnd& end) {
  routes_.connected(end);
  for (Entry& entry : invariants_) entry.invariant->connected(end);
}

void InvariantSet::closed(const WireEnd& end, error_code reason) {
  routes_.closed(end, reason);
  for (Entry& entry : invariants_) entry.invariant->closed(end, reason);
}

void InvariantSet::request(const WireEnd& end, const WireRequest& said) {
  routes_.request(end, said);
  for (Entry& entry : invariants_) entry.invariant->request(end, said);
}

void InvariantSet::answer(const WireEnd& end, const RemotingCommand& command) {
  routes_.answer(end, command);
  for (Entry& entry : invariants_) entry.invariant->answer(end, command);
}

std::vector<Failure> InvariantSet::judge(JudgedRun run) {
  run.routes = &routes_;
  std::vector<Failure> failures;
  for (Entry& entry : invariants_) {
    Breaches breaches(*entry.info);
    entry.invariant->judge(run, breaches);
    if (!breaches.empty()) failures.push_back(breaches.failure(run.record.sends.size()));
  }
  return failures;
}

}  // namespace rmqsim
