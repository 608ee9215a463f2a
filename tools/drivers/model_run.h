// The same scenario, played in virtual time by the producer that follows a profile: what another client is compared
// with. Seen as servers see it on both sides, so that what only a client knows makes no difference.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
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
};
/// nullopt, with the reason: virtual time cannot play it.
std::optional<ModelRun> run_model(const Scenario& scenario, const Profile& profile, const ModelStart& start,
                                  std::string& why_not);

/// Where two runs took different decisions for the first time.
struct Difference {
  std::uint64_t send = 0;
  std::size_t attempt = 0;  ///< of the send; beyond its last: how it ended
  std::string text;         ///< "send #3 …, where java-5.3.3 …"
  std::string kind;         ///< in one word, without numbers and places: "retried-after-SYSTEM_BUSY"
};
std::optional<Difference> first_difference(const Scenario& scenario, const RunRecord& record, const SeenAttempts& seen,
                                           const ModelRun& model);

/// What explains the queues that were chosen, if anything does.
struct QueueExplanation {
  std::string why_not;  ///< why there is nothing to compare with; empty: there is
  std::optional<ModelRun> model;              ///< the nearest
  std::optional<Difference> difference;       ///< from it
  ModelStart start;                           ///< that was found by search
  std::optional<std::uint64_t> milliseconds;  ///< from this send on they decide, and nothing was compared
  std::set<std::string> chance;  ///< expectations, as JSON pointers, that other draws with the same decisions miss
  bool exact() const { return why_not.empty() && !difference; }
  /// "queues: as java-5.3.3 that draws 7, 2", or why not.
  std::string text(std::string_view profile) const;
};
/// What a client drew, of which the file says nothing, or whose word it does not heed.
struct Drawn {
  bool queues = false;       ///< where each index of every producer begins
  bool other_queues = false;  ///< of those producers to which the file gives none
  bool nameservers = false;  ///< the order in which it asks them
};
/// Small values for what was drawn, and a few orders of nameservers, are tried until they explain everything.
QueueExplanation explain_queues(const Scenario& scenario, const Profile& profile, std::uint64_t seed,
                                const RunRecord& record, const SeenAttempts& seen, const Drawn& drawn);

}  // namespace rmqsim
