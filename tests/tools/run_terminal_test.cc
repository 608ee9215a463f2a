// What a person sees of a folder of scenarios, and how to run a part of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include <nlohmann/json.hpp>

#include "tests/tools/command.h"

namespace rmqsim {
namespace run_terminal_test {

namespace fs = std::filesystem;
using testing::HasSubstr;
using testing::Not;

class RunFolder : public testing::Test {
 protected:
  RunFolder() : folder_(fs::temp_directory_path() / ("rmqsim-terminal-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    write("a-good", "SEND_OK");
    write("b-bad", "EXCEPTION");
    write("c-good", "SEND_OK");
  }
  ~RunFolder() override { fs::remove_all(folder_); }

  void write(const std::string& name, const std::string& outcome) const {
    std::ofstream(folder_ / (name + ".json"))
        << R"({"version": 1, "name": ")" << name << R"(", "why": "the why of )" << name << R"(",
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
"producers": [{"name": "p", "group": "g"}],
"steps": [{"send": {"topic": "T"}}], "expect": [{"sends": "all", "outcome": ")" << outcome << R"("}]})";
  }
  CommandResult run(const std::string& more = "") const {
    return run_command(program("rmqsim") + " run " + folder_.string() + " " + more);
  }
  static long lines(const std::string& text) { return std::count(text.begin(), text.end(), '\n'); }

  fs::path folder_;
};

TEST_F(RunFolder, ShowsWhatDidNotPassAndSaysItAgainAtTheEndWithItsRerun) {
  const CommandResult r = run();
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.output, HasSubstr("the why of b-bad"));
  EXPECT_THAT(r.output, Not(HasSubstr("the why of a-good")));
  const std::string summary = r.output.substr(r.output.find("3 runs: 2 passed, 1 failed"));
  EXPECT_THAT(summary, HasSubstr("FAILED  b-bad   java-5.3.3 · sim\n  expect[0] sends \"all\" outcome: expected "
                                 "EXCEPTION, got SEND_OK"));
  EXPECT_THAT(summary, HasSubstr("rerun: rmqsim run " + (folder_ / "b-bad.json").string()));
  EXPECT_THAT(r.output, Not(HasSubstr("\r"))) << "progress is for terminals";
}

TEST_F(RunFolder, IsOneLineWhenAllPassed) {
  const CommandResult r = run("--filter good");
  EXPECT_EQ(r.exit_code, 0);
  EXPECT_THAT(r.output, HasSubstr("2 runs: 2 passed, 0 failed"));
  EXPECT_EQ(lines(r.output), 1) << r.output;
}

TEST_F(RunFolder, IsWholeWithVerboseAndOnlyASummaryWithQuiet) {
  EXPECT_THAT(run("-v").output, HasSubstr("the why of a-good"));
  const CommandResult quiet = run("-q");
  EXPECT_EQ(quiet.exit_code, 1);
  EXPECT_EQ(quiet.output.find("3 runs: "), 0u) << quiet.output;
  EXPECT_THAT(quiet.output, HasSubstr("rerun: "));
}

TEST_F(RunFolder, IsFilteredByNameAndAFilterThatNothingMatchesIsAMistake) {
  EXPECT_THAT(run("--filter 'a-*' --filter c-good").output, HasSubstr("2 runs: 2 passed"));
  const CommandResult none = run("--filter nothing-like-it");
  EXPECT_EQ(none.exit_code, 64);
  EXPECT_THAT(none.output, HasSubstr("no scenario's name has what --filter asks for"));
}

TEST_F(RunFolder, EndsWithTheFirstThatDidNotPassIfAsked) {
  for (const char* jobs : {"--jobs 1", "--jobs 2"}) {
    const CommandResult r = run(std::string("--fail-fast --seeds 1-100 --filter b-bad ") + jobs);
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_THAT(r.output, HasSubstr("a run did not pass (--fail-fast): 9"));
    EXPECT_THAT(r.output, HasSubstr(" runs were not begun"));
  }
}

