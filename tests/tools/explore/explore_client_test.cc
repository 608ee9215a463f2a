// `rmqsim explore --client` in real time: what a client does otherwise is found, made small, and fails again; our own
// producer has nothing to find; a driver that fails ends it with one message.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/tools/command.h"
#include "tests/tools/running_program.h"

namespace rmqsim {
namespace explore_client_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

const std::string kFolder = RMQSIM_SOURCE_DIR "/tests/tools/";
const std::string kOwn = program("rmqsim") + " driver run --profile java-5.3.3";
const std::string kWithoutRetries = kFolder + "client_without_retries " + program("rmqsim");
std::string bad(const std::string& what) { return kFolder + "bad_driver " + what; }

class ExploreClient : public testing::Test {
 protected:
  ExploreClient() : folder_(fs::temp_directory_path() / ("rmqsim-explore-client-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~ExploreClient() override { fs::remove_all(folder_); }

  CommandResult run(const std::string& command) const {
    return run_command("cd " + folder_.string() + " && env -u GTEST_SHARD_INDEX -u GTEST_TOTAL_SHARDS " + command);
  }
  CommandResult explore(const std::string& client, const std::string& arguments) const {
    return run(program("rmqsim") + " explore -q --client '" + client + "' " + arguments);
  }
  std::string content(const std::string& name) const {
    std::ifstream in(folder_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  }

  fs::path folder_;
};

/// The rest of the first line of `text` that says `key`.
std::string told(const std::string& text, const std::string& key) {
  const auto at = text.find("  " + key + ": ");
  if (at == std::string::npos) return "";
  const auto from = at + key.size() + 4;
  return text.substr(from, text.find('\n', from) - from);
}

TEST_F(ExploreClient, FindsAClientThatGivesUpMakesItSmallAndTheFileFailsAgain) {
  const CommandResult found = explore(kWithoutRetries, "--seed 2 --first --runs 20 --jobs 1 --out out");
  EXPECT_EQ(found.exit_code, 1) << found.output;
  EXPECT_THAT(found.output, HasSubstr("FOUND   decisions java-5.3.3 sync not-retried-after-"));
  EXPECT_THAT(found.output, HasSubstr("broken: the client decides as the profile does"));
  EXPECT_THAT(found.output, HasSubstr("passes without faults[0]"));
  EXPECT_EQ(told(found.output, "checked"), "read again, it broke the same in 5 of 5 runs") << found.output;
  EXPECT_THAT(told(found.output, "file"), HasSubstr("1 step, "));
  const std::string rerun = told(found.output, "rerun");
  ASSERT_THAT(rerun, testing::StartsWith("rmqsim run out/decisions-"));
  const CommandResult again = run(program("rmqsim") + rerun.substr(6));
  EXPECT_EQ(again.exit_code, 1) << again.output;
  EXPECT_THAT(again.output, HasSubstr("is not tried again after"));
  const std::string trial = told(found.output, "found");
  const CommandResult alone = run(program("rmqsim") + trial.substr(trial.find(" explore")) + " -q --without shrink");
  EXPECT_EQ(alone.exit_code, 1) << alone.output;
}

TEST_F(ExploreClient, FindsNothingWithOurOwnProducer) {
  const CommandResult r = explore(kOwn, "--runs 5 --seed 3 --jobs 2");
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_THAT(r.output, HasSubstr("explored   seed 3 · java-5.3.3 · client rmqsim "));
  EXPECT_THAT(r.output, HasSubstr("5 trials, 5 runs"));
  EXPECT_THAT(r.output, HasSubstr("nothing found"));
  EXPECT_FALSE(fs::exists(folder_ / "explored"));
}

TEST_F(ExploreClient, DrawsBySeedAndNumberAlone) {
  const auto drawn = [this](const std::string& seed, const std::string& out) {
    EXPECT_EQ(explore(kOwn, "--trial 7 --seed " + seed + " --out " + out).exit_code, 0);
    return content(out + "/unshrunk/trial-7.json");
  };
  const std::string one = drawn("2", "one");
  EXPECT_NE(one, "");
  EXPECT_EQ(one, drawn("2", "other"));
  EXPECT_NE(one, drawn("1", "third"));
}

TEST_F(ExploreClient, ComparesDecisionsWithNobodysWhereNobodyIsNamed) {
  std::ofstream(folder_ / "of-its-own") << "#!/bin/sh\n"
                                        << kOwn << R"( | sed -u 's/"profile":"[^"]*",//')"
                                        << "\n";
  const CommandResult r = explore("sh of-its-own", "--runs 2 --out out");
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_THAT(r.output, HasSubstr("decisions compared with nobody's"));
  EXPECT_EQ(explore("sh of-its-own", "--profile java-5.3.3 --runs 3 --out out --resume").exit_code, 64);
}

TEST_F(ExploreClient, GoesOnWhereItStopped) {
  EXPECT_EQ(explore(kOwn, "--runs 2 --out out").exit_code, 0);
  const CommandResult r = explore(kOwn, "--runs 3 --out out --resume");
  EXPECT_THAT(r.output, HasSubstr("3 trials, 3 runs"));
  const CommandResult other = run(program("rmqsim") + " explore -q --profile java-5.3.3 --runs 3 --out out --resume");
  EXPECT_EQ(other.exit_code, 64);
  EXPECT_THAT(other.output, HasSubstr("it is of rmqsim 0.1.0, not of our own producer"));
  EXPECT_EQ(run(program("rmqsim") + " explore -q --profile hardened --runs 1 --out own").exit_code, 0);
  const CommandResult mixed = run(program("rmqsim") + " explore merge out own --out all");
  EXPECT_EQ(mixed.exit_code, 64);
  EXPECT_THAT(mixed.output, HasSubstr("one of the campaigns is another client's"));
  EXPECT_EQ(run(program("rmqsim") + " explore merge out --strict --out all").exit_code, 64);
  EXPECT_EQ(run(program("rmqsim") + " explore merge out --out all").exit_code, 0);
}

TEST_F(ExploreClient, EndsWithOneMessageWhenTheDriverFails) {
  const CommandResult r = explore(bad("dies"), "--for 1m --jobs 3 --out out");
  EXPECT_EQ(r.exit_code, 1) << r.output;
  EXPECT_THAT(r.output, HasSubstr("FOUND   driver "));
  EXPECT_THAT(r.output, HasSubstr("it ended with status 9 while it was needed; its last words: out of luck"));
  EXPECT_EQ(r.output.find("FOUND"), r.output.rfind("FOUND")) << r.output;
  EXPECT_THAT(told(r.output, "file"), HasSubstr("out/unshrunk/driver-"));
}

TEST_F(ExploreClient, LosesNoFindingWhenItIsInterrupted) {
  for (const char* variable : {"GTEST_SHARD_INDEX", "GTEST_TOTAL_SHARDS"}) ::unsetenv(variable);
  Program campaign("rmqsim",
                   {"explore", "-q", "--for", "2h", "--seed", "2", "--jobs", "1", "--out", folder_ / "out", "--client",
                    kWithoutRetries},
                   Program::AtOnce());
  while (!fs::exists(folder_ / "out" / "unshrunk")) ::usleep(1000);  // it is being made small, or already was
  ::usleep(100'000);
  EXPECT_EQ(campaign.stop(SIGTERM), 1);
  const std::string rest = campaign.rest();
  EXPECT_THAT(rest, HasSubstr("FOUND   decisions java-5.3.3 sync not-retried-after-"));
  EXPECT_THAT(rest, HasSubstr("interrupted (SIGTERM); --resume goes on"));
}

struct Wrong {
  const char* name;
  std::string client;
  const char* arguments;
  const char* says;
};

class ExploreClientOfBadInput : public ExploreClient, public testing::WithParamInterface<Wrong> {};
INSTANTIATE_TEST_SUITE_P(
    Every, ExploreClientOfBadInput,
    testing::Values(Wrong{"NoCommand", " ", "", "--client takes a command"},
                    Wrong{"Strict", kOwn, "--strict", "--strict does not go with --client"},
                    Wrong{"Report", kOwn, "--report x.html", "--report does not go with --client"},
                    Wrong{"Ablation", kOwn, "--without shrink,swarm", "--without swarm does not go with --client"},
                    Wrong{"NotStarted", bad("not-started"), "", "its last words: no client here"},
                    Wrong{"NoDriver", "echo hello", "", "a line that is no JSON object"},
                    Wrong{"LongTemplate", kOwn, "long.json", "its steps take more than 10 s"},
                    Wrong{"TemplateThatItCannotPlay", bad("lies"), "batch.json", "it sends no batches"},
                    Wrong{"ResumedTrial", kOwn, "--trial 3 --resume --out x", "trial that is run alone"}),
    [](const auto& wrong) { return std::string(wrong.param.name); });

TEST_P(ExploreClientOfBadInput, SaysSoAndEndsWith64) {
  const auto write = [this](const char* name, const std::string& steps) {
    std::ofstream(folder_ / (std::string(name) + ".json"))
        << R"({"version": 1, "name": ")" << name << R"(", "why": "x", "cluster": {"brokers": ["b"],
        "topics": [{"name": "T", "queues": 1}]}, "producers": [{"name": "p"}], "steps": [)"
        << steps << R"(], "expect": [{"sends": "all", "outcome": "SEND_OK"}]})";
  };
  write("long", R"({"send": {"topic": "T", "count": 9}}, {"waitMs": 20000})");
  write("batch", R"({"send": {"topic": "T", "batch": 2}})");
  const CommandResult r = explore(GetParam().client, GetParam().arguments);
  EXPECT_EQ(r.exit_code, 64) << r.output;
  EXPECT_THAT(r.output, HasSubstr(GetParam().says));
  EXPECT_THAT(r.output, Not(HasSubstr("explored ")));
}

TEST_F(ExploreClient, KeepsATemplatesStepsAndPutsOtherFaultsIn) {
  std::ofstream(folder_ / "mine.json") << R"({"version": 1, "name": "mine", "why": "x", "cluster": {"brokers": ["b"],
      "topics": [{"name": "Mine", "queues": 1}]}, "producers": [{"name": "p"}],
      "steps": [{"send": {"topic": "Mine", "count": 3}}], "expect": [{"sends": "all", "outcome": "SEND_OK"}]})";
  EXPECT_EQ(explore(kOwn, "mine.json --trial 1 --out out").exit_code, 0);
  const std::string trial = content("out/unshrunk/trial-1.json");
  EXPECT_THAT(trial, HasSubstr(R"("topic": "Mine")"));
  EXPECT_THAT(trial, HasSubstr(R"("faults")"));
}

}  // namespace explore_client_test
}  // namespace rmqsim
