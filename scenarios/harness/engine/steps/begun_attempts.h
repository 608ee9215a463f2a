// What is known of a send that has not ended.
#pragma once

#include <vector>

#include "producer/client/send/decision_log.h"
#include "scenarios/harness/engine/run_record.h"

namespace rmqsim {

/// Its attempts so far; the last may be under way: INCOMPLETE.
std::vector<AttemptRecord> begun_attempts(const DecisionLog& decisions, TimePoint now);

}  // namespace rmqsim
