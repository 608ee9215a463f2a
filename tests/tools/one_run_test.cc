// One run of several that could have been asked for is shown as one that was asked for alone; numbers and outputs on
// the command line mean what a person takes them for.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "tests/tools/command.h"

namespace one_run_test {

namespace fs = std::filesystem;
using rmqsim::CommandResult;
using testing::AllOf;
using testing::HasSubstr;
using testing::Not;

class OneRun : public testing::Test {
 protected:
  OneRun() : folder_(fs::temp_directory_path() / ("rmqsim-one-run-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    for (const char* name : {"first", "other"}) {
      std::ofstream(folder_ / (std::string(name) + ".json")) << R"({"version": 1, "name": ")" << name << R"(", "why": "x",
        "profile": ["java-5.3.3", "java-4.9.8"], "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]},
        "producers": [{"name": "p"}], "steps": [{"send": {"topic": "T", "count": 3}}]})";
    }
  }
  ~OneRun() override { fs::remove_all(folder_); }
  CommandResult rmqsim(const std::string& arguments) const {
    return rmqsim::run_command("cd " + folder_.string() + " && env -u GTEST_TOTAL_SHARDS -u GTEST_SHARD_INDEX -u " +
                               "GTEST_SHARD_STATUS_FILE " + rmqsim::program("rmqsim") + " " + arguments);
  }
  std::string text_of(const std::string& name) const {
    std::stringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }

  fs::path folder_;
};

TEST_F(OneRun, IsShownHoweverItWasChosen) {
  for (const char* chosen : {"first.json --profile java-5.3.3 --seeds 7", ". --filter first --profile java-5.3.3",
                             "first.json other.json --filter first --profile java-5.3.3", "first.json --shard 0/2"}) {
    const CommandResult r = rmqsim(std::string("run ") + chosen);
    EXPECT_EQ(r.exit_code, 0) << chosen;
    EXPECT_THAT(r.output, AllOf(HasSubstr("first   java-5.3.3"), HasSubstr("3 SEND_OK"))) << chosen;
  }
}

TEST_F(OneRun, OfAShardCanBeCaptured) {
  const CommandResult r = rmqsim("run first.json --shard 0/2 --pcap one.pcapng");
  EXPECT_EQ(r.exit_code, 0) << r.output;
  EXPECT_FALSE(text_of("one.pcapng").empty());
  EXPECT_EQ(rmqsim("run first.json --pcap one.pcapng").exit_code, 64);
}

TEST_F(OneRun, HasTheSeedThatWasWritten) {
  for (const char* seed : {"010", "00010", "10"}) {
    EXPECT_THAT(rmqsim(std::string("run first.json --seed ") + seed).output, HasSubstr("seed 10\n")) << seed;
  }
  EXPECT_THAT(rmqsim("run first.json --seed 09").output, HasSubstr("seed 9\n"));
  EXPECT_THAT(rmqsim("run first.json --seed 0").output, HasSubstr("seed 0\n"));
  EXPECT_THAT(rmqsim("explain first.json --send 002").output, Not(HasSubstr("there is no send")));
  for (const char* wrong : {"0x10", "0X10", "00x1", "-1", "1.5", "ten", ""}) {
    const CommandResult r = rmqsim(std::string("run first.json --seed '") + wrong + "'");
    EXPECT_EQ(r.exit_code, 64) << wrong << r.output;
    EXPECT_THAT(r.output, HasSubstr("--seed")) << wrong;
  }
}

TEST_F(OneRun, DoesNotMixWhatItPrintsWithWhatItWrites) {
  for (const char* output : {"--ledger both", "--junit both", "--ledger /dev/stdout", "--trace $PWD/both"}) {
    const CommandResult r = rmqsim(std::string("run first.json --json ") + output + " > both");
    EXPECT_EQ(r.exit_code, 64) << output;
    EXPECT_THAT(r.output, HasSubstr("would run into what --json prints")) << output;
  }
  EXPECT_THAT(rmqsim("run first.json --json --ledger /dev/stdout | cat").output, HasSubstr("would run into"));
  EXPECT_THAT(rmqsim("run first.json --ledger both > both").output, HasSubstr("would overwrite what is printed"));
  const CommandResult alone = rmqsim("run first.json --profile java-5.3.3 -q --ledger /dev/stdout > both");
  EXPECT_EQ(alone.exit_code, 0) << "the descriptor itself takes both, one after the other" << alone.output;
  EXPECT_THAT(text_of("both"), HasSubstr("\"sends\""));
  EXPECT_EQ(rmqsim("run first.json --json --ledger /dev/null > both").exit_code, 0);
}

TEST_F(OneRun, FollowsNoLinksThatGoRound) {
  fs::create_symlink("round", folder_ / "there");
  fs::create_symlink("there", folder_ / "round");
  EXPECT_THAT(rmqsim("run round").output, HasSubstr("Too many levels of symbolic links"));
  const CommandResult r = rmqsim("run first.json --ledger round");
  EXPECT_EQ(r.exit_code, 64) << r.output;
  EXPECT_THAT(r.output, HasSubstr("cannot write round: Too many levels of symbolic links"));
  EXPECT_TRUE(fs::is_symlink(folder_ / "round"));
}

}  // namespace one_run_test
