// One scenario, one profile, one world: from the file's data to a verdict.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/checker.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_stop.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/events/event.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct RunOptions {
  WorldKind world = WorldKind::sim;
  std::optional<std::uint64_t> seed;  ///< instead of the scenario's
  RunLimits limits;
  std::ostream* trace = nullptr;  ///< JSON lines, if wanted
  bool hashed = true;             ///< RunResult::trace_hash
  bool keep_events = false;       ///< RunResult::events, and RunRecord::every_decision
  bool keep_packets = false;      ///< RunResult::packets
  bool part = true;               ///< false: nobody wants to know how servers part when all is judged
  bool want_ledger = false;
  std::optional<std::uint64_t> explain;  ///< number of the send whose decisions RunRecord shall keep
  bool every_decision = false;           ///< RunRecord::every_decision, and none of `explain`
  bool check_expectations = true;        ///< false: invariants only, and no rule needs to act
  bool judge_idle = true;  ///< false: rules and events may be idle, for inputs that a recording has fixed
  /// Asked all the time, in every world. A run that is stopped before its verdict is known ends as inconclusive with
  /// the stop's reason, its record, totals and ledger telling what was known; nothing of it, no process either, is
  /// left.
  const RunStop* stop = nullptr;
  /// Called before the steps begin: for whoever wants to watch the servers, and outlives the run.
  std::function<void(Cluster& cluster)> on_cluster = nullptr;
};

/// An expectation that could not be judged, and does not count as met.
struct NotJudged {
  std::string what;
  std::string reason;
};

struct RunResult {
  enum class Verdict : std::uint8_t { passed, failed, inconclusive, refused };

  Verdict verdict = Verdict::passed;
  std::string profile;
  WorldKind world = WorldKind::sim;
  std::uint64_t seed = 0;
  Duration real_time{0};  ///< the limit that it had
  RunRecord record;
  std::size_t invariants_checked = 0;
  std::size_t expectations_checked = 0;
  MessageTotals totals;
  Duration lateness{0};                      ///< what upper bounds were exceeded by without a failure
  Duration virtual_time{0};                  ///< from the first step to the end
  std::uint64_t trace_hash = 0;              ///< sim only, if wanted (TraceHash)
  std::uint64_t world_events = 0;            ///< sim only: what RunLimits::events counts
  std::string reason;                        ///< of refused and inconclusive
  std::string ledger;                        ///< JSON, if wanted
  std::vector<Event> events;                 ///< if wanted
  std::shared_ptr<const PacketLog> packets;  ///< if wanted; else null
  std::string client;                        ///< of another client than ours, behind a driver: its name and version
  std::string client_command;                ///< how that is started
  std::vector<NotJudged> not_judged;
};

/// As reports have it.
std::string_view verdict_name(RunResult::Verdict verdict);
std::ostream& operator<<(std::ostream& out, RunResult::Verdict verdict);

RunResult run_scenario(const Scenario& scenario, const Profile& profile, const RunOptions& options);

}  // namespace rmqsim
