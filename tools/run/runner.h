// `rmqsim run` for scenarios with producers of their own: every file and profile that was asked for, the reports, the
// exit status. One that is invalid, breaks or is not begun is an entry of the reports like the others.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {

enum Exit { kPassed = 0, kFailed = 1, kInconclusive = 2, kNotDeterministic = 3, kUsage = 64, kInternal = 70 };

struct RunCommand {
  std::vector<std::string> paths;
  std::string world = "sim";
  std::optional<std::uint64_t> seed;
  std::vector<std::uint64_t> seeds;  ///< each run once with each; with `seed` neither
  std::vector<std::string> profiles;
  std::vector<std::string> filters;                           ///< words or patterns of scenarios' names; none: all
  std::string ledger, trace, junit, report, perfetto, pcap, summary;  ///< files to write; empty: none
  std::uint32_t ledger_format = 1;                            ///< 2: a list also of one run
  std::string version;                                        ///< of this program
  bool json = false;
  bool verbose = false;
  bool quiet = false;
  bool fail_fast = false;
  bool compare = false;
  std::uint32_t repeat = 1;
  std::uint32_t jobs = 0;  ///< 0: one per processor
  std::uint32_t max_seconds = 60;
  std::string color = "auto";
  std::string client;                ///< a driver's command, which has the producers; empty: our own
  std::optional<std::string> shard;     ///< sharding.h
  std::optional<std::uint64_t> shards;  ///< sharding.h
  bool with_command = false;         ///< there was a "--"
  std::vector<std::string> command;  ///< what stood after it
};

/// What the paths name. Mistakes are printed to stderr as they are found.
struct LoadedFiles {
  struct Item {
    std::string file;
    const Scenario* scenario = nullptr;  ///< null: see errors
    ParseResult errors;
  };
  std::vector<Item> items;  ///< paths that name nothing first, then files in order
  std::deque<Scenario> scenarios;
  std::vector<std::string> unread;  ///< a signal to stop came before
  bool ok() const;
  std::vector<std::string> files() const;
};
LoadedFiles load_files(const std::vector<std::string>& paths);

ReportStyle make_style(int fd, const std::string& color, bool verbose);

/// What is wrong with the files to write; empty when nothing is. One that is read, or written twice, would be lost.
std::string wrong_outputs(const RunCommand& command, const std::vector<std::string>& inputs);

/// Of several shards this one's runs. The exit status, the gravest of: an internal error, not deterministic, failed,
/// inconclusive or interrupted, an invalid file.
int run_scenarios(const RunCommand& command);
/// `--compare-profiles`.
int compare_scenarios(const RunCommand& command);

}  // namespace rmqsim
