// Where a run once went another way than Java: on whose thread a decision is taken, in which order maps are walked,
// when an answer is too late, and what a route is after it was set.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {
namespace truer_to_java_test {

using testing::ElementsAre;

std::string in_file(const std::string& cluster, const std::string& producer, const std::string& steps,
                    const std::string& more = "") {
  return R"({"version": 1, "name": "x", "why": "x", "profile": ["java-5.3.3", "java-4.9.8"],
    "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "TopicTest", "queues": 4}])" +
         cluster + R"(}, "producers": [{"name": "p", "group": "g", )" + producer +
         R"("queueIndex": {"start": 0, "resets": [5, 9, 2]}}], "steps": [)" + steps + "]" + more + "}";
}

RunResult run(const std::string& text, const std::string& profile, WorldKind world = WorldKind::sim) {
  const ParseResult parsed = parse_scenario(text, "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  RunOptions options;
  options.world = world;
  RunResult result = run_scenario(*parsed.scenario, *find_profile(profile), options);
  EXPECT_NE(result.verdict, RunResult::Verdict::refused) << result.reason;
  return result;
}

/// "broker-a/1" for each attempt of that number of the sends from `first` on.
std::vector<std::string> queues(const RunResult& result, std::size_t first = 0, std::size_t attempt = 0) {
  std::vector<std::string> out;
  for (std::size_t i = first; i < result.record.sends.size(); ++i) {
    const auto& attempts = result.record.sends[i].attempts;
    if (attempt >= attempts.size()) continue;
    out.push_back(attempts[attempt].broker + "/" + std::to_string(attempts[attempt].queue_id));
  }
  return out;
}

// ---- time

// A connect of 1 ms leaves nothing of 1 ms, which Java's strict comparison lets pass (quirk 12).
TEST(TruerToJava, AnAsyncSendGoesOutWithNothingLeftButInHardened) {
  const std::string text = in_file("", R"("config": {"topics": ["TopicTest"]}, )",
                                   R"({"send": {"topic": "TopicTest", "mode": "async", "timeoutMs": 1}})",
                                   R"(, "network": {"oneWayMs": 0.5})");
  for (const auto& [profile, received] : {std::pair("java-5.3.3", 1u), std::pair("hardened", 0u)}) {
    const RunResult result = run(text, profile);
    EXPECT_EQ(result.record.servers.at("broker-a").received_sends, received) << profile;
    for (const Failure& failure : result.record.failures) ADD_FAILURE() << profile << ": " << failure.message;
  }
}

// RequestResponseFuture tells the callback what it has when the send is acknowledged: seen with both real clients.
TEST(TruerToJava, AReplyThatComesBeforeTheAcknowledgementIsToldTwice) {
  const std::string text =
      in_file(R"(, "responders": [{"topic": "TopicTest", "delayMs": 5}])", "",
              R"({"request": {"topic": "TopicTest", "mode": "async"}}, {"waitMs": 500})",
              R"(, "faults": [{"at": "*", "on": "send", "topic": "TopicTest", "do": {"delayMs": 200}}])");
  for (const char* const profile : {"java-5.3.3", "java-4.9.8"}) {
    const SendRecord request = run(text, profile).record.sends.at(0);
    EXPECT_EQ(request.outcome(), "REPLY") << profile;
    EXPECT_THAT(request.callbacks, ElementsAre("REPLY", "REPLY")) << profile;
  }
}

/// "TIMEOUT" for each attempt of the first send.
std::vector<std::string> ends(const RunResult& result) {
  std::vector<std::string> out;
  for (const AttemptRecord& attempt : result.record.sends.at(0).attempts) out.push_back(attempt.outcome);
  return out;
}

// The send of a request is asynchronous, and its timeout surfaces seconds after the caller has heard.
TEST(TruerToJava, ARequestThatEndsBeforeItsSendHasTheAttemptsOfThatSend) {
  const auto lost = [](const std::string& request, const std::string& cluster, const std::string& what) {
    return in_file(cluster, "", R"({"request": {"topic": "TopicTest")" + request + "}}",
                   R"(, "faults": [{"at": "*", "on": "send", "topic": "TopicTest", "do": {"drop": ")" + what + "\"}}]");
  };
  const std::string responder = R"(, "responders": [{"topic": "TopicTest"}])";
  const std::string async = R"(, "mode": "async", "timeoutMs": 500)";
  for (const char* const profile : {"java-5.3.3", "java-4.9.8", "hardened"}) {
    const RunResult unheard = run(lost(R"(, "timeoutMs": 500)", "", "request"), profile);
    EXPECT_EQ(unheard.record.sends.at(0).outcome(), "EXCEPTION") << profile;
    EXPECT_EQ(ends(unheard).at(0), "TIMEOUT") << profile;
    const RunResult answered = run(lost(R"(, "timeoutMs": 500)", responder, "response"), profile);
    EXPECT_EQ(answered.record.sends.at(0).outcome(), "REPLY") << profile;
    EXPECT_EQ(ends(answered).at(0), "TIMEOUT") << profile;
    EXPECT_EQ(ends(run(lost(async, responder, "response"), profile)).at(0), "TIMEOUT") << profile;
  }
  EXPECT_THAT(ends(run(lost(R"(, "timeoutMs": 500)", "", "request"), "java-5.3.3", WorldKind::tcp)),
              ElementsAre("TIMEOUT"));
  const RunResult outlived = run(lost(R"(, "timeoutMs": 20000)", responder, "response"), "java-5.3.3");
  EXPECT_THAT(ends(outlived), ElementsAre("INCOMPLETE")) << "a run does not wait so long";
}

// Only what comes after is asynchronous: the caller itself asks for the route.
TEST(TruerToJava, AnAsyncRequestReturnsToItsCallerWhenItHasARoute) {
  const std::string text = in_file(R"(, "responders": [{"topic": "TopicTest"}])", "",
                                   R"({"request": {"topic": "TopicTest", "mode": "async", "count": 2}})",
                                   R"(, "faults": [{"at": "ns-1", "on": "route", "do": {"delayMs": 300}}])");
  const RunRecord record = run(text, "java-5.3.3").record;
  EXPECT_LT(record.sends.at(0).start - record.first_step, millis(1));
  EXPECT_GE(record.sends.at(1).start - record.first_step, millis(300));
}

// 4.9.8 tells nobody of an orderly close, and a shutdown finds no channel to fail: the caller waits on its latch.
TEST(TruerToJava, WhoWaitsOnAConnectionThatThePeerClosedWaitsOutItsTimeThoughTheProducerShutsDown) {
  const std::string text = in_file("", "", R"({"send": {"topic": "TopicTest"}, "background": true},
      {"atMs": 1001, "do": {"shutdownProducer": "p"}}, {"waitMs": 6000})",
                                   R"(, "faults": [{"at": "*", "on": "send", "do": {"close": "before"}}])");
  const RunResult result = run(text, "java-4.9.8");
  EXPECT_NE(result.verdict, RunResult::Verdict::inconclusive) << result.reason;
  ASSERT_TRUE(result.record.sends[0].completed());
  EXPECT_GE(result.record.sends[0].elapsed(), millis(3000));
}

