#include "scenarios/harness/report/report.h"

#include <algorithm>
#include <cstdio>
#include <map>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/formats/junit.h"
#include "scenarios/harness/report/paint.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/harness/report/sends_table.h"

namespace rmqsim {
namespace {

std::string hex(std::uint64_t hash) {
  char text[20];
  std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(hash));
  return text;
}

std::string heading(const RunResult& result) {
  const std::string text =
      result.profile + " · " + std::string(world_name(result.world)) + " · seed " + std::to_string(result.seed);
  return result.client.empty() ? text : text + " · " + harmless(result.client);
}

/// In one line: how many for which reason; empty when all were judged.
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

/// "3 transactions: 1 committed, 2 rolled back"; empty when there were none.
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

/// How often each rule matched and acted; of many only those that did not act.
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

std::string format_wall(double millis) {
  char text[32];
  std::snprintf(text, sizeof text,
                millis < 10      ? "%.1f ms"
                : millis < 10000 ? "%.0f ms"
                                 : "%.0f s",
                millis < 10000 ? millis : millis / 1000);
  return text;
}

std::string plural(std::size_t n, const char* one, const char* many) {
  return std::to_string(n) + " " + (n == 1 ? one : many);
}

std::string dumped(const nlohmann::ordered_json& json) {
  return json_text(json, 1);
}

/// One object of the report.
std::string run_json(const Scenario& scenario, const RunResult& result, double wall_millis, std::size_t runs) {
  using nlohmann::ordered_json;
  ordered_json json;
  json["scenario"] = scenario.name;
  json["file"] = scenario.file;
  json["profile"] = result.profile;
  json["world"] = world_name(result.world);
  json["seed"] = result.seed;
  if (runs > 1) json["runs"] = runs;
  json["verdict"] = verdict_name(result.verdict);
  if (!result.reason.empty()) json["reason"] = result.reason;
  std::map<std::string, std::uint64_t> outcomes;
  for (const SendRecord& send : result.record.sends) ++outcomes[send.outcome()];
  json["sends"] = outcomes;
  json["acknowledgedLost"] = result.totals.acknowledged_lost;
  json["duplicates"] = result.totals.duplicates;
  json["invariantsChecked"] = result.invariants_checked;
  json["expectationsChecked"] = result.expectations_checked;
  json["rules"] = ordered_json::array();
  for (const RuleRecord& rule : result.record.rules) {
    json["rules"].push_back({{"id", rule.id}, {"matched", rule.counts.matched}, {"acted", rule.counts.acted}});
  }
  json["failures"] = ordered_json::array();
  for (const Failure& failure : result.record.failures) {
    ordered_json one = {{"check", failure.check}, {"message", failure.message}, {"evidence", failure.evidence}};
    if (failure.where.line > 0) one["line"] = failure.where.line;
    json["failures"].push_back(std::move(one));
  }
  json["notes"] = result.record.notes;
  if (!result.client.empty()) {
    json["client"] = result.client;
    json["notJudged"] = ordered_json::array();
    for (const NotJudged& one : result.not_judged) {
      json["notJudged"].push_back({{"expectation", one.what}, {"reason", one.reason}});
    }
  }
  json["virtualMs"] = static_cast<double>(result.virtual_time.count() / 1000) / 1000.0;
  json["wallMs"] = wall_millis;
  if (result.world == WorldKind::sim && result.verdict != RunResult::Verdict::refused) {
    json["traceHash"] = hex(result.trace_hash);
  }
  json["rerun"] = rerun_command(scenario, result);
  return dumped(json);
}

/// In one line, what a run that did not pass did instead.
std::string brief(const Scenario& scenario, const RunResult& result) {
  if (result.record.failures.empty()) return harmless(result.reason.substr(0, result.reason.find('\n')));
  const Failure& first = result.record.failures.front();
  std::string text = harmless(first.check + ": " + first.message.substr(0, first.message.find('\n')));
  if (first.where.line > 0) text += "  (" + harmless(scenario.file) + ":" + std::to_string(first.where.line) + ")";
  const std::size_t more = result.record.failures.size() - 1;
  return text + (more == 0 ? "" : ", and " + std::to_string(more) + " more");
}

/// Which run it is, for JUnit.
TestCase test_case_of(const Scenario& scenario, const RunResult& result, double wall_millis) {
  const std::string world(world_name(result.world));
  const std::string seed = std::to_string(result.seed);
  TestCase test;
  test.suite = scenario.name;
  test.file = scenario.file;
  test.name = result.profile + " " + world + " seed " + seed;
  test.wall_millis = wall_millis;
  test.properties = {{"profile", result.profile}, {"world", world}, {"seed", seed}};
  return test;
}

/// A test case cannot say that it is many, so its name does.
std::string and_more(std::size_t runs) { return runs == 1 ? "" : " and " + std::to_string(runs - 1) + " more"; }

std::string run_suite(const Scenario& scenario, const RunResult& result, double wall_millis, const ReportEntry& entry,
                      const ReportStyle& style) {
  constexpr std::size_t kListed = 200;  // sends; of more, those that were not plain
  TestCase test = test_case_of(scenario, result, wall_millis);
  test.name += and_more(entry.runs);
  const ReportEntry::Kind kind = test.kind = entry.kind;
  if (kind == ReportEntry::Kind::refused) {
    test.message = result.reason;
    return junit_suite(test, style);
  }
  if (kind != ReportEntry::Kind::passed) {
    test.message = brief(scenario, result);
    test.text = result.reason.empty() ? "" : result.reason + "\n";
    for (const Failure& failure : result.record.failures) {
      if (failure.where.line > 0) test.text += scenario.file + ":" + std::to_string(failure.where.line) + ": ";
      test.text += failure.check + ": " + failure.message + "\n";
      for (const std::string& line : failure.evidence) test.text += "   " + line + "\n";
    }
    test.text += "rerun: " + rerun_command(scenario, result);
  }
  ReportStyle plain;
  plain.verbose = result.record.sends.size() <= kListed;
  test.output = sends_table(scenario, result, plain);
  for (const RuleRecord& rule : result.record.rules) {
    test.output += "rule " + rule.id + ": " + format_rule_counts(rule.counts) + "\n";
  }
  for (const std::string& note : result.record.notes) test.output += "note: " + note + "\n";
  if (const std::string unjudged = not_judged_line(result); !unjudged.empty()) test.output += unjudged + "\n";
  return junit_suite(test, style);
}

/// A scenario that came from no file cannot be named to the command.
std::string rerun_line(const Scenario& scenario, const RunResult& result) {
  return scenario.file.empty() ? "" : "  rerun: " + rerun_command(scenario, result) + "\n";
}

}  // namespace

