#include "scenarios/harness/report/html/compared_page.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/report/html/columns.h"
#include "scenarios/harness/report/html/first_difference.h"
#include "scenarios/harness/report/html/page_data.h"
#include "scenarios/harness/report/rerun.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

std::string rerun_of(const Scenario& scenario) {
  return "rmqsim run " + shell_word(scenario.file) + " --compare-profiles -v";
}

}  // namespace

TakeCompared ComparedPage::taker() {
  now_.clear();
  return [this](const Profile& profile, RunResult result) { now_.push_back({&profile, std::move(result)}); };
}

void ComparedPage::end(const ComparedScenario& compared) {
  if (!compared.left_out.empty() || now_.empty()) return now_.clear();
  const Scenario& scenario = *compared.scenario;
  Entry& entry = entries_.emplace_back();
  ordered_json differs = ordered_json::array();
  for (std::size_t i = 1; i < now_.size(); ++i) {
    const ProfileRun before{*now_.front().profile, now_.front().result};
    const ProfileRun other{*now_[i].profile, now_[i].result};
    const auto found = first_difference(scenario, before, other);
    if (!found) continue;
    differs.push_back({{"other", before.profile.name},
                       {"profile", other.profile.name},
                       {"send", found->send},
                       {"at", rounded_micros(found->at - other.result.record.first_step)},
                       {"otherWords", found->first},
                       {"ownWords", found->second},
                       {"words", std::string(other.profile.name) + " in send #" + std::to_string(found->send) + ": " +
                                     (found->second.empty() ? "says nothing" : found->second)}});
  }
  entry.differs = json_text(differs);
  std::vector<std::string> pages;
  std::size_t size = 0;
  for (const Run& run : now_) size += pages.emplace_back(page_data(scenario, *run.profile, run.result)).size();
  now_.clear();
  if (bytes_ > 0 && bytes_ + size > most_) return;
  bytes_ += size;
  for (std::string& page : pages) {
    entry.runs.push_back(data_.size());
    data_.push_back(std::move(page));
  }
}

std::string ComparedPage::html(const std::vector<ComparedScenario>& scenarios, const std::string& rerun) const {
  ordered_json index = json_of<ordered_json>(comparison_json(scenarios));
  index["kind"] = "compare";
  index["version"] = RMQSIM_VERSION;
  index["rerun"] = rerun;
  std::size_t next = 0;
  for (const ComparedScenario& one : scenarios) {
    if (!one.left_out.empty() || next == entries_.size()) continue;
    ordered_json& json = index["scenarios"][next];
    json["runs"] = entries_[next].runs;
    json["differs"] = json_of<ordered_json>(entries_[next].differs);
    json["rerun"] = rerun_of(*one.scenario);
    ++next;
  }
  return page_html(script_text(index), data_);
}

}  // namespace rmqsim