TEST(TruerToJava, AHardenedProducerThatIsShutDownRefusesWhatWouldBeGathered) {
  const std::string text = in_file("", R"("config": {"autoBatch": true}, )",
                                   R"({"do": {"shutdownProducer": "p"}}, {"send": {"topic": "TopicTest"}})");
  EXPECT_EQ(run(text, "java-5.3.3").verdict, RunResult::Verdict::inconclusive);  // it waits for ever (quirk 63)
  const RunResult result = run(text, "hardened");
  EXPECT_NE(result.verdict, RunResult::Verdict::inconclusive) << result.reason;
  EXPECT_EQ(result.record.sends[0].outcome(), "EXCEPTION");
}

// A real server sends a frame to its end: an answer in pieces is late, and breaks nobody's connection.
TEST(TruerToJava, AnswersInPiecesOnOneConnectionReachEverySend) {
  const std::string text = in_file("", "", R"({"send": {"topic": "TopicTest", "mode": "async", "count": 12}})",
                                   R"(, "faults": [{"at": "*", "on": "send", "nth": "1-4", "do": {"chunk": 7}}])");
  for (const WorldKind world : {WorldKind::sim, WorldKind::tcp}) {
    const RunResult result = run(text, "java-5.3.3", world);
    for (const auto& send : result.record.sends) {
      EXPECT_EQ(send.outcome(), "SEND_OK");
      EXPECT_EQ(send.attempts.size(), 1u);
    }
  }
}

