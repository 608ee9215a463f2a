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
#include "tests/fakes/raw_client.h"
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
  static std::string text_of(const std::string& file) {
    std::ifstream stream(file);
    return {std::istreambuf_iterator<char>(stream), {}};
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

TEST_F(Recorded, RequestsThatNoRuleCanNameAreLeftOutAndTheRestRuns) {
  FakeCluster cluster({"broker-a"});
  Program proxy("rmqsim", arguments(cluster, folder_));
  PlainSocket broker(FakeCluster::route_from(proxy.address()).broker_datas.at(0).broker_addrs.at(0));
  PlainSocket nameserver(proxy.address());
  const auto ask = [](PlainSocket& server, std::int32_t code) {
    EXPECT_TRUE(server.ask(RemotingCommand::request(code, MQVersion::V5_3_3))) << code;
  };
  send(proxy.address(), 1);
  for (const std::int32_t code : {9999, 25, 345, 200050, -5, RequestCode::HEART_BEAT}) ask(broker, code);
  for (const std::int32_t code : {9999, RequestCode::HEART_BEAT, RequestCode::GET_KV_CONFIG}) ask(nameserver, code);
  EXPECT_EQ(proxy.stop(SIGTERM), 0);
  EXPECT_EQ(proxy.line_with("recorded "), "recorded " + (folder_ / "recorded.json").string());
  EXPECT_EQ(sends(folder_ / "recorded.json"), 1);
  EXPECT_THAT(text_of(folder_ / "recorded.json"),
              testing::HasSubstr("Answers to 7 requests that no rule can name are left out."));
}

TEST_F(Recorded, WhatARuleOfTheProxyMadeOfAnAnswerIsToldApartFromWhatTheClusterDid) {
  FakeCluster cluster({"broker-a"});
  const auto recorded_with = [&](const std::string& action, bool oneway = false) {
    std::vector<std::string> with = arguments(cluster, folder_ / "one");
    with.insert(with.end(), {"--faults", R"({"at": "broker-a", "on": "send", "do": )" + action + "}"});
    Program proxy("rmqsim", with);
    PlainSocket client(FakeCluster::route_from(proxy.address()).broker_datas.at(0).broker_addrs.at(0));
    SendBuilder message;
    message.oneway = oneway;
    client.ask(message.build(), 300);
    EXPECT_EQ(proxy.stop(SIGTERM), 0);
    const auto json = nlohmann::json::parse(text_of(folder_ / "one" / "recorded.json"), nullptr, false);
    fs::remove_all(folder_ / "one");
    if (!json.is_object() || json["faults"].empty()) return std::string("nothing");
    nlohmann::json met = json["faults"][0]["do"];
    met.erase("delayMs");
    return met.dump();
  };
  for (const std::string as_it_is :
       {R"({"respond":{"code":"SYSTEM_BUSY"}})", R"({"respond":{"code":"SUCCESS"}})",
        R"({"respond":{"code":"FLUSH_DISK_TIMEOUT"}})", R"({"storeThenRespond":{"code":"SYSTEM_BUSY"}})",
        R"({"storeThenRespond":{"code":"FLUSH_DISK_TIMEOUT"}})", R"({"drop":"request"})", R"({"drop":"response"})",
        R"({"close":"before"})", R"({"close":"after"})", R"({"reset":"before"})", R"({"reset":"after"})"}) {
    EXPECT_EQ(recorded_with(as_it_is), as_it_is);
  }
  EXPECT_EQ(recorded_with(R"({"wrongOpaque": true})"), R"({"drop":"response"})");
  EXPECT_EQ(recorded_with(R"({"respond": {"code": "SYSTEM_BUSY"}})", true), R"({"drop":"request"})");
  EXPECT_EQ(recorded_with(R"({"storeThenRespond": {"code": "SYSTEM_BUSY"}})", true), "nothing");
  EXPECT_EQ(recorded_with(R"({"truncate": 5})"), R"({"close":"after"})");
}

TEST(ScenarioRecorderTest, ARecordingHasRoomInAScenario) {
  ScenarioRecorder recorder;
  recorder.on_broker("broker-a", "broker-a", 0);
  for (std::uint64_t i = 0; i < 12'000; ++i) {
    RecordedExchange exchange;
    exchange.request = RecordedRequest{.server = "broker-a", .target = "send", .number = i, .outcome = "SUCCESS"};
    exchange.request->at = TimePoint(std::chrono::milliseconds(10 * i));
    exchange.request->answered = exchange.request->taken = true;
    exchange.send = RecordedSend{.group = "g", .topic = "T", .queue_id = INT32_MAX, .body_bytes = 5 + i % 2};
    recorder.read(journal_line(exchange));
  }
  const std::string text = recorder.scenario("recorded");
  const ParseResult parsed = parse_scenario(text, "recorded.json");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  EXPECT_THAT(text, testing::HasSubstr("4999 sends in 4999 requests. 7001 later requests are left out."));
}

TEST(ScenarioRecorderTest, ARemarkIsCutAndACodeWithoutANameIsANumber) {
  ScenarioRecorder recorder;
  for (const std::int32_t code : {2005, -7}) {
    RecordedExchange exchange;
    exchange.request = RecordedRequest{.server = "broker-a", .target = "send", .outcome = std::to_string(code),
                                       .remark = std::string(70'000, 'x'), .code = code};
    exchange.request->answered = true;
    exchange.send = RecordedSend{.group = "g", .topic = "T", .body_bytes = 5};
    recorder.read(journal_line(exchange));
  }
  const std::string text = recorder.scenario("recorded");
  const ParseResult parsed = parse_scenario(text, "recorded.json");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  EXPECT_EQ(parsed.scenario->faults.size(), 1u) << text;
  EXPECT_THAT(text, testing::HasSubstr("\"code\": 2005"));
  EXPECT_THAT(text, testing::HasSubstr("Answers to 1 requests that no rule can name"));
}

TEST(ScenarioRecorderTest, LeavesOutWhatNoScenarioCanSayAndKeepsTheRest) {
  ScenarioRecorder recorder;
  recorder.on_broker("broker-a", "broker-a", 0);
  const std::string hostile[] = {"T", std::string(32768, 'x'), "", "<script>\x1b[31m", "T"};
  std::uint64_t number = 0;
  for (const std::string& topic : hostile) {
    RecordedExchange exchange;
    exchange.request = RecordedRequest{.server = "broker-a", .target = "send", .number = number++, .outcome = "SUCCESS"};
    exchange.request->answered = exchange.request->taken = true;
    exchange.send = RecordedSend{.group = number == 5 ? std::string(5000, 'g') : "g", .topic = topic, .body_bytes = 5};
    recorder.read(journal_line(exchange));
  }
  const std::string text = recorder.scenario("recorded");
  const ParseResult parsed = parse_scenario(text, "recorded.json");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  EXPECT_THAT(text, testing::HasSubstr("2 sends in 2 requests. 3 sends that no scenario can have are left out."));
}

}  // namespace recording_test
}  // namespace rmqsim
