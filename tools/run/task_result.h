// What became of one run of `rmqsim run`, also as bytes that a worker leaves to its parent.
#pragma once

#include <string>
#include <string_view>

#include "scenarios/harness/report/report.h"

namespace rmqsim {

/// What became of a task.
struct TaskResult {
  ReportEntry entry;
  std::string ledger;
  std::string page;  ///< page_data(), if wanted
  std::string perfetto;  ///< its events
  std::string pcap;      ///< a capture file
  bool begun = true;
  bool deterministic = true;
};

/// The reader is the same program, so nothing but lengths is said of the form.
std::string packed(const TaskResult& result);
TaskResult unpacked(std::string_view bytes);

}  // namespace rmqsim