// ---- threads

TEST(TruerToJava, TheFirstRequestOfATopicTakesItsQueueWithTheIndexOfTheThreadThatCalled) {
  // Answered, they need no short timeout, which a busy machine spends before the first attempt.
  const std::string text = in_file(R"(, "responders": [{"topic": "TopicTest"}])", "",
                                   R"({"request": {"topic": "TopicTest", "count": 4}})");
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    for (const WorldKind world : {WorldKind::sim, WorldKind::tcp}) {
      EXPECT_THAT(queues(run(text, profile, world)),
                  ElementsAre("broker-a/1", "broker-a/2", "broker-a/3", "broker-b/0"))
          << profile << " in " << world_name(world);
    }
  }
}

// A route lookup that waits for another's lock goes on inside that other's unlock.
TEST(TruerToJava, AThreadThatWaitedForTheRouteLockKeepsItsIndex) {
  const std::string text = in_file("", "", R"({"request": {"topic": "TopicTest", "count": 2, "timeoutMs": 300},
                                   "concurrency": 2})");
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    EXPECT_THAT(queues(run(text, profile)), ElementsAre("broker-a/1", "broker-a/1")) << "each thread has its own index";
  }
}

// The executor of async sends is shut down after the brokers were told, the detector last of all.
TEST(TruerToJava, AProducerThatShutsDownTakesAsyncSendsWhileItTellsBrokers) {
  const std::string text = in_file("", "", R"({"send": {"topic": "TopicTest", "mode": "async", "count": 8,
      "intervalMs": 1000}, "background": true}, {"atMs": 500, "do": {"shutdownProducer": "p"}}, {"waitMs": 20000})",
                                   R"(, "faults": [{"at": "*", "on": "UNREGISTER_CLIENT",
      "do": {"drop": "response"}}])");
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    const RunRecord record = run(text, profile).record;
    for (std::size_t i = 0; i < 7; ++i) EXPECT_EQ(record.sends.at(i).outcome(), "SEND_OK") << profile << " #" << i;
    ASSERT_TRUE(record.sends.at(7).error) << "two brokers have had 3000 ms each";
    EXPECT_TRUE(record.sends[7].error->message.starts_with("executor rejected ")) << record.sends[7].error->message;
  }
}

TEST(TruerToJava, TheDetectorAsksUntilItsProducerHasShutDown) {
  const std::string text = in_file("", R"("config": {"sendLatencyFaultEnable": true, "startDetectorEnable": true}, )",
                                   R"({"send": {"topic": "TopicTest"}}, {"atMs": 4000, "do": {"shutdownProducer": "p"}},
      {"waitMs": 20000})",
                                   R"(, "faults": [{"at": "*", "on": "UNREGISTER_CLIENT", "do": {"drop": "response"}}],
      "expect": [{"broker": "broker-a", "on": "GET_MAX_OFFSET", "requests": [4, 5]}])");
  const RunResult result = run(text, "java-5.3.3");
  for (const Failure& failure : result.record.failures) ADD_FAILURE() << failure.message;
}

// ---- texts

