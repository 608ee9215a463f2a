// Files that show runs in other tools, as a user gets them: what is in them, and what is not lost when it goes wrong.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/tools/command.h"

namespace rmqsim {
namespace seeing_test {
using nlohmann::json;
using testing::HasSubstr;
using testing::Not;
namespace fs = std::filesystem;

const std::string kLibrary = RMQSIM_SOURCE_DIR "/scenarios";
const std::string kBusy = kLibrary + "/codes/code-system-busy-first-five.json";

class Seeing : public testing::Test {
 protected:
  Seeing() : folder_(fs::temp_directory_path() / ("rmqsim-seeing-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Seeing() override { fs::remove_all(folder_); }
  std::string at(const std::string& name) const { return folder_ / name; }
  std::string write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name)) << text;
    return at(name);
  }
  std::string content(const std::string& name) const {
    std::ifstream in(at(name));
    return {std::istreambuf_iterator<char>(in), {}};
  }
  static CommandResult rmqsim(const std::string& arguments, const std::string& environment = "") {
    return run_command("unset GITHUB_STEP_SUMMARY; " + environment + " " + program("rmqsim") + " " + arguments);
  }

  const fs::path folder_;
};

TEST_F(Seeing, OneFileShowsSeveralRunsOnOneAxis) {
  const CommandResult r = rmqsim("run " + kBusy + " --perfetto " + at("busy.json"));
  ASSERT_EQ(r.exit_code, 0) << r.output;
  const json events = json::parse(content("busy.json")).at("traceEvents");
  std::vector<std::string> names;
  for (const json& event : events) {
    if (event["name"] == "process_name") names.push_back(event["args"]["name"]);
  }
  EXPECT_THAT(names, testing::Contains("code-system-busy-first-five · java-5.3.3 · p"));
  EXPECT_THAT(names, testing::Contains("code-system-busy-first-five · java-4.9.8 · broker-b"));
}

TEST_F(Seeing, ACaptureIsOfOneRunAndSaysHowToChooseIt) {
  write("x.pcapng", "old");
  const CommandResult two = rmqsim("run " + kBusy + " --pcap " + at("x.pcapng"));
  EXPECT_EQ(two.exit_code, 64);
  EXPECT_EQ(two.output,
            "rmqsim run: --pcap shows one run, and 2 are asked for; choose one by its file, --filter, --profile and "
            "--seed\n");
  EXPECT_EQ(content("x.pcapng"), "old");
  EXPECT_EQ(rmqsim("run " + kBusy + " --profile java-5.3.3 --pcap " + at("x.pcapng")).exit_code, 0);
  EXPECT_EQ(content("x.pcapng").substr(0, 4), "\x0a\x0d\x0d\x0a");
}

TEST_F(Seeing, ARefusedRunLeavesThePicturesAsTheyWere) {
  const std::string only_sim = kLibrary + "/timeout/slow-connect-to-the-nameserver.json";
  write("x.json", "old");
  write("x.pcapng", "old");
  const CommandResult r = rmqsim("run " + only_sim + " --profile java-5.3.3 --world tcp --perfetto " + at("x.json") +
                                 " --pcap " + at("x.pcapng") + " --junit " + at("x.xml") + " --summary " + at("x.md"));
  EXPECT_EQ(r.exit_code, 64) << r.output;
  EXPECT_EQ(content("x.json"), "old");
  EXPECT_EQ(content("x.pcapng"), "old");
  EXPECT_THAT(content("x.xml"), HasSubstr("<skipped message="));
  EXPECT_THAT(content("x.md"), HasSubstr("1 refused"));
}

TEST_F(Seeing, TheSecondFormOfLedgersIsAlwaysAList) {
  const std::string one = "run " + kBusy + " --profile java-5.3.3 --ledger " + at("ledger");
  ASSERT_EQ(rmqsim(one).exit_code, 0);
  EXPECT_TRUE(json::parse(content("ledger")).is_object());
  ASSERT_EQ(rmqsim(one + " --ledger-format 2").exit_code, 0);
  const json list = json::parse(content("ledger"));
  ASSERT_TRUE(list.is_array());
  EXPECT_EQ(list.size(), 1u);
  EXPECT_EQ(rmqsim("run " + kBusy + " --ledger-format 2").exit_code, 64) << "without a ledger it says nothing";
}

TEST_F(Seeing, ASummaryHasEachFailureOnceAndIsAddedToTheOneOfAStep) {
  const std::string text = R"({"version": 1, "name": "hostile", "why": "x",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
    "producers": [{"name": "p", "group": "g"}],
    "steps": [{"send": {"producer": "p", "topic": "T", "body": {"text": "x"}}}],
    "expect": [{"sends": "all", "outcome": "EXCEPTION"}]})";
  std::filesystem::create_directory(at("a|b`<script>"));
  const std::string file = "'" + write("a|b`<script>/hostile.json", text) + "'";
  write("step.md", "before\n");
  EXPECT_EQ(rmqsim("run " + file + " --summary " + at("own.md"), "GITHUB_STEP_SUMMARY=" + at("step.md")).exit_code, 1);
  EXPECT_EQ(content("step.md"), "before\n") << "the option says where";
  const std::string own = content("own.md");
  EXPECT_THAT(own, HasSubstr("a\\|b\\`&lt;script&gt;/hostile.json:5)"));
  EXPECT_THAT(own, Not(HasSubstr("<script>")));
  EXPECT_THAT(own, HasSubstr("<code>rmqsim run "));
  EXPECT_EQ(rmqsim("run " + file, "GITHUB_STEP_SUMMARY=" + at("step.md")).exit_code, 1);
  EXPECT_TRUE(content("step.md").starts_with("before\n### rmqsim\n"));
  for (const char* option : {"--report", "--junit", "--ledger"}) {
    const CommandResult both = rmqsim("run " + kBusy + " " + option + " " + at("both"), "GITHUB_STEP_SUMMARY=" + at("both"));
    EXPECT_EQ(both.exit_code, 64) << option;
    EXPECT_THAT(both.output, HasSubstr("GITHUB_STEP_SUMMARY would overwrite " + at("both")));
    EXPECT_FALSE(std::filesystem::exists(at("both")));
  }
  const CommandResult lost = rmqsim("run " + kBusy, "GITHUB_STEP_SUMMARY=" + at("no/step.md"));
  EXPECT_EQ(lost.exit_code, 0) << "a page that is not there fails nobody";
  EXPECT_THAT(lost.output, HasSubstr("GITHUB_STEP_SUMMARY names " + at("no/step.md") + ", which cannot be written"));
}

