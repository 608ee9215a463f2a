// Merging is a union: of the shards' states, of each the one that got further, and of the findings, of each signature
// the smallest. Hence the order, and how often, is all the same.
#include <filesystem>
#include <iostream>
#include <map>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "scenarios/harness/report/rerun.h"
#include "tools/explore/campaign.h"
#include "tools/explore/campaign_end.h"
#include "tools/explore/campaign_folder.h"
#include "tools/run/runner.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;

class Merge {
 public:
  void add(const std::string& folder) {
    std::vector<StateFile> files = read_states(folder);
    if (files.empty()) throw std::runtime_error(folder + " holds no campaign");
    for (StateFile& file : files) {
      inputs_.push_back(folder + "/" + file.name);
      for (const auto& [signature, finding] : file.state.findings) offer(signature, finding, folder);
      const auto [kept, first] = states_.emplace(file.name, file);
      if (!first && further(file.text, file.state, kept->second.text, kept->second.state)) {
        kept->second = std::move(file);
      }
    }
  }

  /// Files of the campaigns that are merged.
  const std::vector<std::string>& inputs() const { return inputs_; }

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

  void write(const std::string& out) const {
    for (const auto& [name, file] : states_) {
      OutputFile state;
      if (!state.open(out + "/" + name) || !state.commit(file.text)) throw std::runtime_error(state.problem());
    }
    for (const auto& [signature, kept] : findings_) {
      const fs::path to = fs::path(out) / kept.row.file;
      std::error_code error;
      fs::create_directories(to.parent_path(), error);
      fs::copy_file(fs::path(kept.folder) / kept.row.file, to, fs::copy_options::overwrite_existing, error);
      if (error) throw std::runtime_error("cannot write " + to.string() + ": " + error.message());
    }
  }

  CampaignSummary summary() const {
    std::vector<const ShardState*> shards;
    for (const auto& [name, file] : states_) shards.push_back(&file.state);
    return add_up(shards);
  }

 private:
  struct Kept {
    FindingRow row;
    std::string folder;
  };

  static CampaignKey with_client(CampaignKey key, CampaignKey::Client client) {
    key.client = std::move(client);
    return key;
  }

  /// A merged folder has kept the file of one row of a signature.
  void offer(const Signature& signature, const FindingRow& row, const std::string& folder) {
    if (!fs::exists(fs::path(folder) / row.file)) return;
    inputs_.push_back(fs::path(folder) / row.file);
    const auto [kept, first] = findings_.emplace(signature, Kept{row, folder});
    if (!first && smaller(row, kept->second.row)) kept->second = {row, folder};
  }

  std::vector<std::string> inputs_;
  std::map<std::string, StateFile> states_;
  std::map<Signature, Kept> findings_;
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
    if (const std::string wrong = merge.wrong_clients(command); !wrong.empty()) return refuse(wrong);
    const ReportPaths reports = report_paths(command.junit, command.report);
    if (std::string lost = would_overwrite(reports, merge.inputs()); !lost.empty()) return refuse(lost);
    CampaignFolder out;
    if (const std::string wrong = out.make(command.out); !wrong.empty()) return refuse(wrong);
    if (!read_states(command.out).empty()) return refuse(command.out + " holds a campaign already");
    OutputFile junit;
    OutputFile page;
    if (!open_reports(reports, junit, page)) return kUsage;
    merge.write(command.out);
    const CampaignSummary summary = merge.summary();
    CampaignEnd end;
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