std::string shell_word(const std::string& text) {
  constexpr std::string_view plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:=,@%+";
  if (!text.empty() && text.find_first_not_of(plain) == std::string::npos) return text;
  if (harmless(text) != text) {  // only so a line can say it
    std::string word = "$'";
    for (const char c : text) {
      const auto byte = static_cast<unsigned char>(c);
      char escape[8];
      std::snprintf(escape, sizeof escape, "\\x%02x", static_cast<unsigned>(byte));
      word += byte < 0x20 || byte >= 0x7F ? escape : (c == '\'' || c == '\\' ? "\\" : "") + std::string(1, c);
    }
    return word + "'";
  }
  std::string word = "'";
  for (const char c : text) word += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return word + "'";
}

std::string rerun_command(const Scenario& scenario, const RunResult& result) {
  std::string text = "rmqsim run " + shell_word(scenario.file);
  const bool driven = !result.client_command.empty();
  if (driven) text += " --client " + shell_word(result.client_command);
  if (result.world != WorldKind::sim && !driven) text += " --world " + std::string(world_name(result.world));
  if (result.world != WorldKind::sim && result.real_time != RunLimits{}.real_time) {
    text += " --max-seconds " + std::to_string(std::chrono::ceil<std::chrono::seconds>(result.real_time).count());
  }
  return text + " --profile " + result.profile + " --seed " + std::to_string(result.seed) + " -v";
}

