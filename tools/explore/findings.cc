#include "tools/explore/findings.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
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

/// Another shard may have the same finding in the same folder; the smaller one stays.
bool smaller_there(const std::string& path, std::size_t bytes) {
  std::error_code error;
  const std::uintmax_t size = fs::file_size(path, error);
  return !error && size <= bytes;
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

void describe(const Scenario& scenario, FindingRow& row) {
  row.steps = scenario.steps.size();
  row.faults = scenario.faults.size();
  row.brokers = scenario.cluster.brokers.size();
}

}  // namespace

FindingBench::Shrinking FindingBench::shrinking(const Signature&) const { return {{}, kShrinkTime}; }
std::string FindingBench::distrust(const std::string&, const Signature&) const { return ""; }

/// Reads what was written, and runs that; for the first time over sockets as well.
std::vector<std::string> FindingBench::check(const std::string& path, const std::string& text,
                                             const Signature& signature, bool first) const {
  const ParseResult read = parse_scenario(text, path);
  if (!read.ok()) return {"it cannot be read: " + read.to_string()};
  const Profile& profile = *find_profile(signature.profile);
  std::vector<std::string> checks{run_trial(*read.scenario, profile).broke(signature)
                                      ? "read again, it breaks the same in sim"
                                      : "read again, it does not break the same in sim"};
  if (!first) return checks;
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
  row.file = save_drawn(options_.folder, signature.invariant + "-" + tag(signature), found.scenario, signature.profile);
  row.bytes = fs::file_size(options_.folder + "/" + row.file);
  rows_ << row_text(row) << std::flush;
  const bool whole = signature.invariant == "deterministic" || signature.invariant == "crash" ||
                     signature.invariant == kDriverSignature;  // what ends a campaign is left as it is
  if (options_.shrink && !whole && ++of_invariant_[signature.invariant] <= kShrunkOfInvariant) {
    shrink_it(found, std::move(row), when);
  }
}

void Findings::shrink_it(const Found& found, FindingRow row, const When& when) {
  rows_ << "shrinking " << row.file << "\n" << std::flush;
  options_.alarm(kShrinkAlarm);
  auto [options, patience] = bench().shrinking(row.signature);
  const auto end = Clock::now() + patience;
  options.stop = [end] { return Clock::now() >= end || stop_signals::run_stop().reason() != nullptr; };
  const Shrunk shrunk = shrink(found.scenario, row.signature, options);
  if (shrunk.violation.signature != row.signature) {
    row.checks = {"it did not break again, so this is how it was drawn"};
    rows_ << row_text(row) << std::flush;
    return;
  }
  Scenario finding = as_finding(shrunk);
  finding.name += "-" + tag(row.signature);
  const std::string text = scenario_text(finding);
  if (const std::string reason = bench().distrust(text, row.signature); !reason.empty()) {
    row.checks = {reason};
    rows_ << row_text(row) << std::flush;
    return;
  }
  describe(shrunk.violation.failure, row);
  row.file = finding.name + ".json";
  row.bytes = text.size();
  row.shrunk = true;
  row.certified = shrunk.certified;
  row.shrink_runs = shrunk.runs;
  row.cause = shrunk.cause.lines;
  describe(finding, row);
  const std::string path = options_.folder + "/" + row.file;
  if (!smaller_there(path, text.size())) write_file(options_.folder, row.file, text);
  rows_ << row_text(row) << std::flush;
  row.checks = bench().check(path, text, row.signature, of_invariant_[row.signature.invariant] == 1);
  rows_ << row_text(row) << std::flush;
  for (const auto& [signature, scenario] : shrunk.others) {
    const TrialResult broken = run_trial(scenario, *find_profile(signature.profile));
    for (const Violation& violation : broken.violations) {
      if (violation.signature == signature) take(Found{violation, scenario}, when);
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
