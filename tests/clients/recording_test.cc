// `rmqsim proxy --record`: what passed is kept however the proxy ends.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

#include "scenarios/harness/file/load_scenario.h"
#include "tests/clients/cluster.h"
#include "tools/proxy/scenario_recorder.h"

namespace rmqsim {
namespace recording_test {

namespace fs = std::filesystem;

class Recorded : public testing::Test {
 protected:
  Recorded() : folder_(fs::temp_directory_path() / ("rmqsim-recording-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
  }
  ~Recorded() override { fs::remove_all(folder_); }
  static std::vector<std::string> arguments(const FakeCluster& cluster, const std::string& folder) {
    return {"proxy", "--namesrv", cluster.namesrv(), "-q", "--record", folder};
  }
  static void send(const std::string& namesrv, int count) {
    const CommandResult r =
        run_command(program("rmqsim") + " send --namesrv " + namesrv + " --count " + std::to_string(count));
    ASSERT_EQ(r.exit_code, 0) << r.output;
  }
  /// Of the recorded scenario, which must be one.
  static int sends(const std::string& file) {
    EXPECT_EQ(run_command(program("rmqsim") + " run " + file).exit_code, 0);
    int all = 0;
    const auto json = nlohmann::json::parse(std::ifstream(file), nullptr, false);
    if (!json.is_object()) return -1;
    for (const auto& step : json["steps"]) all += step.contains("send") ? step["send"]["count"].get<int>() : 0;
    return all;
  }
  static std::vector<std::string> files(const fs::path& folder) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(folder)) names.push_back(entry.path().filename());
    std::sort(names.begin(), names.end());
    return names;
  }
  fs::path folder_;
};

TEST_F(Recorded, TheFolderIsMadeAndHoldsTheScenarioAtTheEnd) {
  FakeCluster cluster({"broker-a"});
  const fs::path folder = folder_ / "new" / "one";
  Program proxy("rmqsim", arguments(cluster, folder));
  send(proxy.address(), 5);
  EXPECT_EQ(proxy.stop(SIGTERM), 0);
  EXPECT_EQ(files(folder), std::vector<std::string>{"recorded.json"});
  EXPECT_EQ(sends(folder / "recorded.json"), 5);
}

TEST_F(Recorded, WhatPassedIsKeptWhenTheProxyIsKilled) {
  FakeCluster cluster({"broker-a", "broker-b"});
  Program proxy("rmqsim", arguments(cluster, folder_));
  send(proxy.address(), 20);
  EXPECT_EQ(proxy.stop(SIGKILL), 128 + SIGKILL);
  EXPECT_EQ(proxy.line_with("recorded "), "recorded " + (folder_ / "recorded.json").string());
  EXPECT_EQ(sends(folder_ / "recorded.json"), 20);
}

TEST_F(Recorded, TheNextProxyFinishesWhatNobodyIsLeftToFinish) {
  FakeCluster cluster({"broker-a"});
  const fs::path first = folder_ / "first";
  const fs::path second = folder_ / "second";
  {
    Program proxy("rmqsim", arguments(cluster, first));
    send(proxy.address(), 7);
    // As it is when the guardian was killed too: the journal, and nobody who has it open. Its last line is cut off.
    fs::create_directories(second);
    fs::copy_file(first / "recorded.journal.jsonl", second / "recorded.journal.jsonl");
    std::ofstream(second / "recorded.journal.jsonl", std::ios::app) << R"({"exchange":{"requ)";
    EXPECT_EQ(proxy.stop(SIGTERM), 0);
  }
  Program next("rmqsim", arguments(cluster, second));
  EXPECT_EQ(next.ready(), "recorded " + (second / "recorded.json").string() + "\n");
  EXPECT_EQ(sends(second / "recorded.json"), 7);
  EXPECT_EQ(next.stop(SIGTERM), 0);
  EXPECT_EQ(files(second), std::vector<std::string>{"recorded.json"});
}

TEST_F(Recorded, AFolderThatCannotBeMadeIsOneMessageBeforeAnythingListens) {
  std::ofstream(folder_ / "file") << "x";
  const std::string folder = folder_ / "file" / "sub";
  const CommandResult r = run_command(program("rmqsim") + " proxy --namesrv 127.0.0.1:1 --record " + folder);
  EXPECT_EQ(r.exit_code, 64);
  EXPECT_THAT(r.output, testing::StartsWith("rmqsim proxy: " + folder + " is not a folder and cannot be made one: "));
}

TEST(ScenarioRecorderTest, LeavesOutWhatNoScenarioCanSayAndKeepsTheRest) {
  ScenarioRecorder recorder;
  recorder.on_broker("broker-a", "broker-a", 0);
  const std::string hostile[] = {"T", std::string(32768, 'x'), "", "<script>\x1b[31m", "T"};
  std::uint64_t number = 0;
  for (const std::string& topic : hostile) {
    RecordedExchange exchange;
    exchange.request = RecordedRequest{.server = "broker-a", .target = "send", .number = number++, .outcome = "SUCCESS"};
    exchange.request->answered = exchange.request->processed = true;
    exchange.send = RecordedSend{.group = number == 5 ? std::string(5000, 'g') : "g", .topic = topic, .body_bytes = 5};
    recorder.read(journal_line(exchange));
  }
  const std::string text = recorder.scenario("recorded");
  const ParseResult parsed = parse_scenario(text, "recorded.json");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  EXPECT_THAT(text, testing::HasSubstr("2 sends in 2 requests. 3 requests whose names no scenario can have are left out."));
}

}  // namespace recording_test
}  // namespace rmqsim
