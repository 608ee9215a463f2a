#include "scenarios/harness/explore/campaign/shard_state.h"

#include <algorithm>
#include <tuple>
#include <type_traits>
#include <utility>

namespace rmqsim {

bool smaller(const FindingRow& one, const FindingRow& other) {
  const auto size = [](const FindingRow& row) {
    const std::size_t unchecked = row.checks.empty() ? 2 : row.interrupted ? 1 : 0;
    return std::tuple(row.bytes, row.file, row.lineage, row.after_runs, row.message, unchecked);
  };
  if (one.shrunk != other.shrunk) return one.shrunk;
  return size(one) < size(other);
}

void ShardState::take(const CampaignRow& any) {
  std::visit(
      [this](const auto& row) {
        using Row = std::decay_t<decltype(row)>;
        end.reset();
        if constexpr (std::is_same_v<Row, HeaderRow>) {
          header = row;
        } else if constexpr (std::is_same_v<Row, TrialRow>) {
          features.insert(row.features.begin(), row.features.end());
          trials.push_back(row);
          new_in_batch_ = true;
        } else if constexpr (std::is_same_v<Row, FindingRow>) {
          const auto [kept, first] = findings.emplace(row.signature, row);
          if (!first && smaller(row, kept->second)) kept->second = row;
        } else if constexpr (std::is_same_v<Row, DeviationRow>) {
          deviations.push_back(row);
        } else if constexpr (std::is_same_v<Row, EndRow>) {
          end = row;
        } else {
          explored += row.trials;
          runs += row.runs;
          if (std::exchange(new_in_batch_, false)) last_new_run = runs;
          twice += row.twice;
          refused += row.refused;
          seconds += row.seconds;
          growth.push_back({runs, seconds, features.size()});
          for (const auto& [name, count] : row.properties) properties[name] += count;
          if (row.trials == 0) return;
          auto at = done_.emplace(row.first, row.first).first;
          at->second = std::max(at->second, row.first + row.trials);
          if (at != done_.begin() && std::prev(at)->second >= at->first) {
            std::prev(at)->second = std::max(std::prev(at)->second, at->second);
            at = std::prev(done_.erase(at));
          }
          const auto next = std::next(at);
          if (next != done_.end() && next->first <= at->second) {
            at->second = std::max(at->second, next->second);
            done_.erase(next);
          }
        }
      },
      any);
}

std::optional<std::pair<std::uint64_t, std::uint64_t>> ShardState::gap(std::uint64_t from, std::uint64_t end,
                                                                       std::uint64_t most) const {
  auto next = done_.upper_bound(from);
  if (next != done_.begin()) from = std::max(from, std::prev(next)->second);
  if (from >= end) return std::nullopt;
  std::uint64_t to = std::min(end, from + most);
  if (next != done_.end()) to = std::min(to, next->first);
  return std::pair(from, to);
}

ReadState read_state(std::string_view text) {
  ReadState read;
  std::size_t line = 1;
  for (std::size_t end; (end = text.find('\n', read.whole)) != std::string_view::npos; read.whole = end + 1, ++line) {
    const std::optional<CampaignRow> row = parse_row(text.substr(read.whole, end - read.whole));
    const bool header = row && std::holds_alternative<HeaderRow>(*row);
    if (header != !read.state || !row) {  // the first line, and only that, is one
      if (!read.state) return {};
      if (end + 1 < text.size()) read.bad_line = line;
      break;
    }
    if (header) read.state.emplace();
    read.state->take(*row);
  }
  return read;
}

std::string state_file_name(const HeaderRow& header) {
  HeaderRow campaign = header;
  campaign.shard = {};
  for (CampaignKey::Template& one : campaign.key.templates) one.file.clear();
  return "campaign-" + hash_text(row_text(campaign)).substr(0, 8) + "-shard-" + std::to_string(header.shard.index) +
         "-of-" + std::to_string(header.shard.count) + ".jsonl";
}

bool further(std::string_view one, const ShardState& one_state, std::string_view other, const ShardState& other_state) {
  return std::tie(one_state.explored, one) > std::tie(other_state.explored, other);
}

}  // namespace rmqsim