std::string report_text(const Scenario& scenario, const RunResult& result, double wall_millis,
                        const ReportStyle& style) {
  const Paint paint(style.colours);
  std::string text;
  switch (result.verdict) {
    case RunResult::Verdict::passed:
      text = paint.bold(scenario.name);
      break;
    case RunResult::Verdict::failed:
      text = paint.red("FAILED") + "  " + paint.bold(scenario.name);
      break;
    case RunResult::Verdict::inconclusive:
      text = paint.yellow("INCONCLUSIVE") + "  " + paint.bold(scenario.name);
      break;
    case RunResult::Verdict::refused:
      text = paint.yellow("REFUSED") + "  " + paint.bold(scenario.name);
      break;
  }
  text += "   " + heading(result) + "\n";
  if (result.verdict == RunResult::Verdict::refused) return text + "  " + harmless_lines(result.reason) + "\n\n";
  text += harmless_lines(scenario.why) + "\n\n" + sends_table(scenario, result, style);
  text += "  " + totals_line(result) + "\n" + transactions_line(result.record);
  text += rule_lines(result.record, style.verbose);
  for (const std::string& note : result.record.notes) text += "  note: " + harmless_lines(note) + "\n";
  if (const std::string unjudged = not_judged_line(result); !unjudged.empty()) {
    text += "  " + harmless(unjudged) + "\n";
  }
  for (const Failure& failure : result.record.failures) {
    text += "  " + paint.red(harmless(failure.check)) + ": " + harmless_lines(failure.message);
    if (failure.where.line > 0) {
      text += "  (" + harmless(scenario.file) + ":" + std::to_string(failure.where.line) + ")";
    }
    text += "\n";
    for (const std::string& line : failure.evidence) text += "     " + harmless_lines(line) + "\n";
  }
  if (result.verdict == RunResult::Verdict::inconclusive) {
    text += "  " + paint.yellow("given up: ") + harmless_lines(result.reason) + "\n";
    return text + rerun_line(scenario, result) + "\n";
  }
  if (result.verdict == RunResult::Verdict::failed) {
    return text + rerun_line(scenario, result) + "\n";
  }
  const std::string time = format_millis(result.virtual_time) + " ms";
  text += "  " + paint.green(plural(result.invariants_checked, "invariant holds", "invariants hold") + ", " +
                             plural(result.expectations_checked, "expectation met", "expectations met"));
  text += result.world == WorldKind::sim
              ? " · " + time + " virtual in " + format_wall(wall_millis) + " · trace " + hex(result.trace_hash)
              : " · " + time;
  return text + "\n\n";
}

namespace {

/// Of so many runs, without their text.
ReportEntry entry_of(const Scenario& scenario, const RunResult& result, double wall_millis, std::size_t runs,
                     const ReportStyle& style) {
  ReportEntry entry;
  entry.runs = runs;
  switch (result.verdict) {
    case RunResult::Verdict::passed:
      entry.kind = ReportEntry::Kind::passed;
      break;
    case RunResult::Verdict::failed:
      entry.kind = ReportEntry::Kind::failed;
      break;
    case RunResult::Verdict::inconclusive:
      entry.kind = ReportEntry::Kind::inconclusive;
      break;
    case RunResult::Verdict::refused:
      entry.kind = ReportEntry::Kind::refused;
      break;
  }
  entry.name = scenario.name + "   " + result.profile + " · " + std::string(world_name(result.world));
  entry.rerun = rerun_command(scenario, result);
  entry.seed = result.seed;
  if (result.verdict != RunResult::Verdict::passed) entry.brief = brief(scenario, result);
  entry.json = run_json(scenario, result, wall_millis, runs);
  if (style.junit) entry.junit = run_suite(scenario, result, wall_millis, entry, style);
  entry.wall_millis = wall_millis;
  return entry;
}

}  // namespace

ReportEntry report_run(const Scenario& scenario, const RunResult& result, double wall_millis,
                       const ReportStyle& style) {
  ReportEntry entry = entry_of(scenario, result, wall_millis, 1, style);
  entry.text = report_text(scenario, result, wall_millis, style);
  return entry;
}

ReportEntry report_not_begun(const Scenario& scenario, const RunResult& first, const std::string& why, std::size_t runs,
                             const ReportStyle& style) {
  RunResult result = first;
  result.verdict = RunResult::Verdict::inconclusive;
  result.reason = "not begun: " + why;
  ReportEntry entry = entry_of(scenario, result, 0, runs, style);
  entry.brief.clear();  // one line says how many there are
  return entry;
}

