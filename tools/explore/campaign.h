// `rmqsim explore`: a campaign, or one shard of it, from the command line's wishes to the report and the exit status.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/explore/campaign/lineage.h"

namespace rmqsim {

/// What a campaign can go without, to see what it is worth.
inline constexpr const char* kWithout[] = {"boundaries", "swarm", "guidance", "rescue", "exhaustive", "shrink"};

struct ExploreCommand {
  std::vector<std::string> templates;
  std::optional<double> seconds;       ///< --for
  std::optional<std::uint64_t> trials;  ///< --runs: of the campaign, not of the shard
  std::uint64_t seed = 1;
  std::vector<std::string> profiles;
  std::string client;  ///< the command of the driver of another client; empty: our own producer
  unsigned jobs = 0;   ///< 0: one, and of another client one per processor
  std::string out;
  bool resume = false;
  std::optional<std::string> shard;
  std::optional<std::uint64_t> shards;
  bool strict = false;
  bool until_found = false;
  std::vector<std::string> without;
  std::optional<Lineage> trial;
  bool json = false;
  std::string junit, report;
  bool quiet = false;
  std::string version;  ///< of the program
};

/// "90", "45s", "10m", "2h": seconds; nothing for what is none of these.
std::optional<double> seconds_of(const std::string& text);

/// The exit status, the first that applies of: 64 bad usage, 70 an internal error, 3 not deterministic, 1 something was
/// found or, of --strict, never reached, 2 interrupted or, merged, without a shard, 0.
int explore(ExploreCommand command);

struct MergeCommand {
  std::vector<std::string> folders;
  std::string out;
  bool strict = false;
  bool json = false;
  std::string junit, report;
};

/// `rmqsim explore merge`.
int merge_campaigns(const MergeCommand& command);

}  // namespace rmqsim