TEST(TruerToJava, OnlySomeTextsHaveASlashBeforeTheAddress) {
  const auto to = [](const std::string& broker, const std::string& how) {
    return R"({"send": {"topic": "TopicTest", "queue": {"broker": ")" + broker + R"(", "queueId": 0}, )" + how + "}}";
  };
  const std::string text = in_file("", "",
                                   to("broker-b", R"("mode": "sync")") + "," +
                                       to("broker-a", R"("mode": "async", "timeoutMs": 3)") + R"(, {"waitMs": 100}, )" +
                                       to("broker-a", R"("timeoutMs": 0)") + "," + to("broker-a", R"("timeoutMs": 5)"),
                                   R"(, "network": {"oneWayMs": 2, "timerSlackMs": 1},
      "faults": [{"at": "broker-a", "on": "send", "do": {"delayMs": 50}}])");
  const RunRecord record = run(text, "java-5.3.3").record;
  const std::shared_ptr<const MQError> late_connect = record.sends.at(1).error->cause;
  ASSERT_TRUE(late_connect);
  EXPECT_EQ(late_connect->message, "invokeAsync call the addr[<broker-a>] timeout");
  EXPECT_EQ(record.sends.at(2).error->message, "invokeSync call the addr[<broker-a>] timeout");
  EXPECT_EQ(record.sends.at(3).error->message, "wait response on the channel </<broker-a>> timeout, 5(ms)");
}

TEST(TruerToJava, ARequestThatWasSentAwayToABrokerThatRefusesFailsAsAConnect) {
  const auto sent = [](const std::string& how) {
    const std::string text = in_file("", R"("config": {"retryTimesWhenSendAsyncFailed": 0}, )",
                                     R"({"send": {"topic": "TopicTest", "queue": {"broker": "broker-a", "queueId": 0}}},
      {"atMs": 1000, "send": {"topic": "TopicTest", "queue": {"broker": "broker-a", "queueId": 0}, "mode": ")" +
                                         how + R"("}})",
                                     R"(, "faults": [{"at": "broker-a", "on": "send", "nth": 2,
      "do": {"respond": {"code": "GO_AWAY"}}},
      {"at": "broker-a", "on": "connect", "fromMs": 500, "do": {"refuse": true}}])");
    return *run(text, "java-5.3.3").record.sends.at(1).error;
  };
  const MQError async = sent("async");
  EXPECT_TRUE(async.message.starts_with("unknown reason")) << async.message;
  const MQError sync = sent("sync");
  EXPECT_TRUE(sync.message.starts_with("send request to </")) << sync.message;
  for (const MQError* error : {&async, &sync}) {
    ASSERT_TRUE(error->cause);
    EXPECT_EQ(error->cause->type, ErrorType::RemotingConnectException);
  }
}

// ---- order of maps

TEST(TruerToJava, TheDetectorProbesBrokersInTheOrderOfJavasTable) {
  const std::string send = R"({"send": {"topic": "TopicTest", "body": {"text": "x"}, "intervalMs": 50, "count": )";
  const std::string text = in_file("", R"("config": {"sendLatencyFaultEnable": true, "startDetectorEnable": true,
      "detectInterval": 500, "detectTimeout": 200, "sendMsgTimeout": 1000}, )",
                                   send + R"(4}, "atMs": 0},
    {"atMs": 700, "do": {"pause": ["broker-a", "broker-b"]}},)" +
                                       send + R"(3}, "atMs": 1000},)" + send +
                                       R"(2}, "atMs": 8000},
    {"atMs": 14000, "do": {"resume": ["broker-a", "broker-b"]}},)" +
                                       send + R"(8}, "atMs": 15500},)" + send + R"(8}, "atMs": 18000})");
  const RunResult result = run(text, "java-5.3.3");
  ASSERT_EQ(result.record.sends.size(), 25u);
  EXPECT_EQ(result.record.sends[6].attempts.size(), 2u);
  EXPECT_EQ(result.record.sends[8].attempts.size(), 2u);
  const std::vector<std::string> after = queues(result, 9);
  EXPECT_THAT(std::vector<std::string>(after.begin(), after.begin() + 6),
              ElementsAre("broker-b/3", "broker-a/0", "broker-a/1", "broker-a/2", "broker-a/3", "broker-b/0"));
}

