// The files that `rmqsim run` writes beside what it prints: which there are, what they need of a run, and how they come
// to be, each whole or untouched. Those that show runs are written only when there was a run to show.
#pragma once

#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/report/html/page.h"
#include "tools/io/output_file.h"
#include "tools/run/runner.h"
#include "tools/run/task_result.h"

namespace rmqsim {

class RunFiles {
 public:
  explicit RunFiles(const RunCommand& command) : command_(command) {}

  /// False when one of them cannot be written; says so.
  bool open();
  bool want_trace() const { return trace_.is_open(); }
  std::ostream& trace() { return trace_.stream(); }
  /// What they need of a run.
  void ask_for(RunOptions& options) const;
  /// Takes it from the run; `label` names the run beside others in one file.
  void show(const Scenario& scenario, const Profile& profile, const RunResult& result, std::size_t number,
            const std::string& label, TaskResult& task) const;

  /// In the order of the runs.
  void add(TaskResult& task);
  /// False when not all could be written; says so.
  /// `asked` is of how many runs, of all shards.
  bool write(const std::vector<ReportEntry>& entries, std::size_t asked, double wall_millis, bool any_run);

 private:
  const RunCommand& command_;
  OutputFile trace_, ledger_, junit_, report_, perfetto_, pcap_, summary_;
  std::vector<std::string> ledgers_, runs_;
  std::string capture_;
  RunsPage page_;
};

}  // namespace rmqsim
