#include "scenarios/harness/report/html/first_difference.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <vector>

#include "scenarios/harness/report/explain.h"

namespace rmqsim {
namespace {

constexpr std::size_t kHeader = 2;

/// What was decided and what came of it, a line each, without what names the run.
std::vector<std::string> lines_of(const Scenario& scenario, const ProfileRun& run, std::uint64_t send) {
  constexpr std::size_t kNoWrapping = 100'000;
  const std::string text =
      explain_text(scenario, run.profile, run.result, send, run.result.record.every_decision[send], kNoWrapping);
  std::vector<std::string> lines;
  for (std::size_t at = 0, end; (end = text.find('\n', at)) != std::string::npos; at = end + 1) {
    const std::size_t first = text.find_first_not_of(' ', at);
    if (first < end) lines.push_back(text.substr(first, end - first));
  }
  lines.erase(lines.begin(), lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), kHeader)));
  return lines;
}

/// Without its numbers, runs of blanks, and the profile's own name.
std::string gist(const std::string& line, std::string_view profile) {
  std::string text;
  for (std::size_t i = 0; i < line.size(); ++i) {
    if (line.compare(i, profile.size(), profile) == 0) {
      i += profile.size() - 1;
      continue;
    }
    const char c = line[i];
    if ((c >= '0' && c <= '9') || c == '.' || (c == ' ' && !text.empty() && text.back() == ' ')) continue;
    text += c;
  }
  return text;
}

std::string unspaced(const std::string& line) {
  std::string text;
  std::unique_copy(line.begin(), line.end(), std::back_inserter(text),
                   [](char a, char b) { return a == ' ' && b == ' '; });
  return text;
}

}  // namespace

std::optional<FirstDifference> first_difference(const Scenario& scenario, const ProfileRun& first,
                                                const ProfileRun& second) {
  const RunRecord& one = first.result.record;
  const RunRecord& other = second.result.record;
  std::vector<std::uint64_t> order(std::min(one.every_decision.size(), other.every_decision.size()));
  std::iota(order.begin(), order.end(), std::uint64_t{0});
  std::stable_sort(order.begin(), order.end(),
                   [&](std::uint64_t a, std::uint64_t b) { return other.sends[a].start < other.sends[b].start; });
  for (const std::uint64_t send : order) {
    const auto here = lines_of(scenario, first, send);
    const auto there = lines_of(scenario, second, send);
    const auto [a, b] = std::mismatch(here.begin(), here.end(), there.begin(), there.end(),
                                      [&](const std::string& x, const std::string& y) {
                                        return gist(x, first.profile.name) == gist(y, second.profile.name);
                                      });
    if (a == here.end() && b == there.end()) continue;
    return FirstDifference{send, other.sends[send].start, a == here.end() ? "" : unspaced(*a),
                           b == there.end() ? "" : unspaced(*b)};
  }
  return std::nullopt;
}

}  // namespace rmqsim
