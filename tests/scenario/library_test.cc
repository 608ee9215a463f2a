// The library as a regression suite: every scenario passes in every profile it names, leaves the same trace each time,
// and a long outage costs next to no real time.
#include <gtest/gtest.h>

#include <cctype>
#include <filesystem>
#include <map>
#include <set>
#include <sstream>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/compare.h"
#include "scenarios/harness/report/report.h"
#include "tests/support/preset.h"

namespace rmqsim {
namespace library_test {

const std::string kLibrary = RMQSIM_SOURCE_DIR "/scenarios";

std::vector<std::string> files() { return find_scenarios({kLibrary}).files; }

class Library : public testing::TestWithParam<std::string> {};

std::string name_of(const testing::TestParamInfo<std::string>& info) {
  std::string name = std::filesystem::path(info.param).stem();
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

TEST_P(Library, HoldsInEveryProfileItNames) {
  const ParseResult parsed = load_scenario(GetParam());
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  for (const std::string& profile : parsed.scenario->profiles) {
    const RunResult result = run_scenario(*parsed.scenario, *find_profile(profile), {});
    EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << report_text(*parsed.scenario, result, 0, {});
    EXPECT_GT(result.expectations_checked, 0u) << "a scenario that states nothing proves nothing";
  }
}

// A sanitizer is after memory; two traces show it what ten do.
const int kTraces = kSanitized ? 2 : 10;

TEST_P(Library, LeavesTheSameTraceTenTimes) {
  const ParseResult parsed = load_scenario(GetParam());
  ASSERT_TRUE(parsed.ok());
  const Profile& profile = *find_profile(parsed.scenario->profiles.front());
  std::set<std::uint64_t> hashes;
  for (int i = 0; i < kTraces; ++i) hashes.insert(run_scenario(*parsed.scenario, profile, {}).trace_hash);
  EXPECT_EQ(hashes.size(), 1u) << "rerun: rmqsim run " << GetParam() << " --repeat 10";
}

INSTANTIATE_TEST_SUITE_P(Every, Library, testing::ValuesIn(files()), name_of);

// The profile `hardened` is worth choosing only if it costs nothing.
TEST(LibrarySet, HardenedKeepsEveryMessageAndAcknowledgementThatAJavaProfileKeeps) {
  // 4.9.8 has no limit on bytes under way, so it also sends what the scenario's limit refuses.
  // Java takes an answer for a success that comes after the timeout and before the next scan of what waits: to keep
  // to the timeout is what hardened is for.
  const std::set<std::pair<std::string, std::string>> settings_ignored = {
      {"back-pressure-by-size", "java-4.9.8"},
      {"async-answer-between-its-end-and-the-scan", "java-5.3.3"},
      {"async-answer-between-its-end-and-the-scan", "java-4.9.8"}};
  std::size_t compared_pairs = 0;
  for (const std::string& file : files()) {
    const ParseResult parsed = load_scenario(file);
    ASSERT_TRUE(parsed.ok());
    const ComparedScenario compared = compare_profiles(*parsed.scenario, std::nullopt);
    const auto hardened = std::find_if(compared.profiles.begin(), compared.profiles.end(),
                                       [](const ProfileFigures& f) { return f.profile == "hardened"; });
    if (hardened == compared.profiles.end()) continue;
    for (const ProfileFigures& java : compared.profiles) {
      if (&java == &*hardened || settings_ignored.count({parsed.scenario->name, java.profile}) != 0) continue;
      EXPECT_LE(hardened->messages.lost, java.messages.lost) << file << " against " << java.profile;
      EXPECT_LE(hardened->messages.acknowledgements_lost, java.messages.acknowledgements_lost)
          << file << " against " << java.profile;
      ++compared_pairs;
    }
  }
  EXPECT_GT(compared_pairs, 200u);
}

TEST(LibrarySet, NamesAreUnique) {
  std::set<std::string> names;
  for (const std::string& file : files()) {
    EXPECT_TRUE(names.insert(std::filesystem::path(file).stem()).second) << file;
  }
  EXPECT_GE(names.size(), 63u);
}

// A run ends with its last send, in the background or not; and who is refused would not have made it.
TEST(RealTime, WhatOutlastsTheLimitIsRefusedBeforeItStarts) {
  const ParseResult stream = load_scenario(kLibrary + "/routing/nameserver-restarts-with-empty-routes.json");
  ASSERT_TRUE(stream.ok()) << stream.to_string();
  RunLimits limits;
  const auto why = ScenarioWorld::cannot_run(WorldKind::tcp, *stream.scenario, limits);
  EXPECT_TRUE(why && why->reason.starts_with("it takes at least 94 s of real time and the limit is 60 s")) << (why ? why->reason : "");
  limits.real_time = std::chrono::seconds(94);
  EXPECT_FALSE(ScenarioWorld::cannot_run(WorldKind::tcp, *stream.scenario, limits));

  for (const std::string& file : files()) {
    const ParseResult parsed = load_scenario(file);
    const RunResult result = run_scenario(*parsed.scenario, *find_profile(parsed.scenario->profiles.front()), {});
    limits.real_time = result.virtual_time;
    const auto refused = ScenarioWorld::cannot_run(WorldKind::tcp, *parsed.scenario, limits);
    EXPECT_FALSE(refused && refused->reason.starts_with("it takes at least")) << file << ": " << refused->reason;
  }
}

ParseResult free_index() {
  return parse_scenario(R"({
    "version": 1, "name": "free-index", "why": "No queueIndex: the start comes from the seed.",
    "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "T", "queues": 4}]},
    "producers": [{"name": "p", "group": "g"}],
    "steps": [{"send": {"producer": "p", "topic": "T", "count": 3, "body": {"text": "x"}}}],
    "expect": [{"sends": "all", "outcome": "SEND_OK"}]
  })", "-");
}

TEST(Determinism, AnotherSeedGivesAnotherTrace) {
  const ParseResult parsed = free_index();
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    RunOptions options;
    options.seed = seed;
    hashes.insert(run_scenario(*parsed.scenario, default_profile(), options).trace_hash);
  }
  EXPECT_GT(hashes.size(), 4u);
}

TEST(Determinism, AHashOfValuesTellsApartWhatLinesTellApart) {
  const ParseResult parsed = free_index();
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  std::map<std::string, std::uint64_t> hash_of;
  std::set<std::uint64_t> hashes;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    std::ostringstream trace;
    RunOptions options;
    options.seed = seed;
    const std::uint64_t hash = run_scenario(*parsed.scenario, default_profile(), options).trace_hash;
    options.trace = &trace;
    EXPECT_EQ(run_scenario(*parsed.scenario, default_profile(), options).trace_hash, hash) << "with a trace";
    const std::string lines = trace.str().substr(trace.str().find('\n') + 1);  // the first names the seed
    EXPECT_FALSE(lines.empty());
    EXPECT_EQ(hash_of.emplace(lines, hash).first->second, hash);
    hashes.insert(hash);
  }
  EXPECT_EQ(hashes.size(), hash_of.size());
}

}  // namespace library_test
}  // namespace rmqsim
