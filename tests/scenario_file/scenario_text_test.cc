// What is written of a scenario is read back as the same one, and looks as a person would write it.
#include "scenarios/harness/file/write/scenario_text.h"

#include <gtest/gtest.h>

#include "scenarios/harness/file/load_scenario.h"
#include "tests/scenario_file/minimal.h"

namespace rmqsim {
namespace scenario_text_test {

/// What is written of the scenario; it must be readable, and say the same.
std::string written(const Scenario& scenario) {
  const std::string text = scenario_text(scenario);
  const ParseResult again = parse_scenario(text, "");
  EXPECT_TRUE(again.ok()) << again.to_string() << "\n" << text;
  EXPECT_EQ(again.ok() ? scenario_text(*again.scenario) : "", text);
  return text;
}

std::string rewritten(std::string_view text) {
  const ParseResult parsed = parse_scenario(text, "");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return parsed.ok() ? written(*parsed.scenario) : "";
}

TEST(ScenarioText, SaysOfEveryFileOfTheLibraryWhatIsReadBack) {
  std::size_t files = 0;
  for (const std::string& file : find_scenarios({RMQSIM_SOURCE_DIR "/scenarios"}).files) {
    SCOPED_TRACE(file);
    const ParseResult parsed = load_scenario(file);
    ASSERT_TRUE(parsed.ok()) << parsed.to_string();
    written(*parsed.scenario);
    ++files;
  }
  EXPECT_GT(files, 150u);
}

TEST(ScenarioText, LeavesOutDefaultsAndKeepsShortPartsInOneLine) {
  EXPECT_EQ(rewritten(R"({
  "$schema": "../scenario.schema.json", "version": 1, "name": "small", "why": "It says what it need not.",
  "references": [], "profile": ["hardened"], "seed": 1,
  "cluster": {"nameservers": ["ns-1"], "brokers": [{"name": "a"}, "b"],
              "topics": [{"name": "T", "queues": {"a": 4, "b": 4}, "perm": "rw"}]},
  "network": {"oneWayMs": 0.20, "timerSlackMs": 1.0},
  "producers": [{"name": "p", "group": "p", "config": {"addRetryResponseCode": [2]}, "autoStart": true}],
  "steps": [{"send": {"producer": "p", "mode": "sync", "topic": "T", "count": 1, "body": {"size": 16}}},
            {"waitMs": 0.5}],
  "faults": [{"id": "fault[0]", "at": "a", "on": "SEND_MESSAGE_V2", "times": 1, "do": {"drop": "response"},
              "mayBeIdle": true}]
})"),
            R"({
  "version": 1,
  "name": "small",
  "why": "It says what it need not.",
  "profile": "hardened",
  "cluster": {
    "brokers": ["a", "b"],
    "topics": [{"name": "T"}]
  },
  "producers": [
    {"name": "p", "config": {"addRetryResponseCode": ["SYSTEM_BUSY"]}}
  ],
  "steps": [
    {"send": {"topic": "T"}},
    {"waitMs": 0.5}
  ],
  "faults": [
    {"at": "a", "on": "SEND_MESSAGE_V2", "nth": 1, "do": {"drop": "response"}, "mayBeIdle": true}
  ]
}
)");
}

