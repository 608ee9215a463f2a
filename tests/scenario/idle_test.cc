// A run believes no rule and no event that did nothing: it fails, unless the file permits it, and every report counts.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {
namespace idle_test {

using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using Verdict = RunResult::Verdict;

/// Ten sends over two brokers, one of which dies for a while.
Scenario scenario(const std::string& faults, const std::string& expect, const std::string& steps = "",
                  const std::string& cluster = "") {
  ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "idle", "why": "x", "profile": ["java-5.3.3", "java-4.9.8"],
    "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "T", "queues": 4}])" +
                                          cluster + R"(},
    "producers": [{"name": "p", "queueIndex": {"start": 0}}],
    "steps": [{"send": {"topic": "T", "count": 10, "intervalMs": 10}})" +
                                          steps + R"(],
    "faults": [)" + faults + R"(], "expect": [)" +
                                          expect + "]}",
                                      "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return std::move(*parsed.scenario);
}

RunResult run(const Scenario& scenario, const char* profile = "java-5.3.3", const RunOptions& options = {}) {
  return run_scenario(scenario, *find_profile(profile), options);
}

const std::string kAllGood = R"({"sends": "all", "outcome": "SEND_OK"})";

TEST(IdleRule, FailsTheRunWithItsCounts) {
  const Scenario late =
      scenario(R"({"at": "broker-a", "on": "send", "fromMs": 900000, "do": {"drop": "request"}})", kAllGood);
  const RunResult result = run(late);
  EXPECT_EQ(result.verdict, Verdict::failed);
  ASSERT_EQ(result.record.failures.size(), 1u);
  EXPECT_EQ(result.record.failures[0].check, "rule \"fault[0]\"");
  EXPECT_EQ(result.record.failures[0].message,
            "never acted in java-5.3.3: matched 0, acted 0; \"mayBeIdle\": true allows that");
  EXPECT_EQ(result.record.failures[0].where.pointer, "/faults/0");
}

TEST(IdleRule, IsAllowedByOneWord) {
  const Scenario late = scenario(
      R"({"at": "broker-a", "on": "send", "fromMs": 900000, "mayBeIdle": true, "do": {"drop": "request"}})", kAllGood);
  EXPECT_EQ(run(late).verdict, Verdict::passed);
}

TEST(IdleRule, IsOneThatMatchesAndNeverHasItsTurn) {
  const Scenario never = scenario(R"({"at": "broker-a", "on": "send", "nth": 9, "do": {"drop": "request"}})", kAllGood);
  const RunResult result = run(never);
  EXPECT_EQ(result.verdict, Verdict::failed);
  EXPECT_THAT(result.record.failures.at(0).message, HasSubstr("matched 6, acted 0"));
}

TEST(IdleRule, IsOneThatFindsOnlyAnswersToChangeThatDoNotCome) {
  for (const char* what : {R"("delayMs": 1)", R"("drop": "response")", R"("duplicate": true)"}) {
    const Scenario oneway =
        scenario(R"({"at": "broker-b", "on": "send", "nth": "5-", "do": {)" + std::string(what) + "}}",
                 R"({"sends": "0-9", "outcome": "SEND_OK"})",
                 R"(, {"send": {"topic": "T", "mode": "oneway", "count": 8}})");
    const RunResult result = run(oneway);
    EXPECT_EQ(result.verdict, Verdict::failed) << what;
    EXPECT_THAT(result.record.failures.back().message, HasSubstr("matched 8, acted 0")) << what;
  }
}

const std::string kKeepsATable =
    R"(, {"do": {"setConfig": {"producer": "p", "config": {"sendLatencyFaultEnable": true}}}})";

// What is said of a moment is checked then; a run that is over before would leave it out.
TEST(UnreachedExpectation, FailsTheRunThatIsOverBeforeItsMoment) {
  const char* const at_900 = R"({"faultItem": "broker-a", "atMs": 900000, "available": false})";
  const RunResult result = run(scenario("", at_900, kKeepsATable));
  EXPECT_EQ(result.verdict, Verdict::failed);
  ASSERT_EQ(result.record.failures.size(), 1u);
  EXPECT_EQ(result.record.failures[0].check, "expect[0] at 900000.0 ms");
  EXPECT_THAT(result.record.failures[0].message, HasSubstr("never judged: the run was over after 95.6 ms"));
  EXPECT_EQ(result.record.failures[0].where.pointer, "/expect/0");
  const char* const available = R"({"faultItem": "broker-a", "atMs": 900000, "available": true})";
  EXPECT_EQ(run(scenario("", available, kKeepsATable + R"(, {"waitMs": 900000})")).verdict, Verdict::passed);
}

TEST(UnreachedExpectation, IsTheBusinessOfItsProfilesAlone) {
  const char* const at_900 = R"({"faultItem": "broker-a", "atMs": 900000, "available": false, "in": "java-4.9.8"})";
  EXPECT_EQ(run(scenario("", at_900, kKeepsATable), "java-5.3.3").verdict, Verdict::passed);
  EXPECT_EQ(run(scenario("", at_900, kKeepsATable), "java-4.9.8").verdict, Verdict::failed);
}

TEST(UnjudgedExpectation, IsNotedWhenTheScenarioRunsInNoneOfItsProfiles) {
  const Scenario one = scenario("", kAllGood + R"(, {"sends": 0, "outcome": "SEND_OK", "in": "hardened"})");
  EXPECT_THAT(run(one).record.notes, ElementsAre("expect[1] is for profiles that the scenario does not run in"));
  EXPECT_THAT(run(one, "hardened").record.notes, testing::IsEmpty());
}

TEST(UnjudgedInvariant, IsNotedWhenTheScenarioRunsInNoneOfItsProfiles) {
  Scenario one = scenario("", kAllGood);
  one.invariants_off.push_back({"one-connection", "x", {"hardened"}, {7, 3, "/invariants/off/0"}});
  EXPECT_THAT(run(one).record.notes, ElementsAre("invariants.off[0] is for profiles that the scenario does not run in"));
  EXPECT_THAT(run(one, "hardened").record.notes, testing::IsEmpty());
}

TEST(IdleRule, IsJudgedInEachProfileByItself) {
  // SYSTEM_BUSY is final in 4.9.8, so no send comes to broker-b a second time.
  const Scenario retried = scenario(R"(
      {"at": "broker-a", "on": "send", "nth": 1, "do": {"respond": {"code": "SYSTEM_BUSY"}}},
      {"at": "broker-b", "on": "send", "nth": 6, "do": {"delayMs": 5}})",
                                    "");
  EXPECT_EQ(run(retried, "java-5.3.3").record.failures.size(), 0u);
  const RunResult in_4 = run(retried, "java-4.9.8");
  ASSERT_EQ(in_4.record.failures.size(), 1u);
  EXPECT_THAT(in_4.record.failures[0].message, HasSubstr("never acted in java-4.9.8"));
}

