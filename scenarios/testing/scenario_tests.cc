// What GoogleTest is told: the table of a test that failed, and scenario files as tests.
#include <algorithm>
#include <cctype>
#include <iostream>
#include <map>

#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/rerun.h"
#include "scenarios/testing/account.h"
#include "scenarios/testing/play.h"
#include "scenarios/testing/rmqsim/testing.h"

namespace rmqsim::test {
namespace {

std::string valid_name(const std::string& path, const std::string& folder) {
  std::string name = path.starts_with(folder) ? path.substr(folder.size()) : path;
  if (name.ends_with(".json")) name.resize(name.size() - 5);
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  name.erase(0, name.find_first_not_of('_'));
  return name.empty() ? "scenario" : name;
}

void fail_at(const std::string& file, std::uint32_t line, const std::string& text) {
  ADD_FAILURE_AT(file.c_str(), static_cast<int>(line)) << text;
}

void skip_test(const std::string& reason) {
  GTEST_MESSAGE_(reason.c_str(), ::testing::TestPartResult::kSkip);
}

/// What a failure says besides itself: of the first send concerned why, and how to see it again.
std::string circumstances(const ScenarioRun& run, const Contradiction& one) {
  if (!one.send || *one.send >= run.sends().size()) return "";
  return "\nwhy #" + std::to_string(*one.send) + " took that course:\n" + run.sends()[*one.send].explain();
}

std::string rerun_line(const std::string& path, const ScenarioRun& run) {
  return "rerun: rmqsim run " + shell_word(path) + " --profile " + run.profile() + " -v";
}

void tell_contradictions(const std::string& path, const ScenarioRun& run) {
  for (const Contradiction& one : run.contradictions()) {
    std::ostringstream text;
    text << run.profile() << ": " << one << circumstances(run, one) << "\n" << rerun_line(path, run);
    fail_at(path, std::max(one.line, 1u), text.str());
  }
}

}  // namespace

void ClusterTest::TearDown() { cluster.end_tasks(); }

ClusterTest::~ClusterTest() {
  try {
    cluster.end_tasks();  // of a test whose own TearDown() did not
    if (!HasFailure()) return;
    const std::string table = cluster.record().table();
    std::cout << (table.empty() ? "No producer of this cluster has sent anything.\n" : "What happened:\n" + table)
              << std::flush;
  } catch (const std::exception& e) {
    std::cout << "What happened cannot be told: " << e.what() << "\n" << std::flush;
  }
}

void PrintTo(const ScenarioFile& file, std::ostream* out) { *out << file.path; }

std::vector<ScenarioFile> scenario_files(const std::string& folder) {
  std::vector<ScenarioFile> tests;
  std::map<std::string, int> taken;
  ScenarioFiles found = find_scenarios({folder});
  if (found.files.empty()) found.files.push_back(folder);  // whose test says what is wrong with it
  for (const std::string& path : found.files) {
    std::string name = valid_name(path, folder);
    if (const int others = taken[name]++; others > 0) name += "__" + std::to_string(others + 1);
    tests.push_back({path, std::move(name)});
  }
  return tests;
}

void ScenarioFileTest::play(TestWorld world) {
  const std::string& path = GetParam().path;
  const ScenarioFiles found = find_scenarios({path});
  if (found.files.size() != 1 || found.files.front() != path) {
    return fail_at(path, 1, found.errors.empty() ? "no scenario here" : found.errors.front().to_string());
  }
  const ParseResult parsed = load_scenario(path);
  for (const ScenarioError& error : parsed.errors) fail_at(path, std::max(error.line, 1u), error.to_string());
  if (!parsed.ok()) return;
  std::string refused;
  std::size_t played = 0;
  for (const std::string& profile : parsed.scenario->profiles) {
    const ScenarioRun run = test::play(*parsed.scenario, {.world = world, .profile = profile});
    tell_contradictions(path, run);
    if (run.verdict() == "refused") refused = run.reason();
    if (run.verdict() == "inconclusive") {
      fail_at(path, 1, profile + ": " + run.reason() + "\n" + rerun_line(path, run));
    }
    if (run.verdict() != "refused") ++played;
  }
  if (played == 0) skip_test(refused);
}

}  // namespace rmqsim::test
