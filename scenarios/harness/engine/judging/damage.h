// What the events of a scenario leave broken.
#pragma once

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct Damage {
  using Names = std::vector<std::string>;

  explicit Damage(const ClusterSpec& cluster) : cluster_(cluster) {}

  /// To be called in the order of events.
  void take(const ClusterEvent& event);
  /// Nobody is down, stands still or cannot be reached.
  bool mended() const { return down.empty() && paused.empty() && partitions.empty(); }

  std::set<std::string> down, paused;             ///< servers
  std::vector<std::pair<Names, Names>> partitions;  ///< as they were named
  std::set<std::string> routes, perms;            ///< topics of which these are not what the cluster says
  std::set<std::string> started, stopped;         ///< producers

 private:
  const ClusterSpec& cluster_;
};

}  // namespace rmqsim