TEST(IdleRule, IsNotJudgedWhereARecordingHasFixedTheInput) {
  const Scenario late =
      scenario(R"({"at": "broker-a", "on": "send", "fromMs": 900000, "do": {"drop": "request"}})", kAllGood);
  RunOptions recorded;
  recorded.judge_idle = false;
  EXPECT_EQ(run(late, "java-5.3.3", recorded).verdict, Verdict::passed);
}

TEST(IdleRule, OfALinkIsOneWhoseKeysHaveNotAllActed) {
  const auto cut = [](const char* keys) {
    return scenario(std::string(R"({"id": "l", "at": "broker-a", "on": "toClient", "do": {)") + keys + "}}", "");
  };
  const RunResult never = run(cut(R"("bytesPerSecond": 100000, "closeAfterBytes": 1000000)"));
  EXPECT_EQ(never.verdict, Verdict::failed);
  ASSERT_EQ(never.record.failures.size(), 1u);
  EXPECT_EQ(never.record.failures[0].message,
            "never acted in java-5.3.3: matched 1, acted 0; \"mayBeIdle\": true allows that");
  EXPECT_EQ(run(cut(R"("bytesPerSecond": 100000)")).record.rules.at(0).counts.acted, 1u);
  EXPECT_GE(run(cut(R"("closeAfterBytes": 300)")).record.rules.at(0).counts.acted, 1u);
}

