// What `rmqsim explain` says of a send: where each attempt went and why, in the words of the profile's own rules. Texts
// are compared without their line breaks.
#include "scenarios/harness/report/explain.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace explain_test {

using nlohmann::json;
using testing::HasSubstr;
using testing::Not;

const std::string kLibrary = RMQSIM_SOURCE_DIR "/scenarios/";

/// Three brokers of two queues, index from 0, the faults of the argument.
std::string scenario(const std::string& config, const std::string& send, const std::string& faults) {
  return R"({"version": 1, "name": "x", "why": "x", "profile": ["java-5.3.3", "java-4.9.8"],
    "cluster": {"brokers": ["broker-a", "broker-b", "broker-c"], "topics": [{"name": "T", "queues": 2}]},
    "producers": [{"name": "p", "group": "g", "config": {)" + config + R"(},
                   "queueIndex": {"start": 0, "resets": [5, 2]}}],
    "steps": [{"send": {"topic": "T", "body": {"text": "x"}, )" + send + R"(}}],
    "faults": [)" + faults + "]}";
}

std::string busy(const std::string& broker, const std::string& code = "SYSTEM_ERROR") {
  return R"({"at": ")" + broker + R"(", "on": "send", "do": {"respond": {"code": ")" + code + R"("}}})";
}

class Explained {
 public:
  Explained(const ParseResult& parsed, const std::string& profile, std::uint64_t send, WorldKind world = WorldKind::sim)
      : parsed_(parsed) {
    EXPECT_TRUE(parsed.ok()) << parsed.to_string();
    RunOptions options;
    options.explain = send;
    options.world = world;
    result_ = run_scenario(*parsed.scenario, *find_profile(profile), options);
    EXPECT_NE(result_.verdict, RunResult::Verdict::refused) << result_.reason;
  }
  std::string text(std::size_t width = 100'000) const {
    return explain_text(*parsed_.scenario, *find_profile(result_.profile), result_, width);
  }
  json data() const { return json::parse(explain_json(*parsed_.scenario, result_)); }
  const RunResult& result() const { return result_; }

 private:
  ParseResult parsed_;
  RunResult result_;
};

Explained explain(const std::string& text, const std::string& profile, std::uint64_t send = 0) {
  return {parse_scenario(text, "-"), profile, send};
}
Explained explain_file(const std::string& name, const std::string& profile, std::uint64_t send = 0) {
  return {load_scenario(kLibrary + name), profile, send};
}

TEST(Explain, SaysWhereTheIndexStoodAndWhyQueuesOfTheLastBrokerArePassedOver) {
  const std::string text = explain_file("codes/code-system-busy-first-five.json", "java-5.3.3").text();
  EXPECT_THAT(text, HasSubstr("this thread's first use of the topic's index, which starts at 0, 1 after."));
  EXPECT_THAT(text, HasSubstr("1 -> broker-a/1: taken"));
  EXPECT_THAT(text, HasSubstr("1 before, 4 after."));
  EXPECT_THAT(text, HasSubstr("2 to 3 -> broker-a/2 to broker-a/3: passed over, on the broker of the attempt before"));
  EXPECT_THAT(text, HasSubstr("4 -> broker-b/0: taken"));
  EXPECT_THAT(text, HasSubstr("2999 ms left of 3000 ms (1 ms spent before)."));
}

TEST(Explain, NamesTheCodeThatTheOlderClientDoesNotRetryAndWhoWould) {
  const std::string older = explain_file("codes/code-system-busy-first-five.json", "java-4.9.8").text();
  EXPECT_THAT(older, HasSubstr("java-4.9.8 does not retry SYSTEM_BUSY (java-5.3.3"));
  EXPECT_THAT(older, HasSubstr("end       the broker's code is not retried."));
  const std::string newer = explain_file("codes/code-system-busy-first-five.json", "java-5.3.3").text();
  EXPECT_THAT(newer, HasSubstr("SYSTEM_BUSY (2) is one of the codes that a sync send retries"));
  EXPECT_THAT(newer, HasSubstr("the message is stored, and that is the result."));
}

