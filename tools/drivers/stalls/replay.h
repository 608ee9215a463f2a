// What was found while the machine stalled may be the machine's: such a run is played again, a few times, and where
// the machine never keeps still nobody can tell. Nothing else is played again: what is found without a stall before it
// is the client's, and what is as it should be is, however late it was.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tools/drivers/driven_run.h"
#include "scenarios/harness/stalls/stalls.h"

namespace rmqsim {

/// So often a run is played at most.
inline constexpr std::size_t kMaxPlays = 5;

/// The longest stall before the first thing that is wrong with a result, if it is longer than kStallAllowed; else zero,
/// and where what is wrong is a decision in which time had no part. `heard_at`: when the answer to each send was heard.
/// `compared`: another decision is wrong; else a client that draws its queue may take it.
Duration stall_before_what_is_wrong(const Scenario& scenario, const DrivenResult& result,
                                    const std::vector<TimePoint>& heard_at, const Stalls& stalls, bool compared);

/// Plays until something can be told; results say which stalls they were played again for, and which of them are
/// inconclusive.
std::vector<DrivenResult> play_until_told(const std::function<std::vector<DrivenResult>()>& play);

/// "312 ms and 95 ms".
std::string stalls_text(const std::vector<Duration>& stalls);

}  // namespace rmqsim
