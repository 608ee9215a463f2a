#include "tools/run/run_files.h"

#include <iostream>

#include "scenarios/harness/report/formats/junit.h"
#include "scenarios/harness/report/formats/markdown.h"
#include "scenarios/harness/report/formats/perfetto.h"
#include "scenarios/harness/report/formats/run_capture.h"
#include "scenarios/harness/report/html/page_data.h"
#include "tools/io/ci_summary.h"

namespace rmqsim {

bool RunFiles::open() {
  const std::pair<OutputFile&, const std::string&> files[] = {{trace_, command_.trace}, {ledger_, command_.ledger},
                                                              {junit_, command_.junit}, {report_, command_.report},
                                                              {pcap_, command_.pcap},   {perfetto_, command_.perfetto},
                                                              {summary_, command_.summary}};
  for (const auto& [file, path] : files) {
    if (path.empty() || file.open(path)) continue;
    std::cerr << "rmqsim: " << file.problem() << "\n";
    return false;
  }
  return true;
}

void RunFiles::ask_for(RunOptions& options) const {
  options.want_ledger = ledger_.is_open();
  options.keep_events = perfetto_.is_open() || pcap_.is_open();
  options.keep_packets = pcap_.is_open();
  if (report_.is_open()) ask_for_report(options);
}

void RunFiles::show(const Scenario& scenario, const Profile& profile, const RunResult& result, std::size_t number,
                    const std::string& label, TaskResult& task) const {
  if (result.verdict == RunResult::Verdict::refused) return;
  if (report_.is_open()) task.page = page_data(scenario, profile, result);
  if (perfetto_.is_open()) task.perfetto = perfetto_events(scenario, result, number, label);
  if (pcap_.is_open() && result.packets) task.pcap = run_capture(scenario, result);
}

void RunFiles::add(TaskResult& task) {
  if (!task.ledger.empty()) ledgers_.push_back(std::move(task.ledger));
  if (report_.is_open()) page_.add(task.entry, std::move(task.page));
  if (!task.perfetto.empty()) runs_.push_back(std::move(task.perfetto));
  if (!task.pcap.empty()) capture_ = std::move(task.pcap);
}

bool RunFiles::write(const std::vector<ReportEntry>& entries, std::size_t asked, double wall_millis, bool any_run) {
  bool ok = true;
  const auto write = [&](OutputFile& file, const std::string& text) {
    if (!file.is_open() || file.commit(text)) return;
    std::cerr << "rmqsim: " << file.problem() << "\n";
    ok = false;
  };
  if (any_run) {
    write(trace_, "");
    std::string ledgers;
    for (const std::string& one : ledgers_) ledgers += (ledgers.empty() ? "" : ",\n") + one;
    const bool alone = command_.ledger_format == 1 && asked == 1 && !ledgers.empty();
    write(ledger_, (alone ? ledgers : "[" + ledgers + "]") + "\n");
  }
  if (report_.is_open()) write(report_, page_.html());
  if (!runs_.empty()) write(perfetto_, perfetto_file(runs_));
  if (!capture_.empty()) write(pcap_, capture_);
  write(junit_, junit_.is_open() ? report_junit(entries) : "");
  if (summary_.is_open()) {
    write(summary_, summary_markdown(entries, wall_millis));
  } else {
    add_step_summary(summary_markdown(entries, wall_millis));
  }
  return ok;
}

}  // namespace rmqsim
