// What stands at the end of exploring and of merging alike: the report in its forms, and the exit status.
#pragma once

#include <string>
#include <vector>

#include "scenarios/harness/explore/campaign/campaign_report.h"
#include "tools/io/output_file.h"

namespace rmqsim {

struct EndReport {
  bool json = false;   ///< on stdout; what is for people goes to stderr
  bool whole = false;  ///< findings in full
  OutputFile& junit;
  OutputFile& page;   ///< open: where the page goes
  std::string rerun;  ///< the command that it names
};

/// JUnit's, which a test runner may say in XML_OUTPUT_FILE, and the page's.
using ReportPaths = std::vector<NamedOutput>;
ReportPaths report_paths(const std::string& junit, const std::string& page);
/// Opens those that are wanted. False, when it was said that one cannot be written.
bool open_reports(const ReportPaths& paths, OutputFile& junit, OutputFile& page);
/// Prints and writes; the exit status.
int end_campaign(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder, EndReport report);

}  // namespace rmqsim
