// What a worker of a campaign does: a batch of trials, one after the other. What it leaves are rows of the campaign's
// state, written as they come, so that whatever ends it costs no more than the trial that it was at.
#pragma once

#include <chrono>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <string_view>

#include "scenarios/harness/explore/campaign/explorer.h"
#include "scenarios/harness/explore/campaign/guide.h"
#include "scenarios/harness/explore/campaign/sharding.h"
#include "tools/explore/findings.h"

namespace rmqsim {

struct Batch {
  std::uint64_t first = 0;  ///< position in the shard
  std::uint64_t trials = 0;
  bool backwards = false;   ///< some are run again, in reverse order
  std::optional<Lineage> only;  ///< this trial, and each of its scenarios is saved before it is run
  std::string died;  ///< of `only`: how the worker ended that was at it
  std::optional<FindingRow> small;  ///< no trial: this is made small, which somebody did not come to
};

struct BatchWork {
  const Drawing& drawing;
  ExplorerOptions options;
  FindingOptions findings;
  Shard shard;
  const Guide& guide;
  std::set<Signature> known;
  std::chrono::steady_clock::time_point begin, end;  ///< of the campaign
  std::uint64_t runs_before = 0;
  bool until_found = false;
};

/// Lines that are no rows say where it is: "begun LINEAGE", "running FILE", "shrinking FILE". Returns how
/// often each feature was met.
std::string explore_batch(const Batch& batch, const BatchWork& work, std::ostream& rows);
void meet_packed(std::string_view packed, Guide& guide);

}  // namespace rmqsim