TEST(IdleRule, OnWhatABrokerSendsItselfIsOneThatIsForAnswersOnly) {
  const auto judged = [](const std::string& act) {
    ParseResult parsed = parse_scenario(R"({"version": 1, "name": "pushed", "why": "x",
      "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
      "steps": [{"transaction": {"topic": "T", "local": "unknown", "check": ["commit"]}}, {"waitMs": 70000}],
      "faults": [{"at": "a", "on": "any", "fromMs": 29900, "toMs": 29999.9, "do": )" + act + R"(}],
      "expect": [{"sends": 0, "outcome": "SEND_OK"}]})", "-");
    EXPECT_TRUE(parsed.ok()) << parsed.to_string();
    return run(*parsed.scenario);
  };
  for (const char* act : {R"({"storeThenRespond": {"code": 17}})", R"({"duplicate": true})", R"({"truncate": 3})"}) {
    const RunResult result = judged(act);
    EXPECT_EQ(result.record.rules.at(0).counts.acted, 0u) << act;
    EXPECT_EQ(result.verdict, Verdict::failed) << act;
  }
  for (const char* act : {R"({"drop": "request"})", R"({"delayMs": 5})", R"({"reset": "before"})"}) {
    EXPECT_EQ(judged(act).record.rules.at(0).counts.acted, 1u) << act;
  }
}

// Nobody sees who is refused by a socket that is closed: what counts is that it was.
TEST(IdleRule, OfARefusalCountsTheWindowsInWhichItsServerStoppedListening) {
  const auto refusing = [](const char* window) {
    return scenario(std::string(R"({"at": "broker-a", "on": "connect", )") + window + R"("do": {"refuse": true}})", "");
  };
  const RunResult open = run(refusing(R"("fromMs": 20, "toMs": 60, )"));
  EXPECT_EQ(open.record.rules.at(0).counts.acted, 1u);
  EXPECT_TRUE(open.record.failures.empty());
  EXPECT_EQ(run(refusing("")).record.rules.at(0).counts.acted, 1u);
  const RunResult late = run(refusing(R"("fromMs": 900000, )"));
  EXPECT_EQ(late.record.rules.at(0).counts.acted, 0u);
  EXPECT_EQ(late.verdict, Verdict::failed);
}

// Which topics there are only the run knows, when brokers create them.
TEST(IdleEvent, FailsTheRunUnlessItIsPermitted) {
  const char* create = R"(, "autoCreateTopic": true)";
  const std::string event = R"({"removeFromRoute": {"broker": "broker-b", "topic": "T"}})";
  const std::string twice = R"(, {"do": )" + event + R"(}, {"do": {"setRoute": {"topic": "U", "brokers": "broker-a"}}},
      {"do": {"removeFromRoute": {"broker": "broker-b", "topic": "U"}}})";
  const RunResult result = run(scenario("", kAllGood, twice, create));
  ASSERT_EQ(result.record.failures.size(), 1u);
  EXPECT_EQ(result.record.failures[0].check, "event steps[3] removeFromRoute");
  EXPECT_EQ(result.record.failures[0].message, "changed nothing; \"mayBeIdle\": true allows that");
  const std::string permitted = R"(, {"do": {"setRoute": {"topic": "U", "brokers": "broker-a"}}},
      {"mayBeIdle": true, "do": {"removeFromRoute": {"broker": "broker-b", "topic": "U"}}})";
  EXPECT_EQ(run(scenario("", kAllGood, permitted, create)).verdict, Verdict::passed);
}

TEST(IdleEvent, IsASetRouteOfTheRouteThatIsThere) {
  const std::string same = R"("do": {"setRoute": {"topic": "T", "brokers": ["broker-a", "broker-b"], "queues": 4}})";
  const char* create = R"(, "autoCreateTopic": true)";
  const RunResult result = run(scenario("", kAllGood, ", {" + same + "}", create));
  ASSERT_EQ(result.record.failures.size(), 1u);
  EXPECT_EQ(result.record.failures[0].check, "event steps[1] setRoute");
  EXPECT_EQ(run(scenario("", kAllGood, R"(, {"mayBeIdle": true, )" + same + "}", create)).verdict, Verdict::passed);
  const std::string less = R"(, {"do": {"setRoute": {"topic": "T", "brokers": "broker-a", "queues": 4}}}, {)";
  EXPECT_EQ(run(scenario("", kAllGood, less + same + "}", create)).verdict, Verdict::passed);
}

