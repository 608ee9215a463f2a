// The same scenario, played in virtual time by the producer that follows a profile: what another client is compared
// with. Seen as servers see it on both sides, so that what only a client knows makes no difference.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

using SeenAttempts = std::vector<std::vector<AttemptRecord>>;

struct ModelRun {
  RunResult result;
  SeenAttempts seen;
  std::size_t draws = 0;  ///< that indexes took
};

/// Where a client that draws begins: its queues, and by the seed its nameservers.
struct ModelStart {
  /// What its indexes take, in the order in which threads, topics and resets need a value; none: as the file says.
  std::optional<std::vector<std::int32_t>> draws;
  bool keep_given = false;  ///< only for producers to which the file gives none
  std::uint64_t seed = 1;
  /// Each async send, and each callback, has a thread of its own that draws: whatever the threads of a pool share them
  /// among themselves, and however many there are, is one of its runs. Else one thread has them all.
  bool pools = false;
};
/// nullopt, with the reason: virtual time cannot play it.
std::optional<ModelRun> run_model(const Scenario& scenario, const Profile& profile, const ModelStart& start,
                                  std::string& why_not);

}  // namespace rmqsim
