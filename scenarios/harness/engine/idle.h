// What a scenario states and its run did not need: a rule that never acted, an event that changed nothing or that the
// run did not come to, a responder that never answered, an expectation about a moment that never came, what checks are
// answered, no expectation at all. The first three are failures unless the file says `mayBeIdle`, the fourth is one,
// the others are told.
#pragma once

#include <set>
#include <string_view>

#include "scenarios/harness/cluster/cluster.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Notes in the record how often each rule matched and acted so far.
void take_rule_counts(const Scenario& scenario, const Cluster& cluster, RunRecord& record);
/// Adds a failure for each rule that did not act, as take_rule_counts() found, and for each event without effect.
void judge_idle(const Scenario& scenario, std::string_view profile, RunRecord& record);
/// Adds a failure for the event of that step, which was to happen at `at` in a run that was over after `took`.
void judge_missed(const Scenario& scenario, std::size_t step, Duration at, Duration took, RunRecord& record);
/// Adds a failure for each responder to whose topic nothing was sent, or less than it lets pass before it answers, by
/// what brokers saw. Not where they have none.
void judge_unasked(const Scenario& scenario, std::string_view profile, RunRecord& record);
/// Adds a failure for each expectation about a moment that is not among those that were judged.
void judge_unreached(const Scenario& scenario, std::string_view profile, const std::set<const Expectation*>& judged,
                     Duration took, RunRecord& record);
/// Whether the scenario expects anything in that profile, at its end or on the way.
bool expects_something(const Scenario& scenario, std::string_view profile);
/// Notes the steps whose transactions ended without any check that their `check` could answer.
void note_unasked(const Scenario& scenario, RunRecord& record);
/// Notes producers whose start fails where all of them have one address, which they have not in the simulated world.
void note_shared_ids(const Scenario& scenario, RunRecord& record);
/// Notes which expectations are for profiles that the scenario does not run in, and that there are none at all; and
/// invariants that are off in such profiles.
void note_unjudged(const Scenario& scenario, std::string_view profile, RunRecord& record);
/// What a result without any expectation says of itself.
inline constexpr std::string_view kNothingExpected = "nothing was expected: only the invariants were checked";

}  // namespace rmqsim
