// `rmqsim run` in parts: each run in one of them, told by a flag or by the variables of those who start jobs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "tests/tools/command.h"

namespace rmqsim {
namespace run_sharding_test {

using testing::HasSubstr;
namespace fs = std::filesystem;

const std::string kTimeout = RMQSIM_SOURCE_DIR "/scenarios/timeout";

class RunInShards : public testing::Test {
 protected:
  RunInShards() : folder_(fs::temp_directory_path() / ("rmqsim-shards-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~RunInShards() override { fs::remove_all(folder_); }

  /// With nothing in the environment but what is given.
  static CommandResult run(const std::string& variables, const std::string& arguments) {
    return run_command("env -i " + variables + " " + program("rmqsim") + " run " + arguments);
  }
  /// Which runs a report has.
  static std::vector<std::string> runs(const std::string& variables, const std::string& arguments) {
    const CommandResult r = run(variables, arguments + " --json 2>/dev/null");
    EXPECT_EQ(r.exit_code, 0) << r.output;
    std::vector<std::string> names;
    for (const auto& one : nlohmann::json::parse(r.output)) {
      names.push_back(one["scenario"].get<std::string>() + " " + one["profile"].get<std::string>());
    }
    return names;
  }

  fs::path folder_;
};

TEST_F(RunInShards, EachRunBelongsToOneOfThem) {
  const std::vector<std::string> all = runs("", kTimeout);
  ASSERT_GT(all.size(), 5u);
  std::vector<std::string> together(all.size());
  for (std::size_t shard = 0; shard < 3; ++shard) {
    const std::vector<std::string> own = runs("", kTimeout + " --shard " + std::to_string(shard) + "/3");
    for (std::size_t i = 0; i < own.size(); ++i) together.at(i * 3 + shard) = own[i];
  }
  EXPECT_EQ(together, all);
}

TEST_F(RunInShards, AreToldByTheVariablesThatExploreTakes) {
  const std::vector<std::string> second = runs("", kTimeout + " --shard 1/3");
  EXPECT_EQ(runs("GTEST_SHARD_INDEX=1 GTEST_TOTAL_SHARDS=3", kTimeout), second);
  EXPECT_EQ(runs("SLURM_ARRAY_TASK_ID=1 SLURM_ARRAY_TASK_COUNT=3 SLURM_ARRAY_TASK_MIN=0", kTimeout), second);
  EXPECT_EQ(runs("CI_NODE_INDEX=2 CI_NODE_TOTAL=3", kTimeout), second) << "GitLab counts from 1";
  EXPECT_EQ(runs("JOB_COMPLETION_INDEX=1", kTimeout + " --shards 3"), second);
  EXPECT_EQ(runs("CI_NODE_INDEX=1 CI_NODE_TOTAL=3", kTimeout + " --shard 1/3"), second) << "the flag goes first";
  const std::string status = folder_ / "status";
  EXPECT_EQ(runs("TEST_SHARD_INDEX=1 TEST_TOTAL_SHARDS=3 TEST_SHARD_STATUS_FILE=" + status, kTimeout), second);
  EXPECT_TRUE(fs::exists(status)) << "the runner is told that its wish is known";
}

TEST_F(RunInShards, HalfOfWhatSaysItRunsNothing) {
  for (const char* half : {"GTEST_TOTAL_SHARDS=3", "CI_NODE_INDEX=1", "JOB_COMPLETION_INDEX=0"}) {
    for (const char* how : {"", " --compare-profiles"}) {
      const CommandResult r = run(half, kTimeout + how);
      EXPECT_EQ(r.exit_code, 64) << half << how << "\n" << r.output;
      EXPECT_THAT(r.output, HasSubstr("half of what says which shard this is"));
      EXPECT_EQ(r.output.find("passed"), std::string::npos) << r.output;
    }
  }
  EXPECT_EQ(run("", kTimeout + " --shard 3/3").exit_code, 64);
  EXPECT_EQ(run("", kTimeout + " --shard 0").exit_code, 64);
}

TEST_F(RunInShards, OneWithoutRunsPassesAndSaysSo) {
  const std::string one = RMQSIM_SOURCE_DIR "/scenarios/basics/quickstart.json --profile java-5.3.3";
  const std::string junit = folder_ / "junit.xml", ledger = folder_ / "ledger.json";
  const CommandResult r = run("", one + " --shard 1/2 --junit " + junit + " --ledger " + ledger);
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_THAT(r.output, HasSubstr("shard 1/2, as --shard says: 0 of 1 run"));
  std::ifstream file(junit);
  const std::string report(std::istreambuf_iterator<char>(file), {});
  EXPECT_THAT(report, HasSubstr("tests=\"0\""));
  EXPECT_EQ(nlohmann::json::parse(std::ifstream(ledger)).size(), 0u);
  EXPECT_THAT(run("", one + " --shard 0/2").output, HasSubstr("1 of 1 run"));
}

TEST_F(RunInShards, AFileThatIsNoScenarioIsWrongInOneOfThem) {
  std::ofstream(folder_ / "a.json") << "{";
  for (const char* name : {"b", "c"}) {
    std::ofstream(folder_ / (std::string(name) + ".json")) << R"({"version": 1, "name": ")" << name << R"(", "why": "x",
      "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
      "steps": [{"send": {"topic": "T"}}], "expect": [{"sends": "all", "outcome": "SEND_OK"}]})";
  }
  EXPECT_EQ(run("", folder_.string() + " --shard 0/3").exit_code, 64);
  EXPECT_EQ(run("", folder_.string() + " --shard 1/3").exit_code, 0);
  EXPECT_EQ(run("", folder_.string() + " --shard 2/3").exit_code, 0);
}

TEST_F(RunInShards, ProfilesAreComparedOverTheFilesOfOne) {
  const auto compared = [&](const std::string& shard) {
    const CommandResult r = run("", kTimeout + " --compare-profiles " + shard);
    EXPECT_EQ(r.exit_code, 0) << r.output;
    const std::size_t at = r.output.find(" scenarios in every profile");
    if (at == std::string::npos) return -1;
    return std::stoi(r.output.substr(r.output.rfind('\n', at) + 1));
  };
  const int all = compared("");
  EXPECT_EQ(compared("--shard 0/2") + compared("--shard 1/2"), all);
  EXPECT_LT(compared("--shard 0/2"), all);
}

}  // namespace run_sharding_test
}  // namespace rmqsim