TEST(TruerToJava, BrokersAreGreetedAndLeftInTheOrderOfJavasTable) {
  const ParseResult parsed = parse_scenario(
      in_file("", "", R"({"send": {"topic": "TopicTest", "count": 4}}, {"waitMs": 2000})"), "-");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  std::ostringstream trace;
  RunOptions options;
  options.trace = &trace;
  run_scenario(*parsed.scenario, *find_profile("java-4.9.8"), options);  // it greets nobody for a connection
  const auto asked = [&](const std::string& code) {
    std::vector<std::string> out;
    std::istringstream lines(trace.str());
    for (std::string line; std::getline(lines, line);) {
      if (line.find(R"("node":"p","event":"request")") == std::string::npos) continue;
      if (line.find("\"code\":" + code + ",") == std::string::npos) continue;
      out.push_back(line.find(R"("to":"10.0.0.2:)") != std::string::npos ? "broker-a" : "broker-b");
    }
    return out;
  };
  EXPECT_THAT(asked("34"), ElementsAre("broker-b", "broker-a"));
  EXPECT_THAT(asked("35"), ElementsAre("broker-b", "broker-a", "broker-b", "broker-a")) << "two groups unregister";
}

// ---- late answers

std::string late(const std::string& config, const std::string& step, const std::string& faults,
                 const std::string& cluster = "") {
  return in_file(cluster, "\"config\": {" + config + "}, ", step,
                 R"(, "network": {"oneWayMs": 1, "timerSlackMs": 5}, "faults": [)" + faults + "]");
}

/// Two sends to one queue; the first finds route and connection, the second meets the fault.
SendRecord second_send(const std::string& profile, const std::string& action, const std::string& more_steps = "") {
  const std::string step = R"({"send": {"topic": "TopicTest", "body": {"text": "x"},
                                       "queue": {"broker": "broker-a", "queueId": 0}}, "background": true, "atMs": )";
  const std::string text = late(R"("sendMsgTimeout": 1000)", step + "0}," + step + "100}" + more_steps,
                                R"({"at": "broker-a", "on": "send", "nth": 2, "do": )" + action + "}");
  return run(text, profile).record.sends.at(1);
}

TEST(TruerToJava, AnAnswerBetweenTheEndOfAWaitAndItsWakeUpIsLate) {
  for (const char* profile : {"java-5.3.3", "java-4.9.8", "hardened"}) {
    const SendRecord send = second_send(profile, R"({"delayMs": 1000})");
    EXPECT_EQ(send.outcome(), "EXCEPTION") << profile;
    ASSERT_EQ(send.attempts.size(), 1u);
    EXPECT_EQ(send.attempts[0].outcome, "TIMEOUT");
    EXPECT_EQ(send.attempts[0].elapsed, millis(1005)) << "woken as late as ever";
    EXPECT_EQ(second_send(profile, R"({"delayMs": 998})").outcome(), "EXCEPTION") << "it comes at the very end";
    EXPECT_EQ(second_send(profile, R"({"delayMs": 997})").outcome(), "SEND_OK") << "in time";
  }
}

TEST(TruerToJava, AConnectionThatEndsAfterTheEndOfAWaitLeavesItATimeout) {
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    const std::string crash = R"(, {"atMs": 1101, "do": {"crash": "broker-a"}})";
    EXPECT_EQ(second_send(profile, R"({"drop": "request"})", crash).attempts.at(0).outcome, "TIMEOUT") << profile;
    const std::string earlier = R"(, {"atMs": 1098, "do": {"crash": "broker-a"}})";
    EXPECT_EQ(second_send(profile, R"({"drop": "request"})", earlier).attempts.at(0).outcome, "CONNECTION_CLOSED");
  }
}

TEST(TruerToJava, AReplyBetweenTheEndOfARequestAndItsWakeUpIsLate) {
  const auto ends = [](int delay) {
    const std::string text = late(
        "", R"({"request": {"topic": "TopicTest", "timeoutMs": 1000}})", "",
        R"(, "responders": [{"topic": "TopicTest", "delayMs": )" + std::to_string(delay) + R"(, "reply": "pong"}])");
    return run(text, "java-4.9.8").record.sends.at(0).outcome();
  };
  EXPECT_EQ(ends(900), "REPLY");
  EXPECT_EQ(ends(998), "EXCEPTION");
}

