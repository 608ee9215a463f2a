#include "tools/explore/findings.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <utility>

#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/write/scenario_text.h"
#include "tools/io/output_file.h"
#include "tools/io/stop_signals.h"

namespace rmqsim {
namespace {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// Of one invariant. What is broken altogether breaks in many ways, and each costs as much time as thousands of trials.
constexpr std::size_t kShrunkOfInvariant = 6;
constexpr std::chrono::seconds kShrinkTime{20};
/// A shrink is not ended by its worker's alarm before.
constexpr unsigned kShrinkAlarm = 600;
/// Real time that a finding may take over sockets.
constexpr std::chrono::seconds kOverTcp{10};

constexpr std::size_t kEvidence = 6;

/// Tells findings apart whose names would be the same.
std::string tag(const Signature& signature) { return hash_text(signature.text()).substr(0, 6); }

void write_file(const std::string& folder, const std::string& file, const std::string& text) {
  OutputFile out;
  const std::string path = folder + "/" + file;
  if (!out.open(path) || !out.commit(text)) throw std::runtime_error(out.problem());
}

/// Of a file that is not larger; else, and of what is none, nothing.
std::string content_up_to(const std::string& path, std::size_t bytes) {
  std::error_code error;
  const std::uintmax_t size = fs::is_regular_file(path, error) ? fs::file_size(path, error) : 0;
  if (error || size == 0 || size > bytes) return "";
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

/// What ends a campaign is left as it is.
bool stays_as_drawn(const Signature& signature) {
  return signature.invariant == "deterministic" || signature.invariant == "crash" ||
         signature.invariant == kDriverSignature;
}

/// What happened in one line, and a few that show it.
void describe(const Failure& failure, FindingRow& row) {
  std::istringstream lines(failure.message);
  std::getline(lines, row.message);
  row.evidence.clear();
  for (std::string line; row.evidence.size() < kEvidence && std::getline(lines, line);) row.evidence.push_back(line);
  for (const std::string& line : failure.evidence) {
    if (row.evidence.size() < kEvidence) row.evidence.push_back(line);
  }
}

}  // namespace

void describe(const Scenario& scenario, FindingRow& row) {
  row.steps = scenario.steps.size();
  row.faults = scenario.faults.size();
  row.brokers = scenario.cluster.brokers.size();
}

std::string drawn_file(const Signature& signature) {
  return "unshrunk/" + signature.invariant + "-" + tag(signature) + ".json";
}

std::vector<FindingRow> left_to_shrink(const std::map<Signature, FindingRow>& findings) {
  std::map<std::string, std::size_t> ended;
  const auto left = [](const FindingRow& row) { return !row.shrunk && (row.checks.empty() || row.interrupted); };
  for (const auto& [signature, row] : findings) ended[signature.invariant] += left(row) ? 0 : 1;
  std::vector<FindingRow> rows;
  for (const auto& [signature, row] : findings) {
    if (stays_as_drawn(signature) || !left(row) || ++ended[signature.invariant] > kShrunkOfInvariant) continue;
    rows.push_back(row);
  }
  return rows;
}

FindingBench::Shrinking FindingBench::shrinking(const Signature&) const { return {{}, kShrinkTime}; }

std::string FindingBench::distrust(const std::string& text, const Signature& signature) const {
  const ParseResult read = parse_scenario(text, "");
  if (!read.ok()) return "what was made of it cannot be read: " + read.to_string();
  if (run_trial(*read.scenario, *find_profile(signature.profile)).broke(signature)) return "";
  return "made smaller and read again it did not break, so this is how it was drawn";
}

/// Reads what was written, and runs that; for the first time over sockets as well.
std::vector<std::string> FindingBench::check(const std::string& path, const Signature& signature, bool first) const {
  const ParseResult read = load_scenario(path);
  if (!read.ok()) return {"it cannot be read: " + read.to_string()};
  const Profile& profile = *find_profile(signature.profile);
  std::vector<std::string> checks{run_trial(*read.scenario, profile).broke(signature)
                                      ? "read again, it breaks the same in sim"
                                      : "read again, it does not break the same in sim"};
  if (!first) return checks;
  if (signature.invariant == "inconclusive") {
    checks.push_back("not over TCP: whether it ever ends only virtual time can tell");
    return checks;
  }
  RunOptions tcp;
  tcp.world = WorldKind::tcp;
  tcp.limits.real_time = kOverTcp;
  tcp.check_expectations = false;
  tcp.stop = &stop_signals::run_stop();
  if (const auto cannot = ScenarioWorld::cannot_run(tcp.world, *read.scenario, tcp.limits)) {
    checks.push_back("not over TCP: " + cannot->reason);
    return checks;
  }
  const RunResult result = run_scenario(*read.scenario, profile, tcp);
  const auto same = [&](const Failure& failure) { return failure.invariant == signature.invariant; };
  const bool breaks = std::any_of(result.record.failures.begin(), result.record.failures.end(), same);
  checks.push_back(breaks                                                       ? "over TCP it breaks as well"
                   : result.verdict == RunResult::Verdict::inconclusive         ? "over TCP: " + result.reason
                                                                                : "over TCP it does not break");
  return checks;
}

std::string save_drawn(const std::string& folder, std::string name, Scenario scenario, const std::string& profile) {
  const std::string file = "unshrunk/" + name + ".json";
  scenario.name = std::move(name);
  scenario.profiles = {profile};
  if (scenario.why.empty()) scenario.why = "Drawn by rmqsim explore.";
  fs::create_directories(folder + "/unshrunk");
  write_file(folder, file, scenario_text(scenario));
  return file;
}

const FindingBench& Findings::bench() const {
  static const FindingBench own;
  return options_.bench == nullptr ? own : *options_.bench;
}

Findings::Findings(FindingOptions options, std::set<Signature> known, std::ostream& rows)
    : options_(std::move(options)), known_(std::move(known)), rows_(rows) {
  for (const Signature& signature : known_) ++of_invariant_[signature.invariant];
}

void Findings::take(const Found& found, const When& when) {
  const Signature& signature = found.violation.signature;
  if (!known_.insert(signature).second) return;
  ++count_;
  FindingRow row;
  row.signature = signature;
  row.lineage = when.lineage;
  describe(found.violation.failure, row);
  row.after_runs = when.runs;
  row.after_seconds = when.seconds;
  describe(found.scenario, row);
  const std::string name = fs::path(drawn_file(signature)).stem();
  row.file = save_drawn(options_.folder, name, found.scenario, signature.profile);
  row.bytes = fs::file_size(options_.folder + "/" + row.file);
  rows_ << row_text(row) << std::flush;
  if (options_.shrink && !stays_as_drawn(signature) && ++of_invariant_[signature.invariant] <= kShrunkOfInvariant) {
    shrink_it(found.scenario, std::move(row));
  }
}

void Findings::make_small(FindingRow row) {
  const ParseResult drawn = load_scenario(options_.folder + "/" + row.file, {.judge_idle = false});
  if (!drawn.ok()) return end_as_drawn(std::move(row), "it cannot be read any more: " + drawn.to_string());
  shrink_it(*drawn.scenario, std::move(row));
}

/// It stays as it was drawn. After a signal nothing else was to be expected, and there may be more to come.
void Findings::end_as_drawn(FindingRow row, std::string why) {
  row.interrupted = stop_signals::run_stop().reason() != nullptr;
  row.checks = {row.interrupted ? "the shrink was interrupted, so this is how it was drawn; --resume makes it small"
                                : std::move(why)};
  rows_ << row_text(row) << std::flush;
}

void Findings::shrink_it(const Scenario& drawn, FindingRow row) {
  rows_ << "shrinking " << row.file << "\n" << std::flush;
  options_.alarm(kShrinkAlarm);
  auto [options, patience] = bench().shrinking(row.signature);
  const auto end = Clock::now() + patience;
  options.stop = [end] { return Clock::now() >= end || stop_signals::run_stop().reason() != nullptr; };
  const Shrunk shrunk = shrink(drawn, row.signature, options);
  if (shrunk.violation.signature != row.signature) {
    return end_as_drawn(std::move(row), "it did not break again, so this is how it was drawn");
  }
  Scenario finding = as_finding(shrunk);
  finding.name += "-" + tag(row.signature);
  const std::string text = scenario_text(finding);
  if (std::string why = bench().distrust(text, row.signature); !why.empty()) {
    return end_as_drawn(std::move(row), std::move(why));
  }
  describe(shrunk.violation.failure, row);
  row.file = finding.name + ".json";
  row.shrunk = true;
  row.interrupted = false;
  row.certified = shrunk.certified;
  row.shrink_runs = shrunk.runs;
  row.cause = shrunk.cause.lines;
  describe(finding, row);
  const std::string path = options_.folder + "/" + row.file;
  // Another shard may have the same finding in the same folder: the smaller one stays, if it is one.
  const std::string there = content_up_to(path, text.size());
  const bool stays = !there.empty() && bench().distrust(there, row.signature).empty();
  if (!stays) write_file(options_.folder, row.file, text);
  row.bytes = (stays ? there : text).size();
  row.checks.clear();
  rows_ << row_text(row) << std::flush;
  row.checks = bench().check(path, row.signature, of_invariant_[row.signature.invariant] == 1);
  rows_ << row_text(row) << std::flush;
  for (const auto& [signature, scenario] : shrunk.others) {
    const TrialResult broken = run_trial(scenario, *find_profile(signature.profile));
    for (const Violation& violation : broken.violations) {
      if (violation.signature != signature) continue;
      take(Found{violation, scenario}, {row.lineage, row.after_runs, row.after_seconds});
    }
  }
}

void Findings::take(const Deviation& deviation, const Lineage& lineage) {
  ++count_;
  const std::string name = "deterministic-" + hash_text(lineage.text() + deviation.profile).substr(0, 6);
  const std::string file = save_drawn(options_.folder, name, deviation.scenario, deviation.profile);
  rows_ << row_text(DeviationRow{lineage, deviation.profile, deviation.difference, file}) << std::flush;
}

}  // namespace rmqsim
