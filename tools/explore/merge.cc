// Merging is a union: of the shards' states, of each the one that got further, and of the findings, of each signature
// the smallest. Hence the order, and how often, is all the same.
#include <filesystem>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/rerun.h"
#include "tools/explore/campaign.h"
#include "tools/explore/campaign_end.h"
#include "tools/explore/campaign_folder.h"
#include "tools/explore/findings.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

class Merge {
 public:
  void add(const std::string& folder) {
    std::vector<StateFile> files = read_states(folder);
    if (files.empty() && state_paths(folder).empty()) throw std::runtime_error(folder + " holds no campaign");
    for (StateFile& file : files) {
      inputs_.push_back(folder + "/" + file.name);
      if (state_file_name(file.state.header) != file.name) {
        throw std::runtime_error(inputs_.back() + " holds the state of another campaign, or shard, than its name says");
      }
      for (const auto& [signature, finding] : file.state.findings) offer(finding, file, folder);
      const auto [kept, first] = states_.emplace(file.name, file);
      if (!first && further(file.text, file.state, kept->second.text, kept->second.state)) {
        kept->second = std::move(file);
      }
    }
  }

  /// Files of the campaigns that are merged.
  const std::vector<std::string>& inputs() const { return inputs_; }

  /// Why they cannot be added up; empty: they can. A shard that ended before it had written a line is missing.
  std::string wrong_shards() const {
    if (states_.empty()) return "no campaign has begun in any of these folders";
    std::map<std::string, std::string> states;  // by the name of the campaign's only shard
    for (const auto& [name, file] : states_) {
      HeaderRow whole = file.state.header;
      whole.shard = {};
      const auto [other, first] = states.emplace(state_file_name(whole), name);
      const Shard& shard = states_.at(other->second).state.header.shard;
      if (shard.count == file.state.header.shard.count) continue;
      return name + " and " + other->second + " divide one campaign in two ways: trials would count twice";
    }
    return "";
  }

  /// Why they cannot be told as one; empty: they can.
  std::string wrong_clients(const MergeCommand& command) const {
    const CampaignKey::Client& client = states_.begin()->second.state.header.key.client;
    for (const auto& [name, file] : states_) {
      const std::string other = difference(file.state.header.key, with_client(file.state.header.key, client));
      if (!other.empty()) return "one of the campaigns is another client's: " + other;
    }
    if (client.name.empty()) return "";
    const char* const option = command.strict ? "--strict" : command.report.empty() ? nullptr : "--report";
    return option == nullptr ? "" : std::string(option) + " does not go with campaigns of another client";
  }

  /// States last: a folder with one is taken for a merged campaign.
  void write(const std::string& out) const {
    for (const auto& [signature, kept] : findings_) {
      const fs::path to = fs::path(out) / kept.row.file;
      std::error_code error;
      fs::create_directories(to.parent_path(), error);
      fs::copy_file(fs::path(kept.folder) / kept.row.file, to, fs::copy_options::overwrite_existing, error);
      if (error) throw std::runtime_error("cannot write " + to.string() + ": " + error.message());
    }
    for (const auto& [name, file] : states_) {
      OutputFile state;
      if (!state.open(out + "/" + name) || !state.commit(file.text)) throw std::runtime_error(state.problem());
    }
  }

  /// Its findings are those whose files are kept.
  CampaignSummary summary() const {
    std::vector<const ShardState*> shards;
    for (const auto& [name, file] : states_) shards.push_back(&file.state);
    CampaignSummary sum = add_up(shards);
    for (OfCampaign<FindingRow>& finding : sum.findings) {
      const auto kept = findings_.find(finding.signature);
      if (kept != findings_.end()) {
        finding = {kept->second.row, kept->second.key};
      } else {
        const std::string& folder = gone_from_.at(finding.signature);
        finding.checks = {"its file " + std::exchange(finding.file, "") + " is gone from " + folder};
      }
    }
    return sum;
  }

 private:
  struct Kept {
    FindingRow row;
    std::string folder;
    std::string state;  ///< name of its file
    CampaignKey key;
  };

  static CampaignKey with_client(CampaignKey key, CampaignKey::Client client) {
    key.client = std::move(client);
    return key;
  }

  static bool there(const std::string& folder, const std::string& file) {
    std::error_code error;
    return fs::is_regular_file(fs::path(folder) / file, error);
  }

  /// As it was drawn; false when that is gone as well.
  static bool as_drawn(FindingRow& row, const std::string& folder) {
    const std::string gone = std::exchange(row.file, drawn_file(row.signature));
    const std::string path = folder + "/" + row.file;
    if (!there(folder, row.file)) return false;
    const ParseResult drawn = load_scenario(path, {.judge_idle = false});
    if (!drawn.ok()) return false;
    describe(*drawn.scenario, row);
    row.bytes = fs::file_size(path);
    row.shrunk = row.certified = false;
    row.checks = {"its file " + gone + " is gone from " + folder + ", so this is how it was drawn"};
    return true;
  }

  /// A merged folder has kept the file of one row of a signature. The order in which they are offered is all the same.
  void offer(FindingRow row, const StateFile& file, const std::string& folder) {
    if (!there(folder, row.file) && !as_drawn(row, folder)) {
      gone_from_.emplace(row.signature, folder);
      return;
    }
    inputs_.push_back(fs::path(folder) / row.file);
    Kept offered{std::move(row), folder, file.name, file.state.header.key};
    const auto [kept, first] = findings_.emplace(offered.row.signature, offered);
    const Kept& best = kept->second;
    const bool equal = !smaller(offered.row, best.row) && !smaller(best.row, offered.row);
    if (!first && (equal ? offered.state < best.state : smaller(offered.row, best.row))) {
      kept->second = std::move(offered);
    }
  }

  std::vector<std::string> inputs_;
  std::map<std::string, StateFile> states_;
  std::map<Signature, Kept> findings_;
  std::map<Signature, std::string> gone_from_;  ///< folders of those without a file, where no other folder has one
};

}  // namespace

int merge_campaigns(const MergeCommand& command) {
  const auto refuse = [](const std::string& why) {
    std::cerr << "rmqsim explore merge: " << why << "\n";
    return kUsage;
  };
  try {
    Merge merge;
    for (const std::string& folder : command.folders) merge.add(folder);
    if (const std::string wrong = merge.wrong_shards(); !wrong.empty()) return refuse(wrong);
    if (const std::string wrong = merge.wrong_clients(command); !wrong.empty()) return refuse(wrong);
    const ReportPaths reports = report_paths(command.junit, command.report);
    if (std::string lost = would_overwrite(reports, merge.inputs()); !lost.empty()) return refuse(lost);
    CampaignFolder out;
    if (const std::string wrong = out.make(command.out); !wrong.empty()) return refuse(wrong);
    if (!read_states(command.out).empty()) return refuse(command.out + " holds a campaign already");
    OutputFile junit;
    OutputFile page;
    if (!open_reports(reports, junit, page)) {
      out.take_away();
      return kUsage;
    }
    merge.write(command.out);
    const CampaignSummary summary = merge.summary();
    CampaignEnd end;
    end.missing = missing_shards(summary);
    end.strict = command.strict;
    end.wall_seconds = summary.seconds;
    std::string rerun = "rmqsim explore merge";
    for (const std::string& folder : command.folders) rerun += " " + shell_word(folder);
    return end_campaign(summary, end, command.out,
                        {command.json, true, junit, page, rerun + " --out " + shell_word(command.out)});
  } catch (const std::runtime_error& error) {
    return refuse(error.what());
  }
}

}  // namespace rmqsim
