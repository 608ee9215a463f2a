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
};

/// With that queueIndex for every producer, or what the file says. nullopt, with the reason: virtual time cannot play it.
std::optional<ModelRun> run_model(const Scenario& scenario, const Profile& profile, std::uint64_t seed,
                                  const std::optional<QueueIndexSpec>& index, std::string& why_not);

/// Where two runs took different decisions for the first time.
struct Difference {
  std::uint64_t send = 0;
  std::size_t attempt = 0;  ///< of the send; beyond its last: how it ended
  std::string text;         ///< "send #3 …, where java-5.3.3 …"
};
std::optional<Difference> first_difference(const Scenario& scenario, const RunRecord& record, const SeenAttempts& seen,
                                           const ModelRun& model);

/// What explains the queues that were chosen, if anything does.
struct QueueExplanation {
  std::string why_not;  ///< why there is nothing to compare with; empty: there is
  std::optional<ModelRun> model;              ///< the nearest
  std::optional<Difference> difference;       ///< from it
  std::optional<QueueIndexSpec> index;        ///< that was found by search
  std::optional<std::uint64_t> milliseconds;  ///< from this send on they decide, and nothing was compared
  bool exact() const { return why_not.empty() && !difference; }
  /// "queues: as java-5.3.3 that starts at 7", or why not.
  std::string text(std::string_view profile) const;
};
/// `honours_index`: the client began where the file says. Else small starts and resets are tried until one explains
/// everything.
QueueExplanation explain_queues(const Scenario& scenario, const Profile& profile, std::uint64_t seed,
                                const RunRecord& record, const SeenAttempts& seen, bool honours_index);

}  // namespace rmqsim
