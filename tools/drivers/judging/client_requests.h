// Whether servers got what a client was told to send, to whom and from whom it was told, and nothing else. What their
// requests held is judged by what brokers keep (stored_contents.h).
#pragma once

#include <optional>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/judging/joined_requests.h"
#include "tools/drivers/model_run.h"

namespace rmqsim {

/// A message that nobody asked for, a request of a send after its result, one to another topic or of another group: of
/// each kind the first.
std::vector<Failure> wrong_requests(const Scenario& scenario, const RunRecord& record, const JoinedRequests& requests,
                                    const SurelyUnderWay& under_way);

/// The first one-way send that is told sent and that no server got, though a server gets it of the profile's own
/// producer and nothing happened to cluster or connections.
std::optional<Failure> lost_one_way(const RunRecord& record, bool unplaced, const ModelRun& model);

}  // namespace rmqsim
