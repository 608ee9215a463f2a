// The table of a run for people: its sends, and between them, where they happened, what was done to the cluster and
// which rules acted.
#pragma once

#include <string>

#include "scenarios/harness/report/report.h"

namespace rmqsim {

/// Without ReportStyle::verbose: only sends that were not plain, equal neighbours folded, at most 40 rows. Empty when
/// there is nothing to show.
std::string sends_table(const Scenario& scenario, const RunResult& result, const ReportStyle& style);

/// "crash broker-a", "partition broker-a | p".
std::string event_text(const EventStep& step);

}  // namespace rmqsim
