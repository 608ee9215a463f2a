// What a shard of a campaign knows: its rows, added up. Shards are never mixed: a merged campaign is a set of them, so
// that merging twice, or in another order, gives the same.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "scenarios/harness/explore/campaign/campaign_rows.h"

namespace rmqsim {

/// Which of two findings of one signature is kept: the smaller scenario.
bool smaller(const FindingRow& one, const FindingRow& other);

/// After so much work so many features were known.
struct GrowthPoint {
  std::uint64_t runs = 0;
  double seconds = 0;  ///< of work
  std::uint64_t features = 0;
};
using Growth = std::vector<GrowthPoint>;

struct ShardState {
  HeaderRow header;
  std::vector<TrialRow> trials;  ///< that showed something new
  std::set<Feature> features;
  std::map<Signature, FindingRow> findings;
  std::vector<DeviationRow> deviations;
  std::map<std::string, std::uint64_t, std::less<>> properties;
  std::uint64_t explored = 0;      ///< trials
  std::uint64_t runs = 0, twice = 0, refused = 0;
  std::uint64_t last_new_run = 0;  ///< at the end of the batch in which the last feature was new
  double seconds = 0;
  Growth growth;  ///< a point for each batch, in the order in which they ended
  std::optional<EndRow> end;  ///< none: who explored it was killed, or is still at work

  void take(const CampaignRow& row);
  /// Positions that were not explored, from the first one on, below `end` and at most `most` in a row; none: all were.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> gap(std::uint64_t from, std::uint64_t end,
                                                              std::uint64_t most) const;

 private:
  std::map<std::uint64_t, std::uint64_t> done_;  ///< from, up to
  bool new_in_batch_ = false;
};

struct ReadState {
  std::optional<ShardState> state;  ///< none: the file holds none
  std::size_t whole = 0;            ///< bytes of its whole lines; what follows was cut
  std::size_t bad_line = 0;         ///< of the first that is none and was not cut either, from 1; 0: there is none
};

ReadState read_state(std::string_view text);

/// What its file is called: of the campaign and the shard.
std::string state_file_name(const HeaderRow& header);

/// Of two states of the same shard the one that got further. Any order of any number of them ends with the same.
bool further(std::string_view one, const ShardState& one_state, std::string_view other, const ShardState& other_state);

}  // namespace rmqsim
