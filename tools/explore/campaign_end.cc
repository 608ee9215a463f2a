#include "tools/explore/campaign_end.h"

#include <cstdlib>
#include <iostream>

#include "tools/explore/campaign_page.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace {

int exit_status(const CampaignSummary& summary, const CampaignEnd& end) {
  if (!end.broken.empty()) return kInternal;
  if (!summary.deviations.empty()) return kNotDeterministic;
  if (!summary.findings.empty() || (end.strict && !never_reached(summary).empty())) return kFailed;
  return end.interrupted.empty() && end.missing.empty() ? kPassed : kInconclusive;
}

}  // namespace

ReportPaths report_paths(const std::string& junit, const std::string& page) {
  const char* const wanted = std::getenv("XML_OUTPUT_FILE");
  if (junit.empty() && wanted != nullptr) return {{"XML_OUTPUT_FILE", wanted}, {"--report", page}};
  return {{"--junit", junit}, {"--report", page}};
}

bool open_reports(const ReportPaths& paths, OutputFile& junit, OutputFile& page) {
  const auto open = [](OutputFile& file, const std::string& path) {
    if (path.empty() || file.open(path)) return true;
    std::cerr << "rmqsim explore: " << file.problem() << "\n";
    return false;
  };
  return open(junit, paths[0].path) && open(page, paths[1].path);
}

int end_campaign(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder,
                 EndReport report) {
  (report.json ? std::cerr : std::cout) << campaign_text(summary, end, folder, report.whole) << std::flush;
  if (report.json) std::cout << campaign_json(summary, end, folder) << "\n" << std::flush;
  if (report.junit.is_open() && !report.junit.commit(campaign_junit(summary, end, folder))) {
    std::cerr << "rmqsim explore: " << report.junit.problem() << "\n";
    return kInternal;
  }
  if (report.page.is_open() && !report.page.commit(campaign_page(summary, end, folder, report.rerun))) {
    std::cerr << "rmqsim explore: " << report.page.problem() << "\n";
    return kInternal;
  }
  return exit_status(summary, end);
}

}  // namespace rmqsim
