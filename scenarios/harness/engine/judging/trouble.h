// What a scenario does to its servers and its network, and since when all is whole again: for invariants that hold
// while nothing is wrong.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {

struct Trouble {
  bool any = false;             ///< anything ever goes wrong
  bool at_nameservers = false;  ///< there, or on the way to them
  /// When the last of it ended, by what the file says and the run did; none: it never does, or nobody can tell.
  std::optional<TimePoint> over;
  std::set<std::string> altered;  ///< topics whose route or permission is not what the cluster says
  std::set<std::string> running;  ///< producers that were started and not shut down
};
Trouble trouble_of(const JudgedRun& run);

/// Whether any event changes who is there or what routes say, or a rule keeps clients or brokers from a nameserver.
bool changes_the_cluster(const Scenario& scenario);

/// How late a task of a client's single scheduler may begin: its lookups and heartbeats wait for who does not answer.
Duration task_delay(const JudgedRun& run, const Trouble& trouble, const std::string& producer);

}  // namespace rmqsim
