// What holds in every run of every scenario that does not turn it off (format §1.17): the names that a file may use,
// with their sentences. `same_bytes` is engine/invariants/same_bytes.cc with make_same_bytes(); its class does not ask
// what a profile breaks by a known quirk.
#pragma once

#include <string_view>

/// The file that it is in, its name, what holds. The only list of them.
// clang-format off
#define RMQSIM_INVARIANTS(invariant) \
  invariant(send_completes_once, "send-completes-once", "every send completes exactly once") \
  invariant(acknowledged_is_stored, "acknowledged-is-stored", "an acknowledged message is stored") \
  invariant(no_spent_budget, "no-spent-budget", "nothing reaches a broker with a budget of zero or less") \
  invariant(elapsed_within_timeout, "elapsed-within-timeout", "a send takes no longer than its timeout and the slack") \
  invariant(attempts_within_retries, "attempts-within-retries", \
            "a send makes at most one attempt more than it has retries") \
  invariant(response_table_empty, "response-table-empty", \
            "no request is still waiting for an answer at the end, and at no time more than were sent") \
  invariant(no_orphan_timer, "no-orphan-timer", "no pending timer refers to a finished send") \
  invariant(opaque_unique, "opaque-unique", \
            "no two requests under way on a connection, and no two attempts of a send, have the same opaque") \
  invariant(retry_another_broker, "retry-another-broker", "a retry goes to another broker while one is surely free") \
  invariant(duplicate_needs_doubt, "duplicate-needs-doubt", \
            "a message is stored again only after an attempt whose outcome the client could not know") \
  invariant(result_is_the_brokers, "result-is-the-brokers", "what a send ends with was answered to it") \
  invariant(final_is_not_retried, "final-is-not-retried", "what the profile takes for final is not tried again") \
  invariant(retryable_is_retried, "retryable-is-retried", \
            "what the profile retries is tried again while attempts and time are left") \
  invariant(attempt_within_remainder, "attempt-within-remainder", \
            "an attempt may take what is left of the send's timeout, no more and without a cap no less") \
  invariant(same_bytes, "same-bytes", "every attempt of a send carries the same body") \
  invariant(oneway_never_waits, "oneway-never-waits", \
            "a oneway send asks for no answer and ends with nothing that only a broker can cause") \
  invariant(permits_return, "permits-return", \
            "permits of back-pressure are all there when nothing is under way, and a send has one while it " \
            "is") \
  invariant(one_connection, "one-connection", "a client has at most one connection to an address") \
  invariant(close_fails_waiters, "close-fails-waiters", "a connection that closes ends whoever waits on it") \
  invariant(transaction_ends_once, "transaction-ends-once", \
            "END_TRANSACTION is sent at most once for a local outcome and once for each check that was " \
            "answered") \
  invariant(isolation_bounded, "isolation-bounded", \
            "no broker is avoided longer than the table of isolations says, and none that refused is asked " \
            "meanwhile if another answers") \
  invariant(route_converges, "route-converges", \
            "routes are polled in time, and a send goes by the route that its client heard last, to nobody " \
            "who left it") \
  invariant(fair_share, "fair-share", \
            "while nothing fails, or everybody is isolated, each writable queue gets its share of a thread's " \
            "sends") \
  invariant(heartbeats, "heartbeats", \
            "each connected master of the route is greeted as the profile says, nobody else and no more " \
            "often") \
  invariant(reconnects_paced, "reconnects-paced", \
            "a client connects to an address no more often than what it has to send asks for") \
  invariant(liveness, "liveness", \
            "when everything has been whole for long enough, a send succeeds at its first attempt")
// clang-format on

namespace rmqsim {

struct InvariantInfo {
  std::string_view name;
  std::string_view meaning;
};

inline constexpr InvariantInfo kInvariants[] = {
#define RMQSIM_INVARIANT_INFO(file, name, meaning) {name, meaning},
    RMQSIM_INVARIANTS(RMQSIM_INVARIANT_INFO)
#undef RMQSIM_INVARIANT_INFO
};

}  // namespace rmqsim
