// What people and programs read of a run: the table of a run, the failures with the line that reruns them, JSON, JUnit.
// Pure text; whoever prints decides about width and colours.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/engine/run_scenario.h"
#include "scenarios/file/scenario.h"

namespace rmqsim {

struct ReportStyle {
  bool colours = false;
  bool verbose = false;     ///< every send, not only those that were not plain
  std::size_t width = 100;  ///< columns
};

/// The whole human output of one run, ending with a newline.
std::string report_text(const Scenario& scenario, const RunResult& result, double wall_millis,
                        const ReportStyle& style);

struct ReportedRun {
  const Scenario* scenario;
  RunResult result;
  double wall_millis;
};

/// "62 runs: 61 passed, 1 failed, 0 inconclusive, 0 refused · 1.2 s"
std::string summary_text(const std::vector<ReportedRun>& runs, double wall_millis, const ReportStyle& style);
/// The same as data: an array with one object per run.
std::string report_json(const std::vector<ReportedRun>& runs);
/// JUnit XML with one test case per run.
std::string report_junit(const std::vector<ReportedRun>& runs);
/// One line of `rmqsim list --json`.
std::string scenario_summary_json(const Scenario& scenario);
/// The command that repeats this run.
/// As a shell takes it for one word.
std::string shell_word(const std::string& text);
std::string rerun_command(const Scenario& scenario, const RunResult& result);

}  // namespace rmqsim