TEST(Explain, GivesTheFiltersOf533TheirTurnAndTheIsolationItsEnd) {
  const auto explained = explain(
      scenario(R"("sendLatencyFaultEnable": true)", R"("count": 2, "intervalMs": 10)", busy("*")), "java-5.3.3", 1);
  const std::string text = explained.text();
  EXPECT_THAT(text, HasSubstr("whose broker is available; failing that, one whose broker is reachable; failing that"));
  EXPECT_THAT(text, HasSubstr("asked     available:"));
  EXPECT_THAT(text, HasSubstr("passed over, isolated until 100"));
  EXPECT_THAT(text, HasSubstr("asked     none; then reachable:"));
  EXPECT_THAT(text, HasSubstr("passed over, its broker was not reached last time"));
  EXPECT_THAT(text, HasSubstr("asked     next in turn:"));
  EXPECT_THAT(text, HasSubstr("restarted at"));
  EXPECT_THAT(text, HasSubstr("because this is a retry"));
  EXPECT_THAT(text, HasSubstr("and on the broker of the attempt before"));
  // Six looks for each filter, and the queue that is taken.
  const json first = explained.data()["decisions"][1];
  ASSERT_EQ(first["decision"], "queueChosen");
  EXPECT_EQ(first["looks"].size(), 13u);
  EXPECT_EQ(first["indexAfter"].get<int>() - first["indexBefore"].get<int>(), 13);
  EXPECT_EQ(first["looks"][0]["isolatedUntilMs"], first["faultItems"][first["looks"][0]["broker"]]["unavailableUntilMs"]);
}

TEST(Explain, TellsOfAHalfMessageWhyItWentElsewhere) {
  std::string text = scenario("", "", busy("broker-a", "SYSTEM_BUSY"));
  const std::string plain = R"({"send": {"topic": "T", "body": {"text": "x"}, }})";
  text.replace(text.find(plain), plain.size(),
               R"({"transaction": {"topic": "T", "local": "commit", "body": {"text": "x"}}})");
  const auto explained = explain(text, "java-5.3.3");
  EXPECT_THAT(explained.text(), HasSubstr("the half message of a transaction on topic T, by p"));
  EXPECT_THAT(explained.text(), HasSubstr("SYSTEM_BUSY (2) is one of the codes that a sync send retries"));
  EXPECT_THAT(explained.text(), HasSubstr("local commit"));
  EXPECT_EQ(explained.data()["decisions"][1]["decision"], "queueChosen");
}

TEST(Explain, TellsOfARequestThatItIsSentAsyncAndNotRetried) {
  const auto explained = explain_file("request_reply/request-broker-busy.json", "java-5.3.3");
  EXPECT_THAT(explained.text(), HasSubstr("a request, sent async as Java does, to topic TopicTest, by p"));
  EXPECT_THAT(explained.text(), HasSubstr("SYSTEM_BUSY"));
  EXPECT_FALSE(explained.data()["decisions"].empty());
}

TEST(Explain, ShowsTheWalkOf498FromOneIncrement) {
  const auto explained =
      explain(scenario(R"("sendLatencyFaultEnable": true)", R"("count": 1)", busy("broker-a")), "java-4.9.8");
  const std::string text = explained.text();
  EXPECT_THAT(text, HasSubstr("the last broker (broker-a) is not avoided"));
  EXPECT_THAT(text, HasSubstr("1 before, 2 after."));
  EXPECT_THAT(text, HasSubstr("2 -> broker-b/0: taken"));
}

