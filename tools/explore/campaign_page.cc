#include "tools/explore/campaign_page.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <optional>
#include <vector>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/html/columns.h"
#include "scenarios/harness/report/html/page.h"
#include "scenarios/harness/report/html/page_data.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

/// Points of a curve that a page shows.
constexpr std::size_t kPoints = 2000;
constexpr std::size_t kLongestScenario = 256 << 10;

std::string source_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (text.size() > kLongestScenario) text = text.substr(0, kLongestScenario) + "\n…\n";
  return text;
}

ordered_json growth_json(const Growth& growth) {
  ordered_json points = ordered_json::array({{0, 0.0, 0}});
  const std::size_t step = growth.size() / kPoints + 1;
  for (std::size_t i = 0; i < growth.size(); ++i) {
    if (i % step != 0 && i + 1 != growth.size()) continue;
    points.push_back({growth[i].runs, growth[i].seconds, growth[i].features});
  }
  return points;
}

/// A run of the finding; nothing where making it again would end this process, or never end.
std::optional<std::string> picture(const FindingRow& finding, const std::string& path) {
  for (const std::string_view other : {"crash", "inconclusive", "deterministic"}) {
    if (finding.signature.invariant == other) return std::nullopt;
  }
  const Profile* const profile = find_profile(finding.signature.profile);
  const ParseResult read = load_scenario(path, {.judge_idle = false});
  if (profile == nullptr || !read.ok()) return std::nullopt;
  RunOptions options;
  options.check_expectations = false;
  ask_for_report(options);
  const RunResult result = run_scenario(*read.scenario, *profile, options);
  if (result.verdict == RunResult::Verdict::refused) return std::nullopt;
  return page_data(*read.scenario, *profile, result);
}

}  // namespace

std::string campaign_page(const CampaignSummary& summary, const CampaignEnd& end, const std::string& folder,
                          const std::string& rerun) {
  ordered_json index = {{"kind", "explore"}, {"version", RMQSIM_VERSION}, {"rerun", rerun}};
  index["campaign"] = json_of<ordered_json>(campaign_json(summary, end, folder));
  index["findings"] = std::move(index["campaign"]["findings"]);
  index["campaign"].erase("findings");
  std::vector<std::string> runs;
  std::size_t bytes = 0;
  for (std::size_t i = 0; i < summary.findings.size(); ++i) {
    const OfCampaign<FindingRow>& row = summary.findings[i];
    ordered_json& finding = index["findings"][i];
    const std::string path = finding["path"].get<std::string>();
    finding["scenario"] = source_of(path);
    finding["rerun"] = rerun_finding(row, row.key, path);
    finding["run"] = nullptr;
    if (bytes > kMostPageData) continue;
    std::optional<std::string> run = picture(row, path);
    if (!run || bytes + run->size() > kMostPageData) continue;
    bytes += run->size();
    finding["run"] = runs.size();
    runs.push_back(std::move(*run));
  }
  index["growth"] = ordered_json::array();
  for (std::size_t i = 0; i < summary.growth.size(); ++i) {
    const std::string shard = summary.headers[i].shard.text();
    index["growth"].push_back({{"name", summary.growth.size() == 1 ? "" : ", shard " + shard},
                                {"points", growth_json(summary.growth[i])}});
  }
  return page_html(script_text(index), runs);
}

}  // namespace rmqsim
