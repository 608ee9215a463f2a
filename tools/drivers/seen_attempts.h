// The attempts of sends as servers saw them: the requests of a journal, given to the send whose key they carry, in the
// words of the ledger. What never reaches a server (a connect that fails, a server that stands still) is in none.
#pragma once

#include <functional>
#include <utility>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/journal/request_journal.h"

namespace rmqsim {

/// When a send had surely not begun, and when its end was known at the latest.
using SurelyUnderWay = std::function<std::pair<TimePoint, TimePoint>(std::uint64_t send)>;

/// For each send its attempts, in order. Requests without a key (batches, clients that have none) belong to the one
/// send that was under way.
std::vector<std::vector<AttemptRecord>> seen_attempts(const Scenario& scenario, const RunRecord& record,
                                                      const RequestJournal& journal, const SurelyUnderWay& under_way);

}  // namespace rmqsim