// ---- greetings

// Java's would not end: 820 heartbeats within 1.1 s were seen of 5.3.3 (README of the producer, known differences).
TEST(TruerToJava, AGreetingThatIsToldToGoAwayIsMadeOnceMoreAndNotWithoutEnd) {
  const std::string text = in_file("", "", R"({"send": {"topic": "TopicTest"}}, {"waitMs": 2000})",
                                   R"(, "faults": [{"at": "*", "on": "any", "do": {"respond": {"code": "GO_AWAY"}}}])");
  for (const char* profile : {"java-5.3.3", "hardened"}) {
    const RunResult result = run(text, profile);
    for (const Failure& failure : result.record.failures) ADD_FAILURE() << profile << ": " << failure.message;
  }
}

// ---- groups

// The user's producer registers first, and the one inside its instance finds the group taken.
TEST(TruerToJava, NobodyStartsWithTheGroupOfTheProducerInsideTheInstance) {
  const auto start = [](const std::string& producer, const std::string& text) {
    return R"({"do": {"startProducer": {"producer": ")" + producer +
           R"(", "exception": {"type": "MQClientException", "messageContains": ")" + text + R"("}}}}, )";
  };
  const std::string taken = "The producer group[CLIENT_INNER_PRODUCER] has been created before";
  const std::string shared = R"("config": {"instanceName": "X", "clientIP": "10.0.0.9"})";
  const std::string text = R"({"version": 1, "name": "x", "why": "x",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}, {"name": "N%T"}]},
    "producers": [{"name": "p", "group": "CLIENT_INNER_PRODUCER", "autoStart": false}, {"name": "q", )" +
                           shared + R"(}, {"name": "r", "group": "CLIENT_INNER_PRODUCER", "autoStart": false, )" +
                           shared + R"(},
                  {"name": "s", "group": "CLIENT_INNER_PRODUCER", "config": {"namespace": "N"}}],
    "steps": [)" + start("p", taken) +
                           start("p", "maybe started once, START_FAILED") + start("r", taken) +
                           R"({"send": {"producer": "p", "topic": "T"}}, {"send": {"producer": "q", "topic": "T"}},
              {"send": {"producer": "s", "topic": "T"}}, {"waitMs": 65000}],
    "expect": [{"sends": 0, "exception": {"messageContains": "service state not OK, START_FAILED"}},
               {"sends": "1-2", "outcome": "SEND_OK"}]})";
  for (const char* profile : {"java-5.3.3", "java-4.9.8", "hardened"}) {
    const RunResult result = run(text, profile);
    for (const Failure& failure : result.record.failures) ADD_FAILURE() << profile << ": " << failure.message;
  }
}

// ---- routes

TEST(TruerToJava, ARouteThatIsSetReplacesTheOldOneAlsoWhenBrokersRegisterAgain) {
  const std::string text = in_file("", "", R"(
    {"do": {"setRoute": {"topic": "TopicTest", "brokers": "broker-b", "queues": 4}}},
    {"send": {"topic": "TopicTest", "count": 8}},
    {"do": {"crash": "broker-a"}}, {"do": {"restart": "broker-a"}},
    {"send": {"topic": "TopicTest", "count": 4}})",
                                   R"(, "expect": [{"sends": "all", "broker": "broker-b"},
                                                   {"broker": "broker-a", "received": 0}])");
  for (const WorldKind world : {WorldKind::sim, WorldKind::tcp}) {
    const RunResult result = run(text, "java-5.3.3", world);
    EXPECT_EQ(result.verdict, RunResult::Verdict::passed)
        << report_text(*parse_scenario(text, "-").scenario, result, 0, {});
  }
}

}  // namespace truer_to_java_test
}  // namespace rmqsim
