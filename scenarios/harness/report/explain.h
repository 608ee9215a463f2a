// Why one send went where it did, in words: the decisions that RunRecord::decisions keeps of it (RunOptions::explain),
// attempt by attempt. Pure text; times are milliseconds since the first step.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "producer/client/send/decision_log.h"
#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// For people: lines of at most `width` columns where words allow it, ending with a newline.
std::string explain_text(const Scenario& scenario, const Profile& profile, const RunResult& result, std::size_t width);
/// Of any send whose decisions were kept.
std::string explain_text(const Scenario& scenario, const Profile& profile, const RunResult& result, std::uint64_t send,
                         const DecisionLog& decisions, std::size_t width);
/// The same as data: one JSON object with the decisions in order.
std::string explain_json(const Scenario& scenario, const RunResult& result);

/// As explain_json has it, e.g. "attemptsUsedUp".
std::string_view name_of(EndReason reason);
std::string_view name_of(AttemptOutcome outcome);
std::string_view name_of(Next next);

}  // namespace rmqsim
