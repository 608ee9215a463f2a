#include "scenarios/harness/report/run_lines.h"

#include <algorithm>
#include <cstdio>
#include <map>

#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/render.h"

namespace rmqsim {
namespace {

std::string percentiles(const RunRecord& record) {
  std::vector<Duration> elapsed;
  for (const SendRecord& send : record.sends) {
    if (send.result || send.reply) elapsed.push_back(send.elapsed());
  }
  if (elapsed.empty()) return "";
  std::sort(elapsed.begin(), elapsed.end());
  const auto at = [&](double p) {
    return elapsed[std::min(elapsed.size() - 1, static_cast<std::size_t>(p * static_cast<double>(elapsed.size())))];
  };
  return " · p50 " + format_latency(at(0.50)) + "  p99 " + format_latency(at(0.99));
}

}  // namespace

std::string trace_hash_text(std::uint64_t hash) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string run_heading(const RunResult& result) {
  const std::string text =
      result.profile + " · " + std::string(world_name(result.world)) + " · seed " + std::to_string(result.seed);
  return result.client.empty() ? text : text + " · " + harmless(result.client);
}

std::string not_judged_line(const RunResult& result) {
  if (result.not_judged.empty()) return "";
  std::map<std::string, std::size_t> reasons;
  for (const NotJudged& one : result.not_judged) ++reasons[one.reason];
  std::string text = "not judged: " + std::to_string(result.not_judged.size()) + " beside " +
                     std::to_string(result.expectations_checked) + " that were: ";
  bool first = true;
  for (const auto& [reason, n] : reasons) {
    text += (first ? "" : "; ") + reason + " (" + std::to_string(n) + ")";
    first = false;
  }
  return text;
}

std::string totals_line(const RunResult& result) {
  std::map<std::string, std::uint64_t> outcomes;
  std::uint64_t retried = 0;
  for (const SendRecord& send : result.record.sends) {
    ++outcomes[send.outcome()];
    retried += send.result && send.attempts.size() > 1;
  }
  const std::uint64_t n = result.record.sends.size();
  if (n == 0) return "no sends";
  std::string text = std::to_string(n) + (n == 1 ? " send: " : " sends: ");
  bool first = true;
  for (const auto& [outcome, count] : outcomes) {
    text += (first ? "" : ", ") + std::to_string(count) + " " + outcome;
    first = false;
  }
  if (retried > 0) text += ", " + std::to_string(retried) + " after a retry";
  const auto none_or = [](std::uint64_t count, const char* none, const std::string& some) {
    return ", " + (count == 0 ? std::string(none) : std::to_string(count) + some);
  };
  text += none_or(result.totals.acknowledged_lost, "none lost", " LOST");
  text +=
      none_or(result.totals.duplicates, "no duplicate", result.totals.duplicates == 1 ? " duplicate" : " duplicates");
  return text + percentiles(result.record);
}

std::string transactions_line(const RunRecord& record) {
  std::map<std::string, std::uint64_t> ends;
  std::uint64_t n = 0;
  std::uint64_t scans = 0, asked = 0;
  for (const SendRecord& send : record.sends) {
    if (!send.transaction) continue;
    ++n;
    ++ends[send.transaction->end.what];
    scans += send.transaction->end.checks;
    asked += send.transaction->end.asked;
  }
  if (n == 0) return "";
  std::string text = "  " + std::to_string(n) + (n == 1 ? " transaction: " : " transactions: ");
  bool first = true;
  for (const std::string_view end : kTransactionEnds) {
    const std::uint64_t count = ends[std::string(end)];
    if (count == 0) continue;
    text += (first ? "" : ", ") + std::to_string(count) + " " + end_name(end);
    first = false;
  }
  return text + " · " + (scans == 0 ? "no scan" : format_scans(scans, asked)) + "\n";
}

std::string rule_lines(const RunRecord& record, bool verbose) {
  constexpr std::size_t kShown = 8;
  std::string text;
  std::size_t omitted = 0;
  for (std::size_t i = 0; i < record.rules.size(); ++i) {
    const RuleRecord& rule = record.rules[i];
    if (!verbose && i >= kShown && rule.counts.acted > 0) {
      ++omitted;
      continue;
    }
    text += "  rule " + harmless(rule.id) + ": " + format_rule_counts(rule.counts) + "\n";
  }
  if (omitted > 0) text += "  ... " + std::to_string(omitted) + " more rules acted; -v lists them\n";
  return text;
}

}  // namespace rmqsim