TEST(Explain, RanksTheBrokersWhenAllAreIsolatedIn498) {
  const auto explained = explain(
      scenario(R"("sendLatencyFaultEnable": true)", R"("count": 2, "intervalMs": 10)", busy("*")), "java-4.9.8", 1);
  const std::string text = explained.text();
  EXPECT_THAT(text, HasSubstr("every broker is isolated; from best to worst: broker-"));
  EXPECT_THAT(text, HasSubstr("of the better half (1) falls on broker-"));
  EXPECT_THAT(text, HasSubstr("modulo its 2 writable queues."));
  const json first = explained.data()["decisions"][1];
  EXPECT_EQ(first["worst"]["ranking"].size(), 3u);
  EXPECT_EQ(first["chosen"]["broker"], first["worst"]["broker"]);
  // One increment for the walk, one for the queue that names the topic, one for the queue id.
  EXPECT_EQ(first["indexAfter"].get<int>() - first["indexBefore"].get<int>(), 3);
}

TEST(Explain, ShowsTheFaultItemBeforeAndAfter) {
  const std::string faults = R"({"at": "broker-a", "on": "send", "nth": 1, "do": {"respond": {"code": 1}}})";
  const std::string send = R"("count": 7, "intervalMs": 1)";
  const std::string newer =
      explain(scenario(R"("sendLatencyFaultEnable": true)", send, faults), "java-5.3.3").text();
  EXPECT_THAT(newer, HasSubstr("broker-a before: none."));
  EXPECT_THAT(newer, HasSubstr("unreachable. A failure counts as 10000 ms of latency, which isolates for 10000 ms."));
  const std::string older =
      explain(scenario(R"("sendLatencyFaultEnable": true)", send, faults), "java-4.9.8").text();
  EXPECT_THAT(older, HasSubstr("A failure counts as 30000 ms of latency, which isolates for 600000 ms."));
  const std::string off = explain(scenario("", send, faults), "java-5.3.3").text();
  EXPECT_THAT(off, HasSubstr("nothing is kept of broker-a: sendLatencyFaultEnable is off."));
}

TEST(Explain, ASuccessShortensAnIsolationInOneProfileOnly) {
  const auto last_words = [](const std::string& profile) {
    return explain(scenario(R"("sendLatencyFaultEnable": true, "retryTimesWhenSendFailed": 0)",
                            R"("count": 4, "intervalMs": 1)",
                            R"({"at": "*", "on": "send", "nth": 1, "do": {"respond": {"code": 1}}})"),
                   profile, 3).text();
  };
  EXPECT_THAT(last_words("java-5.3.3"), HasSubstr("a running isolation is not shortened"));
  EXPECT_THAT(last_words("java-4.9.8"), HasSubstr("that ends the running isolation at once"));
}

TEST(Explain, AnAsyncRetryUsesTheIndexOfTheThreadThatNoticed) {
  const std::string faults = R"({"at": "broker-a", "on": "send", "do": {"reset": "before"}})";
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    const auto explained = explain(scenario("", R"("mode": "async", "count": 1)", faults), profile);
    const std::string text = explained.text();
    EXPECT_THAT(text, HasSubstr("whatever comes of it, this counts as a success of broker-a.")) << profile;
    EXPECT_THAT(text, HasSubstr("a lost connection may be tried again, as \"send request failed\".")) << profile;
    EXPECT_THAT(text, HasSubstr("retry 1 of 2, ")) << profile;
    EXPECT_THAT(text, HasSubstr("every thread has its own, and this is not the one that the send began with")) << profile;
    EXPECT_THAT(text, HasSubstr("still for queue id 1 that was chosen first.")) << profile;
    // Its first use: from the same start again, whatever the sending thread did.
    const json decisions = explained.data()["decisions"];
    std::vector<json> choices;
    for (const json& d : decisions) {
      if (d["decision"] == "queueChosen") choices.push_back(d);
    }
    ASSERT_EQ(choices.size(), 2u);
    EXPECT_NE(choices[0]["thread"], choices[1]["thread"]);
    EXPECT_TRUE(choices[1]["indexBefore"].is_null());
  }
}

