// `rmqsim run SCENARIO -- COMMAND`: the scenario's servers, and somebody else's client instead of its producers. What
// servers can see is checked; what they cannot is named, with the reason.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/hosting/places.h"

namespace rmqsim {

struct RunWithCommand {
  std::string path;
  std::vector<std::string> command;
  std::string profile;  ///< whose `in` entries count; empty: the scenario's first
  std::optional<std::uint64_t> seed;
  std::string ledger, junit, summary;  ///< files, or empty
  bool ledger_as_list = false;
  std::string version;  ///< of this program
  bool json = false;
  bool verbose = false;
  bool colours = false;
  std::uint32_t max_seconds = 60;
  PlaceOptions places;  ///< of the servers
};

/// The exit status: 0 the command succeeded and all that could be checked held; 1 not; 2 the limit of time, or a
/// signal; 64 a scenario or command that cannot be run.
int run_with_command(const RunWithCommand& what);

}  // namespace rmqsim
