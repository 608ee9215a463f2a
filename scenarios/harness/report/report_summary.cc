// All runs of a command together: how many passed, and below again what did not.
#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/report/paint.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {
namespace {

/// "12 refused: a loopback network cannot be partitioned", for each reason.
std::string refusals(const std::vector<ReportEntry>& entries, const Paint& paint) {
  std::map<std::string, std::size_t> reasons;
  for (const ReportEntry& entry : entries) {
    if (entry.kind != ReportEntry::Kind::refused) continue;
    // What differs from scenario to scenario, a name in quotes and the remedy, says no more here.
    const std::size_t quote = entry.brief.find('"');
    const std::size_t close = quote == std::string::npos ? quote : entry.brief.find('"', quote + 1);
    std::string reason = entry.brief.substr(0, entry.brief.find("; run it with"));
    if (close != std::string::npos && close < reason.size()) reason.replace(quote, close - quote + 1, "…");
    ++reasons[reason];
  }
  std::string text;
  for (const auto& [reason, count] : reasons) {
    text += paint.yellow(std::to_string(count) + " refused") + ": " + reason + "\n";
  }
  return text;
}

/// As --seeds takes them: "3,7-9".
std::string seed_ranges(std::vector<std::uint64_t> seeds) {
  std::sort(seeds.begin(), seeds.end());
  std::string text;
  for (std::size_t i = 0; i < seeds.size();) {
    std::size_t last = i;
    while (last + 1 < seeds.size() && seeds[last + 1] - seeds[last] <= 1) ++last;
    text += (text.empty() ? "" : ",") + std::to_string(seeds[i]);
    if (seeds[last] > seeds[i]) text += "-" + std::to_string(seeds[last]);
    i = last + 1;
  }
  return text;
}

/// What did not pass, in short, with the command that reruns it.
std::string failures_again(const std::vector<ReportEntry>& entries, const Paint& paint) {
  std::string text;
  std::map<std::string, std::vector<const ReportEntry*>> same;  // one scenario, with several seeds
  std::vector<const ReportEntry*> first;
  for (const ReportEntry& entry : entries) {
    if (entry.kind == ReportEntry::Kind::invalid) text += paint.red("invalid") + ": " + entry.brief + "\n";
    using Kind = ReportEntry::Kind;
    if ((entry.kind != Kind::failed && entry.kind != Kind::error && entry.kind != Kind::inconclusive) ||
        entry.brief.empty()) {
      continue;
    }
    auto& others = same[entry.name];
    if (others.empty()) first.push_back(&entry);
    others.push_back(&entry);
  }
  for (const ReportEntry* one : first) {
    const ReportEntry& entry = *one;
    const std::string word = entry.kind == ReportEntry::Kind::inconclusive ? paint.yellow("inconclusive")
                             : entry.kind == ReportEntry::Kind::error      ? paint.red("error")
                                                                           : paint.red("FAILED");
    text += word + "  " + paint.bold(entry.name) + "\n  " + entry.brief + "\n";
    const auto& all = same[entry.name];
    if (all.size() > 1) {
      std::vector<std::uint64_t> seeds;
      for (const ReportEntry* other : all) seeds.push_back(other->seed);
      text += "  with " + std::to_string(all.size()) + " seeds: " + seed_ranges(std::move(seeds)) + "\n";
    }
    if (!entry.rerun.empty()) text += "  rerun: " + entry.rerun + "\n";
  }
  return text;
}

}  // namespace

std::string totals_text(const std::vector<ReportEntry>& entries, double wall_millis, const ReportStyle& style) {
  const Paint paint(style.colours);
  std::map<ReportEntry::Kind, std::size_t> count;
  std::size_t runs = 0;
  for (const ReportEntry& entry : entries) {
    count[entry.kind] += entry.runs;
    runs += entry.runs;
  }
  const std::size_t failed = count[ReportEntry::Kind::failed];
  const std::size_t inconclusive = count[ReportEntry::Kind::inconclusive];
  const std::size_t refused = count[ReportEntry::Kind::refused];
  const std::size_t errors = count[ReportEntry::Kind::error];
  const std::size_t invalid = count[ReportEntry::Kind::invalid];
  std::string text = plural(runs - invalid, "run: ", "runs: ") +
                     paint.green(std::to_string(count[ReportEntry::Kind::passed]) + " passed");
  const std::string failures = std::to_string(failed) + " failed";
  text += ", " + (failed > 0 ? paint.red(failures) : failures);
  if (inconclusive > 0) text += ", " + paint.yellow(std::to_string(inconclusive) + " inconclusive");
  if (refused > 0) text += ", " + paint.yellow(std::to_string(refused) + " refused");
  if (errors > 0) text += ", " + paint.red(plural(errors, "error", "errors"));
  if (invalid > 0) text += " · " + paint.red(plural(invalid, "invalid file", "invalid files"));
  return text + " · " + format_wall(wall_millis);
}

std::string summary_text(const std::vector<ReportEntry>& entries, double wall_millis, const ReportStyle& style) {
  const Paint paint(style.colours);
  return totals_text(entries, wall_millis, style) + "\n" + refusals(entries, paint) + failures_again(entries, paint);
}

std::string report_json(const std::vector<ReportEntry>& entries) {
  std::string all;
  for (const ReportEntry& entry : entries) {
    all += all.empty() ? "[\n " : ",\n ";
    for (const char c : entry.json) all += c == '\n' ? std::string("\n ") : std::string(1, c);
  }
  return all.empty() ? "[]" : all + "\n]";
}

std::string scenario_summary_json(const Scenario& scenario) {
  const nlohmann::ordered_json json = {{"name", scenario.name},        {"file", scenario.file},
                                       {"why", scenario.why},          {"profiles", scenario.profiles},
                                       {"sends", scenario.send_count}, {"references", scenario.references}};
  return json_text(json);
}

}  // namespace rmqsim