TEST_F(Seeing, ACommandsClientIsInTheReportsToo) {
  const CommandResult r = rmqsim("run " + kLibrary + "/basics/quickstart.json --junit " + at("x.xml") + " --summary " +
                                 at("x.md") + " -- sh -c 'echo said; exit 3'");
  EXPECT_EQ(r.exit_code, 1) << r.output;
  const std::string junit = content("x.xml");
  EXPECT_THAT(junit, HasSubstr("<failure message=\"the command ended with status 3\""));
  EXPECT_THAT(junit, HasSubstr("<system-out>said\n</system-out>"));
  EXPECT_THAT(junit, HasSubstr("<property name=\"command\" value=\"sh -c 'echo said; exit 3'\"/>"));
  EXPECT_THAT(content("x.md"), HasSubstr("❌ failed"));
}

TEST_F(Seeing, TheCauseOfAnExceptionAndMicrosecondsAreShown) {
  const CommandResult r =
      rmqsim("run " + kLibrary + "/codes/code-system-error-all-brokers.json --profile java-5.3.3 -v");
  EXPECT_THAT(r.output, HasSubstr("-> MQClientException Send [3] times, still failed"));
  EXPECT_THAT(r.output, HasSubstr("caused by MQBrokerException CODE: 1"));
  EXPECT_THAT(r.output, HasSubstr(" µs"));
  EXPECT_THAT(r.output, Not(HasSubstr("10.0.0."))) << "brokers are called by their names";
}

TEST_F(Seeing, TheSchemaOfTracesIsPrinted) {
  const CommandResult r = rmqsim("schema --trace");
  EXPECT_EQ(r.exit_code, 0);
  std::ifstream in(kLibrary + "/trace.schema.json");
  EXPECT_EQ(r.output, std::string(std::istreambuf_iterator<char>(in), {}));
}

}  // namespace seeing_test
}  // namespace rmqsim