TEST(Explain, AnAsyncTimeoutIsNeverRetriedIn533AndAlwaysIn498) {
  const std::string newer = explain_file("async/async-silent-broker.json", "java-5.3.3").text();
  EXPECT_THAT(newer, HasSubstr("java-5.3.3 does not retry without time left"));
  EXPECT_THAT(newer, HasSubstr("no time is left for a retry; the failure is handed to the callback."));
  const std::string older = explain_file("async/async-silent-broker.json", "java-4.9.8").text();
  EXPECT_THAT(older, HasSubstr("java-4.9.8 retries even with nothing left."));
  EXPECT_THAT(older, HasSubstr("an error that invokeAsync itself throws may be tried again."));
  EXPECT_THAT(older, HasSubstr("retryTimesWhenSendAsyncFailed is used up."));
}

TEST(Explain, AnAsyncRefusalIsFinal) {
  const std::string text = explain_file("async/async-error-code-is-final.json", "java-5.3.3").text();
  EXPECT_THAT(text, HasSubstr("a broker's refusal is final once a request was handed over"));
}

TEST(Explain, ATimeoutSpendsTheBudgetOfAllAttempts) {
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    const std::string text = explain_file("latency/silent-broker-latency-fault-on.json", profile).text();
    EXPECT_THAT(text, HasSubstr("a timeout is tried again on another broker while attempts are left.")) << profile;
    EXPECT_THAT(text, HasSubstr("before another attempt, 1001 ms of 1000 ms are spent")) << profile;
  }
}

TEST(Explain, TheCapPerRequestIsKnownToTheNewerClientOnly) {
  const std::string faults = R"({"at": "broker-a", "on": "send", "do": {"drop": "request"}})";
  const std::string config = R"("sendMsgMaxTimeoutPerRequest": 100)";
  EXPECT_THAT(explain(scenario(config, R"("count": 1)", faults), "java-5.3.3").text(),
              HasSubstr("sendMsgMaxTimeoutPerRequest lets this attempt have 100 ms, since it is not the last"));
  EXPECT_THAT(explain(scenario(config, R"("count": 1)", faults), "java-4.9.8").text(),
              Not(HasSubstr("sendMsgMaxTimeoutPerRequest")));
}

TEST(Explain, AnEarlierResultHidesALaterFailure) {
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    const auto explained = explain_file("status/status-then-error-returns-earlier-result.json", profile);
    EXPECT_THAT(explained.text(), HasSubstr("because retryAnotherBrokerWhenNotStoreOK is on."));
    EXPECT_THAT(explained.text(),
                HasSubstr("An earlier attempt had left a result, FLUSH_DISK_TIMEOUT: it is returned, and hides this"));
    const json end = explained.data()["decisions"].back();
    EXPECT_EQ(end["decision"], "ended");
    EXPECT_EQ(end["reason"], "codeNotRetried");
    EXPECT_TRUE(end["earlierResult"]);
  }
}

TEST(Explain, TheHardenedProfileHasWordsForItsOwnRules) {
  const std::string share = explain(scenario("", R"("count": 1)", ""), "hardened").text();
  EXPECT_THAT(share, HasSubstr("hardened gives this attempt its share of that, 1000 ms, so that others remain possible"));
  const std::string blamed = explain(scenario("", R"("count": 1)", busy("*", "MESSAGE_ILLEGAL")), "hardened").text();
  EXPECT_THAT(blamed, HasSubstr("hardened does not retry MESSAGE_ILLEGAL"));
  EXPECT_THAT(blamed, HasSubstr("It blames the message, so the broker is not blamed."));
  const auto async = explain(scenario("", R"("mode": "async", "count": 1)", busy("broker-a")), "hardened");
  EXPECT_THAT(async.text(), HasSubstr("that alone says nothing of broker-a to hardened."));
  EXPECT_THAT(async.text(), HasSubstr("a code that a sync send retries may be tried elsewhere."));
  EXPECT_THAT(async.text(), HasSubstr("#2 of at most 3 goes to broker-"));
  const std::string all = explain(scenario(R"("sendLatencyFaultEnable": true, "startDetectorEnable": true)",
                                           R"("count": 2, "intervalMs": 10)",
                                           busy("*")), "hardened", 1).text();
  EXPECT_THAT(all, HasSubstr("asked     available, reachable:"));
  EXPECT_THAT(all, HasSubstr("and its broker was not reached last time"));
  EXPECT_THAT(all, HasSubstr("asked     none; then reachable, whichever:"));
}

