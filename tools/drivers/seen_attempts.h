// The attempts of sends as servers saw them: the requests of a journal that belong to each, in the words of the ledger.
// What never reaches a server (a connect that fails, a server that stands still) is in none.
#pragma once

#include <vector>

#include "tools/drivers/judging/joined_requests.h"

namespace rmqsim {

/// For each send its attempts, in order.
std::vector<std::vector<AttemptRecord>> seen_attempts(const Scenario& scenario, const RunRecord& record,
                                                      const RequestJournal& journal, const SurelyUnderWay& under_way);

}  // namespace rmqsim
