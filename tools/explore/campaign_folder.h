// The folder of a campaign: the state of each of its shards, findings, and under unshrunk/ what was drawn. Nothing that
// is there is overwritten by another campaign.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/explore/campaign/shard_state.h"

namespace rmqsim {

struct StateFile {
  std::string name;
  std::string text;  ///< whole lines
  ShardState state;
};

/// Paths of all in a folder, in the order of their names; none of one that cannot be read.
std::vector<std::string> state_paths(const std::string& folder);
/// All in a folder, by name. Throws std::runtime_error with what is wrong in a sentence.
std::vector<StateFile> read_states(const std::string& folder);

class CampaignFolder {
 public:
  CampaignFolder() = default;
  ~CampaignFolder() { close(); }
  CampaignFolder(const CampaignFolder&) = delete;
  CampaignFolder& operator=(const CampaignFolder&) = delete;

  /// Makes it if need be, and begins the shard's state or, with `resume`, reads it. What is wrong, or nothing.
  std::string open(const std::string& path, const HeaderRow& header, bool resume);
  /// Makes it if need be, and keeps no state.
  std::string make(const std::string& path);
  /// The same with the first of "explored", "explored-2" … in `parent` that nobody has.
  std::string make_new(const std::string& parent);
  const std::string& path() const { return path_; }
  /// What was known when it was opened.
  const ShardState& found() const { return found_; }
  /// Whole lines. What is wrong, or nothing.
  std::string append(std::string_view rows);
  /// Others may have it, and nothing is appended any more: a worker says so, whose lock would outlive the campaign.
  void close();
  /// Takes the state away, and the folder if it was made for it and holds nothing else.
  void take_away();

 private:
  std::string refuse(const HeaderRow& header, bool resume) const;

  std::string path_;
  std::string state_path_;
  ShardState found_;
  int fd_ = -1;
  bool made_ = false;
};

}  // namespace rmqsim
