// What stands at the end of exploring and of merging alike: the report in its forms, and the exit status.
#pragma once

#include <string>

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

/// Opens where JUnit is to go: `path`, or what a test runner says in XML_OUTPUT_FILE. False, when it was said that it
/// cannot be written.
bool open_junit(OutputFile& junit, std::string path);
/// The same of the page, if one is wanted; it must not be where JUnit goes.
bool open_page(OutputFile& page, const std::string& path, const OutputFile& junit);
/// Prints and writes; the exit status.
int end_campaign(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder, EndReport report);

}  // namespace rmqsim
