// What a client drew, found by a search: small values for where its indexes begin are tried until the producer that
// follows a profile, played in virtual time, takes the same decisions.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "tools/drivers/first_difference.h"
#include "tools/drivers/model_run.h"

namespace rmqsim {

/// What explains the queues that were chosen, if anything does.
struct QueueExplanation {
  std::string why_not;  ///< why there is nothing to compare with; empty: there is
  std::optional<ModelRun> model;              ///< the nearest
  std::optional<Difference> difference;       ///< from it
  ModelStart start;                           ///< that was found by search
  bool at_its_times = false;  ///< the model begins its sends when the client did, or has another network
  std::optional<std::uint64_t> milliseconds;  ///< from this send on they decide, and nothing was compared
  std::optional<std::uint64_t> unsearched;    ///< from this send on its threads drew more than is searched for
  // Expectations, as JSON pointers:
  std::set<std::string> chance;  ///< that other draws with the same decisions miss
  std::set<std::string> never;   ///< that the profile misses from where the file begins, too, if it misses any
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