ReportEntry report_error(const Scenario& scenario, const RunResult& result, const std::string& what, double wall_millis,
                         const ReportStyle& style) {
  const Paint paint(style.colours);
  const std::string rerun = rerun_command(scenario, result);
  ReportEntry entry;
  entry.kind = ReportEntry::Kind::error;
  entry.name = scenario.name + "   " + result.profile + " · " + std::string(world_name(result.world));
  entry.brief = harmless(what);
  entry.rerun = rerun;
  entry.seed = result.seed;
  entry.text = paint.red("ERROR") + "  " + paint.bold(scenario.name) + "   " + heading(result) + "\n  " +
               harmless_lines(what) + "\n  rerun: " + rerun + "\n\n";
  entry.json = dumped({{"scenario", scenario.name},
                       {"file", scenario.file},
                       {"profile", result.profile},
                       {"world", world_name(result.world)},
                       {"seed", result.seed},
                       {"verdict", "error"},
                       {"reason", what},
                       {"wallMs", wall_millis},
                       {"rerun", rerun}});
  TestCase test = test_case_of(scenario, result, wall_millis);
  test.kind = entry.kind;
  test.message = what;
  test.text = what + "\nrerun: " + rerun;
  entry.junit = junit_suite(test, style);
  entry.wall_millis = wall_millis;
  return entry;
}

namespace {

/// Of a file that tells none.
std::string bare_name(const std::string& file) {
  const std::size_t slash = file.rfind('/') == std::string::npos ? 0 : file.rfind('/') + 1;
  return file.substr(slash, file.ends_with(".json") ? file.size() - slash - 5 : std::string::npos);
}

}  // namespace

ReportEntry report_not_read(const std::string& file, std::size_t files, const std::string& why,
                            const ReportStyle& style) {
  ReportEntry entry;
  entry.kind = ReportEntry::Kind::inconclusive;
  entry.runs = files;
  entry.name = harmless(file) + and_more(files);
  entry.brief = "not read: " + why;
  nlohmann::ordered_json json = {{"scenario", bare_name(file)}, {"file", file}};
  if (files > 1) json["runs"] = files;
  json["verdict"] = verdict_name(RunResult::Verdict::inconclusive);
  json["reason"] = entry.brief;
  entry.json = dumped(json);
  entry.junit = junit_suite({.suite = bare_name(file),
                             .file = file,
                             .name = "is read" + and_more(files),
                             .kind = entry.kind,
                             .message = entry.brief},
                            style);
  return entry;
}

ReportEntry report_invalid(const std::string& file, const ParseResult& errors, const ReportStyle& style) {
  using nlohmann::ordered_json;
  ReportEntry entry;
  entry.kind = ReportEntry::Kind::invalid;
  const std::string text = errors.to_string();
  entry.name = harmless(file);
  entry.brief = text.substr(0, text.find('\n'));
  const std::size_t more = errors.errors.size() + errors.omitted - 1;
  if (more > 0) entry.brief += " (and " + std::to_string(more) + " more)";
  const std::string name = bare_name(file);
  ordered_json json = {{"scenario", name},
                       {"file", file},
                       {"verdict", "invalid"},
                       {"reason", entry.brief},
                       {"errors", ordered_json::array()}};
  for (const ScenarioError& error : errors.errors) {
    ordered_json one = {{"pointer", error.pointer}, {"message", error.message}};
    if (error.line > 0) one.update({{"line", error.line}, {"column", error.column}});
    json["errors"].push_back(std::move(one));
  }
  entry.json = dumped(json);
  entry.junit = junit_suite({.suite = name,
                             .file = file,
                             .name = "is a valid scenario",
                             .kind = entry.kind,
                             .message = entry.brief,
                             .text = text},
                            style);
  return entry;
}

ReportEntry report_case(const std::string& classname, const std::string& name, double wall_millis,
                        const std::string& failure, const std::string& text, const ReportStyle& style) {
  ReportEntry entry;
  entry.kind = failure.empty() ? ReportEntry::Kind::passed : ReportEntry::Kind::failed;
  entry.junit = junit_suite({.suite = classname,
                             .name = name,
                             .wall_millis = wall_millis,
                             .kind = entry.kind,
                             .message = failure,
                             .text = text},
                            style);
  entry.wall_millis = wall_millis;
  return entry;
}

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
