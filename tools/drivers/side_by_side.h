// What happens side by side in a client, so that its threads decide which is first: no network, however fast, makes
// them do it in the same order each time.
#pragma once

#include <cstdint>
#include <optional>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/drivers/model_run.h"

namespace rmqsim {

/// The first send with which something else happened side by side, which may change it or what follows: its producer
/// was being started or shut down; another thread gave its own to the same sender threads; another send was losing its
/// connection; or a rule closes connections with which no send is answered, so that a greeting or the send finds one
/// closed, or does not.
std::optional<std::uint64_t> where_threads_decide(const Scenario& scenario, const RunRecord& record,
                                                  const SeenAttempts& seen);

}  // namespace rmqsim
