// What a page of continuous integration shows of runs: the totals, and each run that did not pass with the command that
// repeats it.
#pragma once

#include <string>
#include <vector>

#include "scenarios/harness/report/report.h"

namespace rmqsim {

/// GitHub's Markdown. What comes from files and peers is text in it, whatever it is.
std::string summary_markdown(const std::vector<ReportEntry>& entries, double wall_millis);

}  // namespace rmqsim
