// What was new about a run, as numbers: exploring follows runs with features that no earlier run had. A feature is
// made of the decisions of one send (DecisionLog) and says nothing of names: brokers are told apart by their use.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

using Feature = std::uint64_t;

/// Sorted, each once. Of a record with RunRecord::every_decision.
std::vector<Feature> features_of(const Scenario& scenario, const RunRecord& record);
/// How the send's decisions ended, as `rmqsim explain --json` says it, e.g. "attemptsUsedUp"; empty without any.
std::string last_decision(const DecisionLog& decisions);

}  // namespace rmqsim
