// What holds in every run of every scenario that does not turn it off (format §1.17): the names that a file may use,
// with their sentences. Each has its class in the engine (engine/invariants), which does not ask what a profile breaks
// by a known quirk.
#pragma once

#include <string_view>

namespace rmqsim {

struct InvariantInfo {
  std::string_view name;
  std::string_view meaning;
};

inline constexpr InvariantInfo kInvariants[] = {
    {"send-completes-once", "every send completes exactly once"},
    {"acknowledged-is-stored", "an acknowledged message is stored"},
    {"no-spent-budget", "nothing reaches a broker with a budget of zero or less"},
    {"elapsed-within-timeout", "a send takes no longer than its timeout and the slack"},
    {"attempts-within-retries", "a send makes at most one attempt more than it has retries"},
    {"response-table-empty",
     "no request is still waiting for an answer at the end, and at no time more than were sent"},
    {"no-orphan-timer", "no pending timer refers to a finished send"},
    {"opaque-unique", "no two requests under way on a connection, and no two attempts of a send, have the same opaque"},
    {"retry-another-broker", "a retry goes to another broker while one is surely free"},
    {"duplicate-needs-doubt",
     "a message is stored again only after an attempt whose outcome the client could not know"},
    {"result-is-the-brokers", "what a send ends with was answered to it"},
    {"final-is-not-retried", "what the profile takes for final is not tried again"},
    {"retryable-is-retried", "what the profile retries is tried again while attempts and time are left"},
    {"attempt-within-remainder",
     "an attempt may take what is left of the send's timeout, no more and without a cap no less"},
    {"same-bytes", "every attempt of a send carries the same body"},
    {"oneway-never-waits", "a oneway send asks for no answer and ends with nothing that only a broker can cause"},
    {"permits-return",
     "permits of back-pressure are all there when nothing is under way, and a send has one while it is"},
    {"one-connection", "a client has at most one connection to an address"},
    {"close-fails-waiters", "a connection that closes ends whoever waits on it"},
    {"transaction-ends-once",
     "END_TRANSACTION is sent at most once for a local outcome and once for each check that was answered"},
    {"isolation-bounded",
     "no broker is avoided longer than the table of isolations says, and none that refused is asked meanwhile if "
     "another answers"},
    {"route-converges",
     "routes are polled in time, and a send goes by the route that its client heard last, to nobody who left it"},
    {"fair-share",
     "while nothing fails, or everybody is isolated, each writable queue gets its share of a thread's sends"},
    {"heartbeats",
     "each connected master of the route is greeted as the profile says, nobody else and no more often"},
    {"reconnects-paced", "a client connects to an address no more often than what it has to send asks for"},
    {"liveness", "when everything has been whole for long enough, a send succeeds at its first attempt"},
};

}  // namespace rmqsim
