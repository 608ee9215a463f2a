// Optimal string alignment over the first 64 bytes: names in a scenario are short, and a hostile one must not cost
// more.
#include "scenarios/harness/file/text/nearest.h"

#include <algorithm>
#include <array>

#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

constexpr std::size_t kMax = 64;

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

/// So many names can be read at once.
constexpr std::size_t kMaxListed = 16;

std::size_t cost(char a, char b) { return a == b ? 0 : lower(a) == lower(b) ? 1 : 2; }

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b) {
  a = a.substr(0, kMax);
  b = b.substr(0, kMax);
  std::array<std::array<std::size_t, kMax + 1>, 3> rows{};
  for (std::size_t j = 0; j <= b.size(); ++j) rows[0][j] = 2 * j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& above = rows[(i - 1) % 3];
    const auto& two_above = rows[(i + 1) % 3];
    row[0] = 2 * i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      row[j] = std::min({above[j] + 2, row[j - 1] + 2, above[j - 1] + cost(a[i - 1], b[j - 1])});
      if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
        row[j] = std::min(row[j], two_above[j - 2] + 2);
      }
    }
  }
  return rows[a.size() % 3][b.size()];
}

std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates) {
  std::string_view best;
  std::size_t best_distance = SIZE_MAX;
  auto common = [&](std::string_view other) {  // letters that both begin with
    std::size_t n = 0;
    while (n < name.size() && n < other.size() && name[n] == other[n]) ++n;
    return n;
  };
  for (std::string_view candidate : candidates.first(std::min<std::size_t>(candidates.size(), 1000))) {
    std::size_t distance = edit_distance(name, candidate);
    bool nearer = distance < best_distance || (distance == best_distance && common(candidate) > common(best));
    if (nearer) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

namespace {

/// Whether one word of several stands for another: "defaultGroupPerm" is no slip of "defaultTopicPerm".
bool means_another_word(std::string_view name, std::string_view other) {
  constexpr std::size_t kWord = 4;
  const std::size_t shorter = std::min(name.size(), other.size());
  std::size_t begin = 0, end = 0;
  while (begin < shorter && name[begin] == other[begin]) ++begin;
  while (end < shorter - begin && name[name.size() - 1 - end] == other[other.size() - 1 - end]) ++end;
  const std::size_t differ = shorter - begin - end;
  if (begin == 0 || end == 0 || differ < kWord) return false;
  const auto middle = [&](std::string_view of) { return of.substr(begin, of.size() - begin - end); };
  return edit_distance(middle(name), middle(other)) > 2 * differ * 3 / 4;
}

/// One edit, or no more than one in three letters of the shorter; a letter in place of the only one is another word.
bool is_near(std::string_view name, std::string_view other) {
  const std::size_t shorter = std::min(name.size(), other.size());
  const std::size_t distance = edit_distance(name, other);
  const bool nothing_left = distance >= 2 * std::max(name.size(), other.size());
  return distance <= std::max<std::size_t>(2, 2 * shorter / 3) && !nothing_left && !means_another_word(name, other);
}

/// A candidate that the name begins or is begun by: "permission" and "perm". The longest common beginning wins.
std::string_view begins_alike(std::string_view name, std::span<const std::string_view> candidates) {
  constexpr std::size_t kLeast = 3;
  std::string_view best;
  std::size_t longest = kLeast - 1;
  for (const std::string_view candidate : candidates.first(std::min<std::size_t>(candidates.size(), 1000))) {
    const std::size_t common = std::min(name.size(), candidate.size());
    const auto alike = [](char a, char b) { return lower(a) == lower(b); };
    if (common > longest && std::equal(name.begin(), name.begin() + common, candidate.begin(), alike)) {
      best = candidate;
      longest = common;
    }
  }
  return best;
}

}  // namespace

std::string suggestion(std::string_view name, std::span<const std::string_view> all) {
  std::vector<std::string_view> candidates(all.begin(), all.end());
  candidates.erase(std::remove(candidates.begin(), candidates.end(), name), candidates.end());
  if (candidates.empty()) return "";
  std::string_view best = nearest(name, candidates);
  if (!is_near(name, best)) best = begins_alike(name, candidates);
  if (!best.empty()) return "; did you mean " + in_quotes(best) + "?";
  if (candidates.size() > kMaxListed) return "";
  std::string known;
  for (const std::string_view candidate : candidates) known += (known.empty() ? "" : ", ") + in_quotes(candidate);
  return (candidates.size() == 1 ? "; known is " : "; known are ") + known;
}

std::string suggestion(std::string_view name, const std::vector<std::string>& candidates) {
  std::vector<std::string_view> views(candidates.begin(), candidates.end());
  return suggestion(name, std::span<const std::string_view>(views));
}

std::string in_quotes(std::string_view text) {
  constexpr std::size_t kShown = 60;
  if (text.size() <= kShown) return "\"" + harmless(text) + "\"";
  return "\"" + harmless(whole_characters(text, 0, kShown)) + "…\"";
}

}  // namespace rmqsim