TEST(Explain, OverloadsWithoutRetrySaySo) {
  const std::string text = explain(scenario("", R"("count": 1, "queue": {"broker": "broker-a", "queueId": 0})",
                                            busy("broker-a")), "java-5.3.3").text();
  EXPECT_THAT(text, HasSubstr("this overload makes one attempt and hands on whatever comes of it"));
  EXPECT_THAT(text, HasSubstr("end       this overload does not retry."));
}

TEST(Explain, ASendThatFailsBeforeAnyDecisionIsNoRiddle) {
  std::string too_long = scenario(R"("maxMessageSize": 5)", R"("count": 1)", "");
  too_long.replace(too_long.find(R"({"text": "x"})"), 13, R"({"size": 10})");
  const std::string text = explain(too_long, "java-5.3.3").text();
  EXPECT_THAT(text, HasSubstr("decided   nothing: the send failed before a queue was looked for."));
  EXPECT_THAT(text, HasSubstr("result    MQClientException"));
}

TEST(Explain, BeingExplainedChangesNothing) {
  for (const char* name : {"latency/code-system-busy-all-latency-fault-on.json", "async/async-silent-broker.json",
                           "codes/code-system-busy-first-five.json"}) {
    const ParseResult parsed = load_scenario(kLibrary + name);
    ASSERT_TRUE(parsed.ok());
    for (const std::string& profile : parsed.scenario->profiles) {
      RunOptions options;
      const std::uint64_t plain = run_scenario(*parsed.scenario, *find_profile(profile), options).trace_hash;
      options.explain = 0;
      const RunResult explained = run_scenario(*parsed.scenario, *find_profile(profile), options);
      EXPECT_EQ(explained.trace_hash, plain) << name;
      EXPECT_FALSE(explained.record.decisions.empty()) << name;
    }
  }
}

TEST(Explain, EverySendOfTheLibraryHasAnEnd) {
  for (const std::string& file : find_scenarios({kLibrary + "codes", kLibrary + "status", kLibrary + "connections",
                                                 kLibrary + "basics", kLibrary + "routing"}).files) {
    const ParseResult parsed = load_scenario(file);
    ASSERT_TRUE(parsed.ok()) << file;
    for (const std::string& profile : parsed.scenario->profiles) {
      const Explained explained(parsed, profile, 0);
      if (explained.result().record.decisions.empty()) continue;
      bool ended = false;
      const json data = explained.data();
      for (const json& d : data["decisions"]) ended = ended || d["decision"] == "ended";
      EXPECT_TRUE(ended) << file << " " << profile << "\n" << explained.text(100);
    }
  }
}

TEST(Explain, SaysWhatCausedTheExceptionThatASendEndedWith) {
  const std::string text = explain(R"({"version": 1, "name": "x", "why": "x",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 2}]},
    "producers": [{"name": "p", "group": "g", "autoStart": false}],
    "steps": [{"transaction": {"topic": "T"}}]})",
                                   "java-5.3.3")
                               .text();
  EXPECT_THAT(text, HasSubstr("MQClientException send message Exception"));
  EXPECT_THAT(text, HasSubstr("caused by MQClientException The producer service state not OK, CREATE_JUST"));
}

TEST(Explain, KeepsToTheWidthWhereWordsAllow) {
  const std::string text = explain_file("latency/code-system-busy-all-latency-fault-on.json", "java-5.3.3", 1).text(80);
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) EXPECT_LE(line.size(), 82u) << line;
}

}  // namespace explain_test
}  // namespace rmqsim