TEST_F(RunFolder, IsRunWithEachSeedAndNamesThoseThatFailed) {
  const CommandResult r = run("-q --seeds 3,7-9");
  EXPECT_EQ(r.exit_code, 1);
  EXPECT_THAT(r.output, HasSubstr("12 runs: 8 passed, 4 failed"));
  EXPECT_THAT(r.output, HasSubstr("\n  with 4 seeds: 3,7-9\n  rerun: "));
  EXPECT_THAT(r.output, HasSubstr("--seed 3 -v\n"));
  for (const char* wrong : {"9-7", "x", "", "1-", "1,,2", "1-2000000", "-1", "18446744073709551616"}) {
    const CommandResult refused = run(std::string("--seeds '") + wrong + "'");
    EXPECT_EQ(refused.exit_code, 64) << wrong;
    EXPECT_THAT(refused.output, HasSubstr("--seeds takes numbers and ranges in order")) << wrong;
  }
}

TEST_F(RunFolder, EndsWithEveryFailureHoweverMany) {
  for (int i = 0; i < 30; ++i) {
    std::ifstream from(folder_ / "b-bad.json");
    std::string text{std::istreambuf_iterator<char>(from), {}};
    const std::string name = "bad-" + std::to_string(i);
    text.replace(text.find("b-bad"), 5, name);
    std::ofstream(folder_ / (name + ".json")) << text;
  }
  const CommandResult r = run("-q");
  EXPECT_THAT(r.output, HasSubstr("33 runs: 2 passed, 31 failed"));
  for (int i = 0; i < 30; ++i) {
    EXPECT_THAT(r.output, HasSubstr("rerun: rmqsim run " + (folder_ / ("bad-" + std::to_string(i) + ".json")).string()));
  }
}

TEST_F(RunFolder, SendsNothingToATerminalThatAScenarioMadeUp) {
  std::ofstream(folder_ / "evil.json") << R"({"version": 1, "name": "evil", "why": "\u001b]0;title\u0007 \u202e",
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 1}]}, "producers": [{"name": "p"}],
"steps": [{"send": {"topic": "T"}}],
"faults": [{"id": "\u001b[2J", "at": "broker-a", "on": "send",
            "do": {"respond": {"code": "MESSAGE_ILLEGAL", "remark": "\u001b[31m \u202e"}}}],
"expect": [{"sends": "all", "outcome": "SEND_OK"}]})";
  for (const char* how : {"-v", "-q", "--json", "--color never"}) {
    const CommandResult r = run(std::string("--filter evil ") + how);
    EXPECT_EQ(r.exit_code, 1);
    EXPECT_EQ(r.output.find_first_of("\x1b\x07"), std::string::npos) << r.output;
    if (how == std::string("--json")) continue;
    EXPECT_EQ(r.output.find("\u202e"), std::string::npos) << r.output;
  }
  std::ofstream(folder_ / "none.json") << R"({"version": 1, "na\u202eme": "\u009b31m", "why\u001b[2J": 1})";
  const CommandResult r = run("--filter evil");
  EXPECT_THAT(r.output, HasSubstr("unknown key"));
  EXPECT_EQ(r.output.find_first_of("\x1b\x07"), std::string::npos) << r.output;
}

TEST_F(RunFolder, TellsEachReasonOfARefusalOnce) {
  for (const char* name : {"d", "e"}) {
    std::ofstream(folder_ / (std::string(name) + ".json")) << R"({"version": 1, "name": ")" << name << R"(", "why": "x",
"worlds": {"only": ["sim"], "reason": "every millisecond counts"},
"cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
"producers": [{"name": "p", "group": "g"}],
"steps": [{"send": {"topic": "T"}}], "expect": [{"sends": "all", "outcome": "SEND_OK"}]})";
  }
  const CommandResult r = run("--world tcp --filter d --filter e --filter a-good");
  EXPECT_THAT(r.output, HasSubstr("2 refused: the scenario is for sim: every millisecond counts\n"));
}

}  // namespace run_terminal_test
}  // namespace rmqsim