TEST(IdleEvent, IsASetPermOfThePermissionThatIsThere) {
  const char* create = R"(, "autoCreateTopic": true)";
  const RunResult same = run(scenario("", kAllGood, R"(, {"do": {"setPerm": {"topic": "T", "perm": "rw"}}})", create));
  ASSERT_EQ(same.record.failures.size(), 1u);
  EXPECT_EQ(same.record.failures[0].check, "event steps[1] setPerm");
  const RunResult other = run(scenario("", kAllGood, R"(, {"do": {"setPerm": {"topic": "T", "perm": "r"}}})", create));
  EXPECT_EQ(other.verdict, Verdict::passed);
}

/// Two requests to a responder, of a producer that is started or not.
Scenario asking(const char* responder, const char* producer, const char* expect) {
  ParseResult parsed = parse_scenario(std::string(R"({"version": 1, "name": "asking", "why": "x",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}], "responders": [{"topic": "T")") +
                                          responder + R"(}]}, "producers": [{"name": "p")" + producer +
                                          R"(}], "steps": [{"request": {"topic": "T", "count": 2, "timeoutMs": 500}}],
    "expect": [{"sends": "all", "outcome": ")" +
                                          expect + R"("}]})",
                                      "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return std::move(*parsed.scenario);
}

TEST(IdleResponder, FailsTheRunInWhichNobodyAsksIt) {
  const RunResult unasked = run(asking("", R"(, "autoStart": false)", "EXCEPTION"));
  ASSERT_EQ(unasked.record.failures.size(), 1u);
  EXPECT_EQ(unasked.record.failures[0].check, "responder \"responder\"");
  EXPECT_EQ(unasked.record.failures[0].message,
            "was never asked in java-5.3.3: nothing was sent to the topic \"T\"; \"mayBeIdle\": true allows that");
  EXPECT_EQ(unasked.record.failures[0].where.pointer, "/cluster/responders/0");
  EXPECT_EQ(run(asking(R"(, "mayBeIdle": true)", R"(, "autoStart": false)", "EXCEPTION")).verdict, Verdict::passed);
  EXPECT_EQ(run(asking(R"(, "delayMs": 5)", "", "REPLY"), "java-4.9.8").verdict, Verdict::passed);
}

TEST(IdleResponder, FailsTheRunInWhichItNeverAnswers) {
  const RunResult silent = run(asking(R"(, "nth": "9-")", "", "EXCEPTION"), "java-4.9.8");
  ASSERT_EQ(silent.record.failures.size(), 1u);
  EXPECT_EQ(silent.record.failures[0].message,
            "never answered in java-4.9.8: the first that it answers is request 9, and 2 were sent to its topic; "
            "\"mayBeIdle\": true allows that");
  EXPECT_EQ(run(asking(R"(, "nth": "9-", "mayBeIdle": true)", "", "EXCEPTION")).verdict, Verdict::passed)
      << "it is silent on purpose";
}

TEST(IdleCheck, IsNotedWhenNobodyIsAskedWhatItAnswers) {
  const auto with = [](const char* local) {
    return scenario("", "", R"(, {"transaction": {"topic": "T", "check": ["commit"], "local": ")" + std::string(local) +
                                R"("}}, {"waitMs": 70000})");
  };
  EXPECT_THAT(run(with("commit")).record.notes, Contains("steps[1] says what checks are answered, and nobody was asked"));
  EXPECT_THAT(run(with("unknown")).record.notes, Not(Contains(HasSubstr("steps[1]"))));
}

