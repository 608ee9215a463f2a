// A run with somebody else's client as JUnit and summaries have it, beside runs of our own producers.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {

struct ClientRun {
  const Scenario& scenario;
  std::string_view profile;
  const std::vector<std::string>& command;
  std::uint64_t seed = 0;
  int status = 0;           ///< of the command
  std::string ended_early;  ///< why the run was given up; empty: it was not
  std::vector<Failure> failures;
  std::string output;  ///< of the command
  double took_millis = 0;
  std::string rerun;
};

/// `version` of this program; `began` as ReportStyle::began.
ReportEntry report_client_run(const ClientRun& run, const std::string& version, const std::string& began);

}  // namespace rmqsim
