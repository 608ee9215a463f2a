// What people and programs read of a run: the table of a run, the failures with the line that reruns them, JSON, JUnit.
// Pure text; whoever prints decides about width and colours.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/scenario.h"
#include "scenarios/harness/report/rerun.h"  // for those who have an installed library

namespace rmqsim {

struct ReportStyle {
  bool colours = false;
  bool verbose = false;     ///< every send, not only those that were not plain
  std::size_t width = 100;  ///< columns
  bool junit = true;        ///< is wanted
  std::string version;      ///< of this program, for files that outlive it
  std::string began;        ///< when the run did, as ISO 8601 in UTC; empty: nobody knows
};

/// The whole human output of one run, ending with a newline.
std::string report_text(const Scenario& scenario, const RunResult& result, double wall_millis,
                        const ReportStyle& style);

/// What a report says of one run, or of a file that could not become one.
struct ReportEntry {
  enum class Kind : std::uint8_t { passed, failed, inconclusive, refused, error, invalid };

  Kind kind = Kind::error;
  std::string text;   ///< for people; ends with a newline, or is empty
  std::string name;   ///< scenario, profile and world, of a run
  std::string brief;  ///< what a summary says of one that did not pass, one line; empty: nothing
  std::string rerun;  ///< the command that repeats it, of a run
  std::uint64_t seed = 0;
  std::string json;   ///< one object
  std::string junit;  ///< one test suite
  double wall_millis = 0;
  std::size_t runs = 1;  ///< that it stands for
};

ReportEntry report_run(const Scenario& scenario, const RunResult& result, double wall_millis, const ReportStyle& style);
/// A run that ended with no result at all: an exception, the end of its process. Of `result` only what run it was.
ReportEntry report_error(const Scenario& scenario, const RunResult& result, const std::string& what, double wall_millis,
                         const ReportStyle& style);
/// So many runs that were not begun, and why; of `first` only what run it was, the others differ in their seeds.
ReportEntry report_not_begun(const Scenario& scenario, const RunResult& first, const std::string& why, std::size_t runs,
                             const ReportStyle& style);
/// So many files that were not read, from that one on.
ReportEntry report_not_read(const std::string& file, std::size_t files, const std::string& why,
                            const ReportStyle& style);
/// A file that is no scenario, or a path where none is.
ReportEntry report_invalid(const std::string& file, const ParseResult& errors, const ReportStyle& style = {});
/// A test case that stands for no single run: what failed in a line and in full, or nothing.
ReportEntry report_case(const std::string& classname, const std::string& name, double wall_millis,
                        const std::string& failure, const std::string& text, const ReportStyle& style = {});

/// "62 runs: 61 passed, 1 failed · 1.2 s"
std::string totals_text(const std::vector<ReportEntry>& entries, double wall_millis, const ReportStyle& style);
/// The same, and below again, in short, what did not pass,
/// with the command that reruns it; of a scenario that failed with several seeds once, with the seeds.
std::string summary_text(const std::vector<ReportEntry>& entries, double wall_millis, const ReportStyle& style);
/// The same as data: an array with one object per entry.
std::string report_json(const std::vector<ReportEntry>& entries);
/// JUnit XML with a test suite for each entry.
std::string report_junit(const std::vector<ReportEntry>& entries);
/// One line of `rmqsim list --json`.
std::string scenario_summary_json(const Scenario& scenario);

}  // namespace rmqsim
