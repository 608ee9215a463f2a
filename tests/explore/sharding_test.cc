// Which shard a process is, as each engine says it; half of what says it is never the whole campaign.
#include "scenarios/harness/explore/campaign/sharding.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace rmqsim {
namespace sharding_test {

using testing::HasSubstr;

Sharding read(const Environment& environment) { return read_sharding(std::nullopt, std::nullopt, environment); }

TEST(SharingOut, GivesEachTrialToOneShard) {
  for (const std::uint64_t count : {1u, 3u, 8u}) {
    std::set<std::uint64_t> trials;
    for (std::uint64_t index = 0; index < count; ++index) {
      const Shard shard{index, count};
      for (std::uint64_t i = 0; i < shard.share(100); ++i) EXPECT_TRUE(trials.insert(shard.trial(i)).second);
    }
    EXPECT_EQ(trials.size(), 100u);
    EXPECT_EQ(*trials.rbegin(), 99u);
  }
  EXPECT_EQ((Shard{5, 8}).share(3), 0u);
}

TEST(Sharding, IsNoneWhereNobodySaysAny) {
  const Sharding sharding = read({{"PATH", "/bin"}, {"SLURM_JOB_ID", "7"}});
  EXPECT_EQ(sharding.error, "");
  EXPECT_EQ(sharding.from, "");
  EXPECT_EQ(sharding.shard, (Shard{0, 1}));
}

struct Says {
  const char* engine;
  Environment environment;
  Shard shard;
};

class EngineThat : public testing::TestWithParam<Says> {};
INSTANTIATE_TEST_SUITE_P(
    Every, EngineThat,
    testing::Values(
        Says{"GoogleTest", {{"GTEST_SHARD_INDEX", "2"}, {"GTEST_TOTAL_SHARDS", "4"}}, {2, 4}},
        Says{"Bazel", {{"TEST_SHARD_INDEX", "0"}, {"TEST_TOTAL_SHARDS", "4"}}, {0, 4}},
        Says{"SlurmFromZero",
             {{"SLURM_ARRAY_TASK_ID", "3"}, {"SLURM_ARRAY_TASK_MIN", "0"}, {"SLURM_ARRAY_TASK_COUNT", "8"}},
             {3, 8}},
        Says{"SlurmFromOneInSteps",
             {{"SLURM_ARRAY_TASK_ID", "5"},
              {"SLURM_ARRAY_TASK_MIN", "1"},
              {"SLURM_ARRAY_TASK_STEP", "2"},
              {"SLURM_ARRAY_TASK_COUNT", "3"}},
             {2, 3}},
        Says{"GitLabWhichCountsFromOne", {{"CI_NODE_INDEX", "1"}, {"CI_NODE_TOTAL", "5"}}, {0, 5}},
        Says{"GitLabWithoutParallelJobs", {{"CI_NODE_TOTAL", "1"}}, {0, 1}},
        Says{"CircleCI", {{"CIRCLE_NODE_INDEX", "4"}, {"CIRCLE_NODE_TOTAL", "5"}}, {4, 5}},
        Says{"Buildkite", {{"BUILDKITE_PARALLEL_JOB", "1"}, {"BUILDKITE_PARALLEL_JOB_COUNT", "2"}}, {1, 2}}),
    [](const auto& says) { return std::string(says.param.engine); });

TEST_P(EngineThat, TellsItsShardIsHeard) {
  const Sharding sharding = read(GetParam().environment);
  EXPECT_EQ(sharding.error, "");
  EXPECT_EQ(sharding.shard, GetParam().shard);
}

TEST_P(EngineThat, TellsHalfIsRefused) {
  const Environment& whole = GetParam().environment;
  for (const auto& [left_out, value] : whole) {
    Environment half = whole;
    half.erase(left_out);
    if (half.empty() || left_out == "SLURM_ARRAY_TASK_STEP") continue;
    const Sharding sharding = read(half);
    EXPECT_THAT(sharding.error, HasSubstr(left_out)) << "without it";
  }
}

TEST_P(EngineThat, TellsNonsenseIsRefused) {
  for (const auto& [name, value] : GetParam().environment) {
    for (const char* nonsense : {"", "x", "-1", "1 ", "99999999999999999999"}) {
      Environment wrong = GetParam().environment;
      wrong[name] = nonsense;
      EXPECT_NE(read(wrong).error, "") << name << "=" << nonsense;
    }
  }
}

TEST(Sharding, NamesTheVariableThatIsWrongAndWhatItSays) {
  EXPECT_EQ(read({{"GTEST_SHARD_INDEX", "0"}, {"GTEST_TOTAL_SHARDS", "x"}}).error,
            "GTEST_TOTAL_SHARDS takes a whole number, not x");
  EXPECT_EQ(read({{"GTEST_SHARD_INDEX", ""}, {"GTEST_TOTAL_SHARDS", "3"}}).error,
            "GTEST_SHARD_INDEX takes a whole number, not an empty text");
  EXPECT_EQ(read({{"GTEST_SHARD_INDEX", "0"}, {"GTEST_TOTAL_SHARDS", "0"}}).error,
            "GTEST_TOTAL_SHARDS is 0; there is at least one shard");
}

TEST(Sharding, HasAnIndexedJobsShardWithTheirNumber) {
  const Environment job{{"JOB_COMPLETION_INDEX", "3"}};
  EXPECT_EQ(read_sharding(std::nullopt, 8, job).shard, (Shard{3, 8}));
  EXPECT_THAT(read(job).error, HasSubstr("--shards"));
  EXPECT_THAT(read_sharding(std::nullopt, 8, {}).error, HasSubstr("JOB_COMPLETION_INDEX"));
  EXPECT_THAT(read_sharding(std::nullopt, 3, job).error, HasSubstr("0 to 2"));
}

TEST(Sharding, TakesTheFlagBeforeAnyEngine) {
  const Environment others{{"GTEST_SHARD_INDEX", "2"}, {"JOB_COMPLETION_INDEX", "3"}};
  const Sharding sharding = read_sharding("0/8", std::nullopt, others);
  EXPECT_EQ(sharding.error, "");
  EXPECT_EQ(sharding.shard, (Shard{0, 8}));
  EXPECT_EQ(sharding.from, "--shard");
}

TEST(Sharding, RefusesAFlagThatIsNoShard) {
  for (const char* wrong : {"", "3", "/", "3/", "/8", "8/8", "1/0", "a/b", "-1/8", "1/8/2"}) {
    EXPECT_NE(read_sharding(wrong, std::nullopt, {}).error, "") << wrong;
  }
  EXPECT_THAT(read_sharding("0/8", 8, {}).error, HasSubstr("--shards"));
}

TEST(Sharding, TakesATestRunnersShardBeforeThatOfItsMachine) {
  Environment both{{"CI_NODE_INDEX", "2"}, {"CI_NODE_TOTAL", "2"}};
  both.insert({{"TEST_SHARD_INDEX", "1"}, {"TEST_TOTAL_SHARDS", "3"}, {"TEST_SHARD_STATUS_FILE", "/tmp/status"}});
  const Sharding sharding = read(both);
  EXPECT_EQ(sharding.shard, (Shard{1, 3}));
  EXPECT_EQ(sharding.from, "TEST_SHARD_INDEX");
  EXPECT_EQ(sharding.status_file, "/tmp/status");
}

TEST(Sharding, RefusesAnArrayWithHoles) {
  const Environment array{{"SLURM_ARRAY_TASK_ID", "7"}, {"SLURM_ARRAY_TASK_MIN", "1"}, {"SLURM_ARRAY_TASK_COUNT", "3"}};
  EXPECT_THAT(read(array).error, HasSubstr("say --shard"));
}

}  // namespace sharding_test
}  // namespace rmqsim
