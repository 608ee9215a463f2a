// Compares a run's ledger with one that a real Java client left: same attempts, same result or exception, and times as
// near as a recording allows.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct RecordedLedger {
  std::string file;      ///< path of the ledger
  std::string scenario;  ///< path of the scenario file
  std::string profile;
};
/// What a failed test of it is called by.
void PrintTo(const RecordedLedger& recorded, std::ostream* out);

/// All ledgers in a folder whose names are <scenario>.<profile>.json; scenarios are searched below `scenario_root`.
std::vector<RecordedLedger> find_ledgers(const std::string& folder, const std::string& scenario_root);

/// Runs the scenario; returns one line per difference. With `at_recorded_pace` the simulated network is as slow as the
/// recorded one was: how many sends fall into an isolation window depends on it.
std::vector<std::string> differences_from(const RecordedLedger& recorded, bool at_recorded_pace = false,
                                          WorldKind world = WorldKind::sim);

}  // namespace rmqsim
