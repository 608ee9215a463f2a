// rmqsim shrink as a user meets it.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "tests/tools/command.h"

namespace rmqsim {
namespace shrink_command_test {

class ShrinkCommand : public testing::Test {
 protected:
  void SetUp() override {
    folder_ = std::filesystem::path(testing::TempDir()) / ("rmqsim-shrink-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
    std::ofstream(at("refused.json")) << R"({
  "version": 1, "name": "refused", "why": "The third send is refused for good.",
  "cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "brokers": "a"}]}, "producers": [{"name": "p"}],
  "steps": [{"send": {"topic": "T", "count": 5, "intervalMs": 20}}, {"waitMs": 100}],
  "faults": [{"at": "a", "on": "send", "nth": 3, "do": {"respond": {"code": "MESSAGE_ILLEGAL"}}}],
  "expect": [{"sends": 0, "outcome": "SEND_OK"}, {"sends": "all", "outcome": "SEND_OK"}]
})";
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string at(const std::string& name) const { return (folder_ / name).string(); }
  CommandResult shrink(const std::string& arguments) const {
    return run_command("cd " + folder_.string() + " && " + program("rmqsim") + " shrink " + arguments);
  }
  std::filesystem::path folder_;
};

TEST_F(ShrinkCommand, WritesASmallScenarioThatStillFailsWithItsCauseAndHowToRerunIt) {
  const CommandResult result = shrink("refused.json -o small.json");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  for (const char* part : {"expect[0] sends \"all\" outcome is not met in ", "passes without faults[0] (send at a: respond)",
                           "small.json: 1 step, 1 fault, 1 broker", "rerun: rmqsim run small.json"}) {
    EXPECT_NE(result.output.find(part), std::string::npos) << part << "\n" << result.output;
  }
  EXPECT_EQ(run_command(program("rmqsim") + " validate " + at("small.json")).exit_code, 0);
  EXPECT_EQ(run_command(program("rmqsim") + " run " + at("small.json")).exit_code, 1);
}

TEST_F(ShrinkCommand, NamesTheFileByWhatBreaksWhenNobodyDoes) {
  const CommandResult result = shrink("refused.json");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_TRUE(std::filesystem::exists(at("expect-1-send-respond.json"))) << result.output;
}

TEST_F(ShrinkCommand, TakesTheNextFreeNameWhereThatIsThere) {
  std::ofstream(at("expect-1-send-respond.json")) << "mine";
  const CommandResult result = shrink("refused.json");
  EXPECT_EQ(result.exit_code, 0) << result.output;
  EXPECT_NE(result.output.find("rerun: rmqsim run expect-1-send-respond-2.json"), std::string::npos) << result.output;
  EXPECT_EQ(run_command(program("rmqsim") + " validate " + at("expect-1-send-respond-2.json")).exit_code, 0);
  EXPECT_EQ(std::filesystem::file_size(at("expect-1-send-respond.json")), 4u);
  EXPECT_EQ(shrink("refused.json --force").exit_code, 0);
  EXPECT_GT(std::filesystem::file_size(at("expect-1-send-respond.json")), 4u);
}

TEST_F(ShrinkCommand, ReplacesNothingUnlessItIsForced) {
  std::ofstream(at("small.json")) << "mine";
  const CommandResult result = shrink("refused.json -o small.json");
  EXPECT_EQ(result.exit_code, 64);
  EXPECT_NE(result.output.find("small.json exists; --force replaces it"), std::string::npos) << result.output;
  std::string text;
  std::getline(std::ifstream(at("small.json")) >> std::ws, text);
  EXPECT_EQ(text, "mine");
  EXPECT_EQ(shrink("refused.json -o small.json --force").exit_code, 0);
  EXPECT_EQ(shrink("refused.json -o refused.json --force").exit_code, 64) << "it is what was to be shrunk";
}

TEST_F(ShrinkCommand, RefusesWithOneMessageWhatCannotBe) {
  EXPECT_EQ(shrink("missing.json").exit_code, 64);
  EXPECT_EQ(shrink("refused.json -o nowhere/small.json").exit_code, 64);
  EXPECT_EQ(shrink("refused.json -o small.txt").exit_code, 64);
  EXPECT_EQ(shrink("refused.json -o 'a b.json'").exit_code, 64);
  EXPECT_EQ(shrink("refused.json --profile java-9").exit_code, 64);
  EXPECT_EQ(shrink("").exit_code, 64);
  std::ofstream(at("broken.json")) << "{";
  EXPECT_EQ(shrink("broken.json").exit_code, 64);
}

TEST_F(ShrinkCommand, SaysThatItWasInterruptedBeforeAnythingFailed) {
  std::ofstream(at("long.json")) << R"({"version": 1, "name": "long", "why": "Its first run takes long.",
  "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
  "steps": [{"send": {"topic": "T", "count": 1000000}}], "expect": [{"sends": "all", "outcome": "EXCEPTION"}]})";
  // It is sent the signal when it listens to it.
  const CommandResult result = run_command("cd " + folder_.string() + " && " + program("rmqsim") +
                                           " shrink long.json -o small.json & p=$!; "
                                           "caught() { awk '/SigCgt/{print $2}' /proc/$p/status; }; "
                                           "until [ $(( 0x$(caught) & 0x4000 )) -ne 0 ]; do sleep 0.05; done; "
                                           "kill -TERM $p; wait $p");
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_NE(result.output.find("interrupted (SIGTERM) before a run had shown what fails"), std::string::npos)
      << result.output;
  EXPECT_FALSE(std::filesystem::exists(at("small.json")));
}

TEST_F(ShrinkCommand, SaysThatNothingFailsAndWritesNothing) {
  std::ofstream(at("good.json")) << R"({"version": 1, "name": "good", "why": "It passes.",
  "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
  "steps": [{"send": {"topic": "T"}}]})";
  const CommandResult result = shrink("good.json -o small.json");
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_NE(result.output.find("good passes in java-5.3.3: there is nothing to shrink"), std::string::npos)
      << result.output;
  EXPECT_FALSE(std::filesystem::exists(at("small.json")));
}

TEST_F(ShrinkCommand, SaysOfAScenarioThatFailsInAnotherWayThatItDoesNotPass) {
  std::ofstream(at("idle.json")) << R"({"version": 1, "name": "idle", "why": "Its rule never acts.",
  "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
  "faults": [{"at": "a", "on": "send", "fromMs": 5000, "do": {"drop": "request"}}],
  "steps": [{"send": {"topic": "T"}}]})";
  const CommandResult result = shrink("idle.json -o small.json");
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_NE(result.output.find("idle fails in java-5.3.3: rule \"fault[0]\": never acted"), std::string::npos)
      << result.output;
  EXPECT_FALSE(std::filesystem::exists(at("small.json")));
}

}  // namespace shrink_command_test
}  // namespace rmqsim
