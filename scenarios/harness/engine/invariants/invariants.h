// The classes of the invariants, each in the file of its name; invariant_table.cc says which name in a scenario is
// whose.
#pragma once

#include <memory>

#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {

std::unique_ptr<Invariant> make_send_completes_once();
std::unique_ptr<Invariant> make_acknowledged_is_stored();
std::unique_ptr<Invariant> make_no_spent_budget();
std::unique_ptr<Invariant> make_elapsed_within_timeout();
std::unique_ptr<Invariant> make_attempts_within_retries();
std::unique_ptr<Invariant> make_response_table_empty();
std::unique_ptr<Invariant> make_no_orphan_timer();
std::unique_ptr<Invariant> make_opaque_unique();
std::unique_ptr<Invariant> make_retry_another_broker();
std::unique_ptr<Invariant> make_duplicate_needs_doubt();
std::unique_ptr<Invariant> make_result_is_the_brokers();
std::unique_ptr<Invariant> make_final_is_not_retried();
std::unique_ptr<Invariant> make_retryable_is_retried();
std::unique_ptr<Invariant> make_attempt_within_remainder();
std::unique_ptr<Invariant> make_same_bytes();
std::unique_ptr<Invariant> make_oneway_never_waits();
std::unique_ptr<Invariant> make_permits_return();
std::unique_ptr<Invariant> make_one_connection();
std::unique_ptr<Invariant> make_close_fails_waiters();
std::unique_ptr<Invariant> make_transaction_ends_once();
std::unique_ptr<Invariant> make_isolation_bounded();
std::unique_ptr<Invariant> make_route_converges();
std::unique_ptr<Invariant> make_fair_share();
std::unique_ptr<Invariant> make_heartbeats();
std::unique_ptr<Invariant> make_reconnects_paced();
std::unique_ptr<Invariant> make_liveness();

}  // namespace rmqsim