// The sends before it were to go on meanwhile, for the most part; only the run knows how long they take.
TEST(LateStep, IsNotedOnce) {
  const std::string lost = R"({"at": "*", "on": "send", "times": 1, "do": {"drop": "request"}})";
  const RunResult result = run(scenario(lost, "", R"(, {"atMs": 500, "do": {"crash": "broker-a"}},
      {"atMs": 600, "do": {"restart": "broker-a"}}, {"waitMs": 5})"));
  EXPECT_THAT(result.record.notes,
              Contains(testing::MatchesRegex("steps.1. was to begin at 500.0 ms and began at [0-9.]+ ms, after the steps "
                                             "before it; is one of them meant to be \"background\".")));
  EXPECT_THAT(result.record.notes, Not(Contains(HasSubstr("steps[2]"))));
  const RunResult in_time = run(scenario("", "", R"(, {"atMs": 500, "do": {"crash": "broker-a"}})"));
  EXPECT_THAT(in_time.record.notes, Not(Contains(HasSubstr("was to begin"))));
}

TEST(SharedClientId, IsNotedWhereEachProducerHasAnAddressOfItsOwn) {
  Scenario two = scenario("", kAllGood);
  two.producers[0].config.values["instanceName"] = std::string("X");
  two.producers.push_back(two.producers[0]);
  two.producers[1].name = "q";
  EXPECT_THAT(run(two).record.notes, ElementsAre(HasSubstr("\"p\" and \"q\" have one group and instanceName")));
  two.producers[1].group = "h";
  EXPECT_THAT(run(two).record.notes, testing::IsEmpty());
}

TEST(IdleReport, CountsEachRuleInEveryForm) {
  const Scenario busy = scenario(
      R"({"id": "busy", "at": "broker-a", "on": "send", "nth": "1-2", "do": {"respond": {"code": "SYSTEM_BUSY"}}})",
      kAllGood);
  const RunResult result = run(busy);
  const std::string matched = std::to_string(result.record.rules.at(0).counts.matched);
  EXPECT_THAT(report_text(busy, result, 1, {}), HasSubstr("  rule busy: matched " + matched + ", acted 2\n"));
  const std::vector<ReportEntry> runs{report_run(busy, result, 1, {})};
  EXPECT_EQ(nlohmann::json::parse(report_json(runs)).at(0).at("rules").dump(),
            R"([{"acted":2,"id":"busy","matched":)" + matched + "}]");
  EXPECT_THAT(report_junit(runs), HasSubstr("\nrule busy: matched " + matched + ", acted 2\n"));
}

TEST(NothingExpected, PassesAndIsSaidInEveryForm) {
  const Scenario mute = scenario("", "");
  const RunResult result = run(mute);
  EXPECT_EQ(result.verdict, Verdict::passed);
  const std::vector<ReportEntry> runs{report_run(mute, result, 1, {})};
  for (const std::string& report : {report_text(mute, result, 1, {}), report_json(runs), report_junit(runs)}) {
    EXPECT_THAT(report, HasSubstr("nothing was expected"));
  }
  const Scenario told = scenario("", kAllGood);
  EXPECT_THAT(report_text(told, run(told), 1, {}), Not(HasSubstr("nothing was expected")));
}

TEST(NothingExpected, IsSaidOfAProfileThatNoExpectationIsFor) {
  const Scenario half = scenario("", R"({"sends": "all", "in": "java-5.3.3", "outcome": "SEND_OK"})");
  EXPECT_THAT(run(half, "java-5.3.3").record.notes, ElementsAre());
  EXPECT_THAT(run(half, "java-4.9.8").record.notes, ElementsAre(HasSubstr("nothing was expected")));
}

// One moment in every world, and the only one there is when a command is the client.
TEST(Requests, AreCountedAfterTheProducersHaveShutDown) {
  const Scenario leaves = scenario("", R"({"broker": "broker-a", "on": "unregister", "requests": 2})");
  EXPECT_EQ(run(leaves).verdict, Verdict::passed);
  const Scenario now = scenario("", "", R"(, {"assert": {"broker": "broker-a", "on": "unregister", "requests": 0}})");
  EXPECT_EQ(run(now).verdict, Verdict::passed);
}

TEST(Scans, AreToldApartFromQuestions) {
  ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "scans", "why": "The only producer leaves while its transaction is open.",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T"}],
                "transactions": {"transactionTimeOut": 100, "transactionCheckInterval": 1000, "transactionCheckMax": 3,
                                 "transactionOpBatchInterval": 0}},
    "producers": [{"name": "p"}, {"name": "q"}],
    "steps": [{"transaction": {"producer": "p", "topic": "T", "local": "unknown"}}, {"do": {"shutdownProducer": "p"}},
              {"transaction": {"producer": "q", "topic": "T", "local": "unknown", "check": ["unknown", "commit"]}},
              {"waitMs": 6000}],
    "expect": [{"sends": 0, "transaction": {"broker": "discarded"}}, {"sends": 1, "transaction": {"broker": "committed"}}]
  })",
                                      "-");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  const RunResult result = run(*parsed.scenario);
  const std::string text = report_text(*parsed.scenario, result, 1, {});
  EXPECT_EQ(result.verdict, Verdict::passed) << text;
  EXPECT_THAT(text, HasSubstr("discarded after 3 scans, nobody asked"));
  EXPECT_THAT(text, HasSubstr("committed after 2 scans, 2 questions, answered by q"));
}

}  // namespace idle_test
}  // namespace rmqsim
