// What a ProcessCluster knows of one of its servers; for its own files.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "fake_broker/shell/report_channel.h"
#include "scenarios/harness/cluster/child_process.h"
#include "scenarios/harness/cluster/process_cluster.h"

namespace rmqsim {

struct ProcessCluster::Server {
  std::string name;
  bool nameserver = false;
  std::unique_ptr<ChildProcess> child;
  std::string address;  ///< "ip:port"; empty before it is known
  std::shared_ptr<void> reserved;  ///< that address, after a crash
  bool paused = false;
  bool crashed = false;  ///< by a step
  bool lost = false;     ///< ended unbidden; reported once
  std::vector<ControlCommand> told;  ///< what a new process must be told again
  ServerReport former;               ///< of the lives before this one
  ServerReport last;                 ///< of this one
  std::vector<StoredNotice> traces;  ///< what it stored in trace topics, in all its lives
  std::vector<std::size_t> links;    ///< RunRecord::packets' numbers of connections that it asked for, in this life
};

}  // namespace rmqsim
