// Where a run hangs on its times: the same scenario is played in virtual time with sends that begin when the client's
// did, and on a faster and on slower networks.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "tools/drivers/queue_search.h"

namespace rmqsim {

struct OtherTimes {
  std::optional<ModelRun> same;       ///< a run that takes all the client's decisions
  std::optional<std::uint64_t> from;  ///< the first send at which one decides otherwise than `best.model`
};
/// `best.model` must be there. `seeds`: the orders of nameservers that the client may have.
OtherTimes at_other_times(const Scenario& scenario, const Profile& profile, const RunRecord& record,
                          const SeenAttempts& seen, const QueueExplanation& best,
                          const std::vector<std::uint64_t>& seeds);

}  // namespace rmqsim
