// One run, or a file that could not become one, as each report has it: text, data, a test suite.
#include <map>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/report/formats/junit.h"
#include "scenarios/harness/report/paint.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/harness/report/report.h"
#include "scenarios/harness/report/rerun.h"
#include "scenarios/harness/report/run_lines.h"
#include "scenarios/harness/report/sends_table.h"

namespace rmqsim {
namespace {

std::string laid_out(const nlohmann::ordered_json& json) { return json_text(json, 1); }

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
  if (result.lateness > Duration::zero()) json["latenessMs"] = result.lateness / millis(1);
  if (result.world == WorldKind::sim && result.verdict != RunResult::Verdict::refused) {
    json["traceHash"] = trace_hash_text(result.trace_hash);
  }
  json["rerun"] = rerun_command(scenario, result);
  return laid_out(json);
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
  entry.text = paint.red("ERROR") + "  " + paint.bold(scenario.name) + "   " + run_heading(result) + "\n  " +
               harmless_lines(what) + "\n  rerun: " + rerun + "\n\n";
  entry.json = laid_out({{"scenario", scenario.name},
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
  entry.json = laid_out(json);
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
  entry.json = laid_out(json);
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

}  // namespace rmqsim
