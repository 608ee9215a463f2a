#include "tools/explore/campaign_end.h"

#include <cstdlib>
#include <filesystem>
#include <iostream>

#include "tools/explore/campaign_page.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace {

int exit_status(const CampaignSummary& summary, const CampaignEnd& end) {
  if (!end.broken.empty()) return kInternal;
  if (!summary.deviations.empty()) return kNotDeterministic;
  if (!summary.findings.empty() || (end.strict && !never_reached(summary).empty())) return kFailed;
  return end.interrupted.empty() ? kPassed : kInconclusive;
}

}  // namespace

bool open_junit(OutputFile& junit, std::string path) {
  if (const char* wanted = std::getenv("XML_OUTPUT_FILE"); path.empty() && wanted != nullptr) path = wanted;
  if (path.empty() || junit.open(path)) return true;
  std::cerr << "rmqsim explore: " << junit.problem() << "\n";
  return false;
}

bool open_page(OutputFile& page, const std::string& path, const OutputFile& junit) {
  if (path.empty()) return true;
  const auto place = [](const std::string& file) { return std::filesystem::weakly_canonical(file); };
  if (junit.is_open() && place(path) == place(junit.path())) {
    std::cerr << "rmqsim explore: --report would overwrite " << junit.path() << "\n";
    return false;
  }
  if (page.open(path)) return true;
  std::cerr << "rmqsim explore: " << page.problem() << "\n";
  return false;
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