TEST(ScenarioText, SaysWhatFewFilesHold) {
  const std::string text = rewritten(R"({
  "version": 1, "name": "rare", "why": "It holds what is rare.", "seed": 18446744073709551615,
  "worlds": {"only": ["sim"], "reason": "it is slow"},
  "cluster": {
    "brokers": ["a", {"name": "a-slave", "slaveOf": "a", "brokerId": 3},
      {"name": "b", "config": {"maxMessageSize": 1000, "traceOn": false, "brokerRole": "SYNC_MASTER", "regionId": "x"}}],
    "recallMessageEnable": true,
    "topics": [{"name": "T", "queues": {"b": 1, "a": 8}, "perm": "w"}, {"name": "R", "brokers": "b"}],
    "transactions": {"transactionCheckMax": 3},
    "responders": [{"topic": "R", "nth": "1,3-", "delayMs": 2.5}],
    "accounts": [{"accessKey": "k", "secretKey": "s"}, {"accessKey": "nobody", "secretKey": "s", "admin": false},
      {"accessKey": "l", "secretKey": "s", "defaultTopicPerm": "SUB|PUB", "topicPerms": ["T=DENY", "R=SUB"]}],
    "tls": {"ns-1": "permissive", "a": "enforcing"}},
  "producers": [
    {"name": "p", "credentials": {"accessKey": "k", "secretKey": "s", "securityToken": "t"},
     "listener": {"local": "unknown", "localMs": 2, "check": ["throw", "commit"]}},
    {"name": "q", "group": "g", "autoStart": false, "listener": "none"}],
  "steps": [
    {"name": "one", "send": {"producer": "p", "topic": "T", "keys": ["k1", "k2"], "tags": "x", "delayMs": 60000,
     "properties": {"z": "1", "a": "ü"}, "selector": {"kind": "hash", "arg": "text"}}},
    {"recall": {"producer": "p", "sends": "all"}},
    {"request": {"producer": "p", "mode": "async", "topic": "R", "queue": {"broker": "b", "queueId": 0}}},
    {"do": {"partition": {"between": "a", "and": ["p", "q"], "oneWay": true}}},
    {"do": {"heal": {"between": "a", "and": ["p", "q"]}}},
    {"do": {"setRoute": {"topic": "T", "queues": 2, "brokers": "a", "at": "ns-1"}}},
    {"transaction": {"producer": "p", "topic": "T", "local": "commit"},
     "expect": {"transaction": {"answeredBy": ["p", "q"]}}},
    {"do": {"startProducer": {"producer": "p", "exception": {"type": "MQClientException"}}}},
    {"do": {"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 100, "sendLatencyFaultEnable": true}}}}],
  "faults": [
    {"id": "slow", "at": "*", "on": "send", "producer": "q", "mayBeIdle": true, "probability": 0.25, "fromMs": 0,
     "do": {"delayMs": {"lognormal": [2.5, 0.5]}, "chunk": 3}},
    {"at": "*", "on": "send", "times": 2, "count": "cluster", "do": {"late": true}},
    {"at": "a", "on": "toClient", "do": {"bytesPerSecond": 1000, "lossPercent": 0.5}},
    {"at": "*", "on": "send", "nth": 1, "count": "message", "mayBeIdle": true, "do": {"late": true}}],
  "expect": [
    {"sends": 0, "in": ["java-5.3.3"], "exception": {"responseCode": "NO_NAME_SERVER_EXCEPTION"}},
    {"sends": "one", "attempts": [["a", 1, "SYSTEM_BUSY"], ["b", 0, "77"]], "elapsedMs": [0, 1.5]},
    {"broker": "a", "requests": [1, 2], "on": "send", "topic": "T", "delayed": {"recalled": 0}},
    {"faultItem": "a", "producer": "p", "atMs": 5, "available": false}],
  "invariants": {"off": [{"name": "same-bytes", "reason": "why not", "in": "java-5.3.3"}]}
})");
  for (const char* part :
       {R"("seed": 18446744073709551615)", R"({"name": "a-slave", "slaveOf": "a", "brokerId": 3})",
        R"("queues": {"b": 1, "a": 8}, "perm": "w")", R"({"name": "R", "brokers": "b"})", R"("nth": "1,3-")",
        R"("properties": {"z": "1", "a": "ü"})", R"("sends": "all")",
        R"({"partition": {"between": "a", "and": ["p", "q"], "oneWay": true}})", R"("fromMs": 0)",
        R"({"delayMs": {"lognormal": [2.5, 0.5]}, "chunk": 3})", R"("do": {"bytesPerSecond": 1000, "lossPercent": 0.5})", R"("responseCode": "NO_NAME_SERVER_EXCEPTION")",
        R"({"accessKey": "nobody", "secretKey": "s", "admin": false})", R"("defaultTopicPerm": "PUB|SUB")",
        R"("topicPerms": ["T=DENY", "R=SUB"])", R"("tls": {"a": "enforcing", "ns-1": "permissive"})",
        R"("listener": {"local": "unknown", "localMs": 2, "check": ["throw", "commit"]})", R"("listener": "none")",
        R"("local": "commit")", R"("answeredBy": ["p", "q"])",
        R"({"startProducer": {"producer": "p", "exception": {"type": "MQClientException"}}})",
        R"(["b", 0, "77"])", R"("delayed": {"recalled": 0})", R"("sends": "one")",
        R"("off": [{"name": "same-bytes", "in": "java-5.3.3", "reason": "why not"}])"}) {
    EXPECT_NE(text.find(part), std::string::npos) << part << "\n" << text;
  }
}

TEST(ScenarioText, NamesSendsByTheirNumbersWhenTheirStepHasNoneOrOthers) {
  ParseResult parsed = parse_scenario(kMinimal, "");
  ASSERT_TRUE(parsed.ok());
  Scenario& scenario = *parsed.scenario;
  auto& sends = std::get<SendExpectation>(scenario.expect[0].what).sends;
  sends = {"burst", {{0, 2}, {7, 7}}};
  EXPECT_NE(written(scenario).find(R"("sends": "0-2,7")"), std::string::npos);
  sends.ranges = {{3, 3}};
  EXPECT_NE(written(scenario).find(R"("sends": 3)"), std::string::npos);
}

}  // namespace scenario_text_test
}  // namespace rmqsim
