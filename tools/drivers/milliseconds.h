// Where a run hangs on its times: the same scenario on a faster and on slower networks, and with sends that begin when
// the client's did, is played in virtual time until decisions part. From there on nothing can be said of a client.
#pragma once

#include <cstdint>
#include <optional>

#include "tools/drivers/model_run.h"

namespace rmqsim {

/// The first send at which such runs decide otherwise than `best.model`, which must be there.
std::optional<std::uint64_t> where_milliseconds_decide(const Scenario& scenario, const Profile& profile,
                                                       const RunRecord& record, const QueueExplanation& best);

}  // namespace rmqsim
