// What an expectation about sends says between the lines: how they ended, what of that is so for ever, and which
// requests there must have been. For finding others that contradict it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/expectations/facts.h"
#include "scenarios/harness/expectations/request_count.h"

namespace rmqsim {

struct Scenario;
struct SendExpectation;

/// The first send that both are about, or empty.
std::string common_send(const SendExpectation& a, const SendExpectation& b);
/// What it says of how its sends ended, each outcome in its own way; none: nothing.
std::vector<std::string> ends_of(const SendExpectation& e);
/// The ways to end that it leaves none of its sends: a failure beside a result, a status that no attempt came to.
std::vector<std::string_view> no_ends_of(const SendExpectation& e);
/// What it says of one send. How a send ended is so for ever.
std::vector<Fact> send_facts(const SendExpectation& e);
/// Who gave a send its result was sent a request; a request of its own, if no producer gathers messages.
std::vector<RequestClaim> send_claims(const SendExpectation& e, const Scenario& scenario);
/// Why no attempt can have given a send its result, `about …`, or empty.
std::string result_conflict(const SendExpectation& there, const SendExpectation& here);

}  // namespace rmqsim
