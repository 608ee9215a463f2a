// What a scenario says that can have no effect, cannot be met or cannot be meant: each case is found when it is loaded,
// with both places where there are two, and what only looks alike is let through.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/producer_settings.h"
#include "scenarios/harness/file/text/nearest.h"
#include "tests/scenario_file/checked_scenario.h"

namespace rmqsim {
namespace scenario_checks_test {

using namespace checked_scenario;
using testing::HasSubstr;

class ScenarioChecks : public testing::TestWithParam<Case> {};

TEST_P(ScenarioChecks, FindWhatCannotBeMeant) { expect_found(GetParam()); }

#define EVENT(what) R"({"do": )" what "}"
#define IDLE_EVENT(what) R"({"mayBeIdle": true, "do": )" what "}"

const Case kEvents[] = {
    {"RestartOfWhatRuns",
     {EVENT(R"({"restart": "a"})")},
     "/steps/0",
     R"("a" is running, and no step before crashed it)"},
    {"RestartTwice",
     {EVENT(R"({"crash": "a"})") "," EVENT(R"({"restart": "a"})") "," EVENT(R"({"restart": "a"})")},
     "/steps/2",
     R"("a" is running, since /steps/1 (line 6))"},
    {"RestartOfOneOfTwo",
     {EVENT(R"({"crash": "a"})") "," EVENT(R"({"restart": ["a", "ns-1"]})")},
     "/steps/1",
     R"("ns-1" is running)"},
    {"CrashTwice",
     {EVENT(R"({"crash": "a"})") "," EVENT(R"({"crash": ["a", "b"]})")},
     "/steps/1",
     R"("a" is down already, since /steps/0 (line 6))"},
    {"PauseOfWhatIsDown", {EVENT(R"({"crash": "a"})") "," EVENT(R"({"pause": "a"})")}, "/steps/1", R"("a" is down)"},
    {"PauseTwice", {EVENT(R"({"pause": "a"})") "," EVENT(R"({"pause": "a"})")}, "/steps/1", R"("a" is paused already)"},
    {"ResumeOfWhatRuns", {EVENT(R"({"resume": "ns-2"})")}, "/steps/0", R"("ns-2" is not paused)"},
    {"ResumeAfterACrash",
     {EVENT(R"({"pause": "a"})") "," EVENT(R"({"crash": "a"})") "," EVENT(R"({"resume": "a"})")},
     "/steps/2",
     R"("a" is down)"},
    {"HealOfNothing", {EVENT(R"({"heal": "all"})")}, "/steps/0", "nothing is cut"},
    {"HealOfSomethingElse",
     {EVENT(R"({"partition": {"between": "a", "and": "p"}})") "," EVENT(R"({"heal": {"between": "b", "and": "p"}})")},
     "/steps/1",
     "nothing is cut between these"},
    {"HealOfAWayThatNothingGoes",
     {EVENT(R"({"partition": {"between": "a"}})") "," EVENT(R"({"heal": {"between": "b"}})")},
     "/steps/1",
     "nothing is cut between these that ever passes"},
    {"PartitionOfAFurtherWayThatNothingGoes",
     {EVENT(R"({"partition": {"between": "a", "and": "p"}})") "," EVENT(
         R"({"partition": {"between": "a", "and": ["b", "p"]}})")},
     "/steps/1",
     "nothing passes between these already"},
    {"PartitionTwice",
     {EVENT(R"({"partition": {"between": "a"}})") "," EVENT(R"({"partition": {"between": "p", "and": "a"}})")},
     "/steps/1",
     "nothing passes between these already"},
    {"StartOfWhatIsStarted", {EVENT(R"({"startProducer": "p"})")}, "/steps/0", R"("p" is started already)"},
    {"StartTwice",
     {EVENT(R"({"startProducer": "q"})") "," EVENT(R"({"startProducer": "q"})"), "", "",
      R"(, {"name": "q", "autoStart": false})", "", R"({"send": {"producer": "p", "topic": "T"}})"},
     "/steps/1",
     R"("q" is started already, since /steps/0 (line 6))"},
    {"ShutdownTwice",
     {EVENT(R"({"shutdownProducer": "q"})") "," EVENT(R"({"shutdownProducer": "q"})"), "", "", R"(, {"name": "q"})", "",
      R"({"send": {"producer": "p", "topic": "T"}})"},
     "/steps/1",
     R"("q" is shut down already, since /steps/0)"},
    {"ShutdownOfWhatNeverStarted",
     {EVENT(R"({"shutdownProducer": "q"})"), "", "", R"(, {"name": "q", "autoStart": false})", "",
      R"({"send": {"producer": "p", "topic": "T"}})"},
     "/steps/0",
     R"("q" was never started)"},
    {"PartitionOfBrokers",
     {EVENT(R"({"partition": {"between": "a", "and": "b"}})")},
     "/steps/0",
     "partition: nothing ever passes between these"},
    {"PartitionOfNameservers",
     {EVENT(R"({"partition": {"between": "ns-1", "and": "ns-2"}})")},
     "/steps/0",
     "partition: nothing ever passes between these"},
    {"LeavesEveryRouteWithoutATopic",
     {EVENT(R"({"removeFromRoute": {"broker": "c"}})"), "", "", "", "", "", R"(, "c")"},
     "/steps/0",
     R"(removeFromRoute: "c" has no topic)"},
    {"PermissionThatIsThere",
     {EVENT(R"({"setPerm": {"topic": "T", "perm": "rw"}})")},
     "/steps/0",
     R"(the topic "T" has this permission already)"},
    {"LeavesARouteTwice",
     {EVENT(R"({"removeFromRoute": {"broker": "a", "topic": "T"}})") "," EVENT(
         R"({"removeFromRoute": {"broker": "a", "topic": "T", "at": "ns-1"}})")},
     "/steps/1",
     R"("a" has left the route already)"},
    {"RouteThatIsThere",
     {EVENT(R"({"setRoute": {"topic": "T", "queues": {"b": 2, "a": 4}}})")},
     "/steps/0",
     R"(setRoute: the topic "T" has this route already)"},
    {"RouteSetTwice",
     {EVENT(R"({"setRoute": {"topic": "T", "brokers": "a"}})") "," EVENT(R"({"crash": "b"})") "," EVENT(
         R"({"setRoute": {"topic": "T", "brokers": "a", "at": "ns-2"}})")},
     "/steps/2",
     R"(the topic "T" has this route already)"},
    {"RouteOfATopicThatNobodyAsksFor",
     {EVENT(R"({"setRoute": {"topic": "Tt", "brokers": "a"}})")},
     "/steps/0",
     R"(setRoute: nobody has the topic "Tt" or asks for it; did you mean "T"?)"},
    {"RouteWithoutTheNamespaceOfWhoAsks",
     {EVENT(R"({"setRoute": {"topic": "U", "brokers": "a"}})"), "", R"({"sends": "all", "outcome": "EXCEPTION"})",
      R"(, {"name": "q", "config": {"namespace": "N"}})", "", R"({"send": {"producer": "q", "topic": "U"}})"},
     "/steps/0",
     R"(setRoute: nobody has the topic "U" or asks for it)"},
};
INSTANTIATE_TEST_SUITE_P(EventWithoutEffect, ScenarioChecks, testing::ValuesIn(kEvents),
                         [](auto& info) { return info.param.name; });

const Case kTables[] = {
    {"MoreLatenciesThanDurations",
     {"", "", "", R"(, {"name": "q", "config": {"latencyMax": [1, 2, 3], "notAvailableDuration": [0, 5]}})", "",
      R"({"send": {"producer": "p", "topic": "T"}})"},
     "/producers/1/config/notAvailableDuration",
     "notAvailableDuration has 2 entries and latencyMax 3",
     false},
    {"FewerDurationsThanTheUsualLatencies",
     {"", "", "", R"(, {"name": "q", "config": {"notAvailableDuration": [0, 0, 0, 0, 0, 5]}})", "",
      R"({"send": {"producer": "p", "topic": "T"}})"},
     "/producers/1/config/notAvailableDuration",
     "has 6 entries and latencyMax 7",
     false},
    {"MoreLatenciesOnTheWay",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"latencyMax": [1, 2, 3, 4, 5, 6, 7, 8]}}})")},
     "/steps/0/do/setConfig/config/latencyMax",
     "has 7 entries and latencyMax 8",
     false},
    {"MoreLatenciesThanAfterARestart",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"latencyMax": [1], "notAvailableDuration": [5]}}})") "," EVENT(
         R"({"shutdownProducer": "p"})") "," EVENT(R"({"startProducer": "p"})") "," EVENT(
         R"({"setConfig": {"producer": "p", "config": {"latencyMax": [1, 2, 3]}}})")}},
    {"LatenciesThatDescend",
     {"", "", "", R"(, {"name": "q", "config": {"latencyMax": [5, 2], "notAvailableDuration": [0, 100]}})", "",
      R"({"send": {"producer": "p", "topic": "T"}})"},
     "/producers/1/config/latencyMax",
     "latencyMax must ascend, and 2 follows 5",
     false},
    {"LatenciesThatComeTwice",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"latencyMax": [1, 7, 7], "notAvailableDuration": [0, 5, 6]}}})")},
     "/steps/0/do/setConfig/config/latencyMax",
     "latencyMax must ascend, and 7 follows 7",
     false},
    {"MoreDurationsThanLatencies",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"latencyMax": [1, 2], "notAvailableDuration": [0, 5, 6]}}})")}},
    {"FewerOfBoth",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"latencyMax": [1], "notAvailableDuration": [5]}}})")}},
};
INSTANTIATE_TEST_SUITE_P(LatencyTables, ScenarioChecks, testing::ValuesIn(kTables),
                         [](auto& info) { return info.param.name; });

TEST(TakenName, IsOneMistake) {
  std::string text = text_of({});
  text.replace(text.find(R"({"name": "p"})"), 13, R"({"name": "a"})");
  const ParseResult found = parse_scenario(text, "-");
  ASSERT_EQ(found.errors.size(), 1u) << found.to_string();
  EXPECT_EQ(found.errors[0].message, R"(the name "a" is already taken)");
}

TEST(Sends, AreToldHowManyRangesTheyMayHave) {
  std::string sends = "0";
  for (int i = 1; i <= 10'000; ++i) sends += "," + std::to_string(2 * i);
  Parts parts{"", "", R"({"sends": ")" + sends + R"(", "attempts": 1})"};
  parts.send = R"({"send": {"topic": "T", "count": 20001}})";
  const ParseResult found = parse_scenario(text_of(parts), "-");
  ASSERT_EQ(found.errors.size(), 1u) << found.to_string();
  EXPECT_EQ(found.errors[0].message, "10001 ranges; at most 10000");
}

const Case kEventsThatAct[] = {
    {"CrashAndRestart",
     {EVENT(R"({"crash": ["a", "ns-1"]})") "," EVENT(R"({"restart": ["a", "ns-1"]})") "," EVENT(R"({"crash": "a"})")}},
    {"PauseCrashRestartPause",
     {EVENT(R"({"pause": "a"})") "," EVENT(R"({"crash": "a"})") "," EVENT(R"({"restart": "a"})") "," EVENT(
         R"({"pause": "a"})")}},
    {"OneWayThenTheOther",
     {EVENT(R"({"partition": {"between": "a", "and": "p", "oneWay": true}})") "," EVENT(
         R"({"partition": {"between": "p", "and": "a", "oneWay": true}})") "," EVENT(R"({"heal": "all"})")}},
    {"PartitionOfABrokerAndItsNameserver", {EVENT(R"({"partition": {"between": "a", "and": ["b", "ns-1"]}})")}},
    {"RouteThatNobodyCouldRegister",
     {EVENT(R"({"setRoute": {"topic": "T", "queues": {"a": 4, "b": 2}}})"),
      R"({"at": "ns-1", "on": "register", "do": {"drop": "request"}})"}},
    {"LeavesARouteThatAnEventBrought",
     {EVENT(R"({"setRoute": {"topic": "T", "brokers": "c"}})") "," EVENT(R"({"removeFromRoute": {"broker": "c"}})"), "", "",
      "", "", R"({"send": {"topic": "T"}})", R"(, "c")"}},
    {"HealOfOnePart",
     {EVENT(R"({"partition": {"between": "a"}})") "," EVENT(R"({"heal": {"between": "ns-1"}})") "," EVENT(
         R"({"heal": {"between": "a", "and": "p"}})")}},
    {"HealNamedTheOtherWayRound",
     {EVENT(R"({"partition": {"between": "a", "and": "p"}})") "," EVENT(R"({"heal": {"between": "p", "and": "a"}})")}},
    {"ARouteThatCameBack",
     {EVENT(R"({"removeFromRoute": {"broker": "a", "topic": "T"}})") "," EVENT(
         R"({"setRoute": {"topic": "T", "brokers": "a"}})") "," EVENT(R"({"removeFromRoute": {"broker": "a", "topic": "T"}})")}},
    {"RouteOfOtherQueues", {EVENT(R"({"setRoute": {"topic": "T", "queues": {"a": 4, "b": 3}}})")}},
    {"RouteOfAnotherPermission", {EVENT(R"({"setRoute": {"topic": "T", "queues": {"a": 4, "b": 2}, "perm": "r"}})")}},
    {"RouteAtOneNameserverAndAtTheOther",
     {EVENT(R"({"setRoute": {"topic": "T", "brokers": "a", "at": "ns-1"}})") "," EVENT(
         R"({"setRoute": {"topic": "T", "brokers": "a"}})")}},
    {"RouteThatABrokerMayHaveLeft",
     {EVENT(R"({"pause": "a"})") "," EVENT(R"({"setRoute": {"topic": "T", "queues": {"a": 4, "b": 2}}})")}},
    {"RouteAfterItsPermissionChanged",
     {EVENT(R"({"setRoute": {"topic": "T", "brokers": "a"}})") "," EVENT(
         R"({"setPerm": {"topic": "T", "perm": "r"}})") "," EVENT(R"({"setRoute": {"topic": "T", "brokers": "a"}})")}},
    {"RouteInTheNamespaceOfWhoAsks",
     {EVENT(R"({"setRoute": {"topic": "N%U", "brokers": "a"}})"), "", "",
      R"(, {"name": "q", "config": {"namespace": "N"}})", "", R"({"send": {"producer": "q", "topic": "U"}})"}},
    {"RouteThatAnotherClientMayAskFor", {EVENT(R"({"setRoute": {"topic": "Tt", "brokers": "a"}})"), "", "", "", "", ""}},
    {"PermittedRoute", {IDLE_EVENT(R"({"setRoute": {"topic": "T", "queues": {"a": 4, "b": 2}}})")}},
    {"PermittedRestart", {IDLE_EVENT(R"({"restart": "a"})")}},
    {"PermittedStart", {IDLE_EVENT(R"({"startProducer": "p"})")}},
};
INSTANTIATE_TEST_SUITE_P(EventWithEffect, ScenarioChecks, testing::ValuesIn(kEventsThatAct),
                         [](auto& info) { return info.param.name; });

#define FIFTY R"({"send": {"topic": "T", "count": 100, "intervalMs": 50}})"
#define SIDE_BY_SIDE(how) R"({)" how R"(, "send": {"topic": "T", "count": 100, "intervalMs": 50}})"
#define CRASH_AT(ms) R"({"atMs": )" ms R"(, "do": {"crash": "a"}})"

const Case kTimes[] = {
    {"AfterALongerWait",
     {R"({"waitMs": 500}, )" CRASH_AT("100")},
     "/steps/1",
     R"("atMs" 100 cannot be: the steps before it take 500 ms at least)",
     false},
    {"AfterSendsWithPauses",
     {FIFTY ", " CRASH_AT("500")},
     "/steps/1",
     R"(the steps before it take 4950 ms at least; is one of them meant to be "background"?)",
     false},
    {"AfterSendsOfManyThreads",
     {SIDE_BY_SIDE(R"("concurrency": 30)") ", " CRASH_AT("100")},
     "/steps/1",
     "take 150 ms at least",
     false},
    {"OfASend",
     {R"({"atMs": 200, "waitMs": 500}, {"atMs": 600, "send": {"topic": "T"}})"},
     "/steps/1",
     "take 700 ms at least",
     false},
    {"BesideSends", {SIDE_BY_SIDE(R"("background": true)") ", " CRASH_AT("500")}},
    {"WhenTheLastSendCanBegin", {FIFTY ", " CRASH_AT("4950")}},
    {"BeforeTheLastOfManyThreads", {SIDE_BY_SIDE(R"("concurrency": 30)") ", " CRASH_AT("150")}},
};
INSTANTIATE_TEST_SUITE_P(Time, ScenarioChecks, testing::ValuesIn(kTimes), [](auto& info) { return info.param.name; });

#define TO_NOBODY R"({"send": {"topic": "Tt"}})"

const Case kTopics[] = {
    {"NobodyHasIt",
     {"", "", "", "", "", TO_NOBODY},
     "/steps/0",
     R"(nobody has the topic "Tt"; did you mean "T"?)",
     false},
    {"FailureOfAnotherSend",
     {TO_NOBODY, "", R"({"sends": 1, "outcome": "EXCEPTION"})"},
     "/steps/0",
     R"(nobody has the topic "Tt")",
     false},
    {"OfTraces",
     {"", "", "", R"(, {"name": "q", "config": {"enableTrace": true}})", "",
      R"({"send": {"producer": "p", "topic": "T"}})"},
     "/producers/1/config/enableTrace",
     R"(nobody has the topic of its traces, "RMQ_SYS_TRACE_TOPIC")",
     false},
    {"OfTracesInTheCloud",
     {"", "", "",
      R"(, {"name": "q", "config": {"enableTrace": true, "accessChannel": "CLOUD"}})",
      "", R"({"send": {"producer": "p", "topic": "T"}})"},
     "/producers/1/config/enableTrace",
     R"(nobody has the topic of its traces, "rmq_sys_TRACE_DATA_DefaultRegion")",
     false},
    {"OfTracesOfARegion",
     {EVENT(R"({"setRoute": {"topic": "rmq_sys_TRACE_DATA_west", "brokers": "a"}})"), "", "",
      R"(, {"name": "q", "config": {"enableTrace": true, "accessChannel": "CLOUD"}})", "",
      R"({"send": {"producer": "p", "topic": "T"}})", R"(, {"name": "c", "config": {"regionId": "west"}})"}},
    {"LookedUpAtTheStart",
     {"", "", "", R"(, {"name": "q", "config": {"topics": ["T", "Tt"]}})", "",
      R"({"send": {"producer": "p", "topic": "T"}})"},
     "/producers/1/config/topics",
     R"(nobody has the topic "Tt"; did you mean "T"?)",
     false},
    {"OfPermissions",
     {"", "", "", "",
      R"(, "accounts": [{"accessKey": "k", "secretKey": "s", "topicPerms": ["T=PUB", "TBW102=SUB", "Tt=DENY"]}])"},
     "/cluster/accounts/0",
     R"(its "topicPerms" say something of "Tt", a topic that nobody has; did you mean "T"?)",
     false},
    {"OfPermissionsForAnotherClient",
     {R"({"waitMs": 5})", "", "", "",
      R"(, "accounts": [{"accessKey": "k", "secretKey": "s", "topicPerms": ["Tt=DENY"]}])", ""}},
    {"OutsideOfTheNamespace",
     {"", "", "", R"(, {"name": "q", "config": {"namespace": "N"}})", "",
      R"({"send": {"producer": "q", "topic": "T"}})"},
     "/steps/0",
     R"(nobody has the topic "N%T")",
     false},
    {"CreatedWhenUsed", {"", "", "", "", R"(, "autoCreateTopic": true)", TO_NOBODY}},
    {"RouteFromAnEvent", {EVENT(R"({"setRoute": {"topic": "Tt", "brokers": "a"}})"), "", "", "", "", TO_NOBODY}},
    {"FailureIsExpected", {"", "", R"({"sends": "all", "outcome": "EXCEPTION"})", "", "", TO_NOBODY}},
    {"FailureIsCounted", {"", "", R"({"counts": {"EXCEPTION": 1}})", "", "", TO_NOBODY}},
    {"CreateTopicKeyHasARoute",
     {"", "", "", R"(, {"name": "q", "config": {"createTopicKey": "T"}})", "",
      R"({"send": {"producer": "q", "topic": "Tt"}})"}},
};
INSTANTIATE_TEST_SUITE_P(Topic, ScenarioChecks, testing::ValuesIn(kTopics), [](auto& info) { return info.param.name; });

#define RESPONDER(more) R"(, "responders": [{"topic": "T")" more "}]"

const Case kResponders[] = {
    {"NobodyAsks",
     {"", "", "", "", RESPONDER("")},
     "/cluster/responders/0",
     R"(responder "responder" can never answer: nobody sends a request to the topic "T")"},
    {"OnlyInAnotherNamespace",
     {"", "", R"({"sends": "all", "outcome": "EXCEPTION"})", R"(, {"name": "q", "config": {"namespace": "N"}})",
      RESPONDER(""),
      R"({"request": {"producer": "q", "topic": "T"}})"},
     "/cluster/responders/0",
     R"(nobody sends a request to the topic "T")"},
    {"FewerAskThanThat",
     {"", "", "", "", RESPONDER(R"(, "nth": "50-")"), R"({"request": {"topic": "T", "count": 2}})"},
     "/cluster/responders/0",
     "the first that it answers is request 50, and all to its topic with all their retries are at most 12"},
    {"AsManyMayAsk",
     {"", "", "", "", RESPONDER(R"(, "nth": "12-")"), R"({"request": {"topic": "T", "count": 2}})"}},
    {"SomebodyAsks", {"", "", "", "", RESPONDER(""), R"({"request": {"topic": "T"}})"}},
    {"APlainSendIsNoRequest",
     {"", "", "", "", RESPONDER(""), R"({"send": {"topic": "T"}})"},
     "/cluster/responders/0",
     R"(nobody sends a request to the topic "T")"},
    {"AnotherClientMayAsk", {R"({"waitMs": 5})", "", "", "", RESPONDER(""), ""}},
    {"PermittedSilence", {"", "", "", "", RESPONDER(R"(, "mayBeIdle": true)")}},
};
INSTANTIATE_TEST_SUITE_P(Responder, ScenarioChecks, testing::ValuesIn(kResponders),
                         [](auto& info) { return info.param.name; });

TEST(ScenarioChecksTable, HasARowForEveryCheckAndSaysWhatItHoldsAScenarioTo) {
  for (const ScenarioCheck& check : scenario_checks()) {
    EXPECT_FALSE(check.rule.empty());
    EXPECT_NE(check.find, nullptr);
  }
  EXPECT_EQ(scenario_checks().size(), 17u);
}

// A hint that names something else is worse than none.
TEST(Hints, NameTheWordOneSlipAwayInEveryVocabulary) {
  std::vector<std::vector<std::string_view>> vocabularies{request_words()};
  for (const Shape* shape : shapes::all()) vocabularies.push_back(shape->keys());
  std::size_t count = 0;
  const std::string_view* codes = response_code_names(count);
  vocabularies.emplace_back(codes, codes + count);
  vocabularies.emplace_back(std::begin(kSendOutcomes), std::end(kSendOutcomes));
  vocabularies.emplace_back(std::begin(kExceptionTypes), std::end(kExceptionTypes));
  auto& settings = vocabularies.emplace_back();
  for (const ProducerSetting& setting : producer_settings()) settings.push_back(setting.name());
  for (const auto& words : vocabularies) {
    const auto hint = [&](const std::string& slip) {
      return suggestion(slip, std::span<const std::string_view>(words));
    };
    const auto expect_word = [&](const std::string& slip, std::string_view word) {
      if (std::find(words.begin(), words.end(), slip) != words.end()) return;
      const std::string_view named = nearest(slip, words);
      EXPECT_THAT(hint(slip), HasSubstr("did you mean " + in_quotes(named))) << slip;
      EXPECT_LE(edit_distance(slip, named), edit_distance(slip, word)) << slip;
    };
    for (const std::string_view word : words) {
      const std::size_t i = word.size() / 2;
      std::string slip(word);
      expect_word(slip.substr(0, i) + slip.substr(i + 1), word);
      expect_word(slip.substr(0, i) + slip[i] + slip.substr(i), word);
      if (i > 0) std::swap(slip[i - 1], slip[i]);
      expect_word(slip, word);
    }
    for (const char* stranger : {"banana", "plumPerms", "qqqq", "defaultGroupPerm", "x-y"}) {
      EXPECT_THAT(hint(stranger), testing::Not(HasSubstr("did you mean"))) << words.front();
    }
  }
}

TEST(Hints, ListWhatIsKnownOnlyWhenItCanBeReadAtOnce) {
  const std::vector<std::string> few{"accessKey", "secretKey"};
  EXPECT_EQ(suggestion("topicPerms", few), R"(; known are "accessKey", "secretKey")");
  EXPECT_EQ(suggestion("zzzz", std::vector<std::string>{"one"}), R"(; known is "one")");
  EXPECT_EQ(suggestion("banana", request_words()), "");
  EXPECT_EQ(suggestion("X", std::vector<std::string>{"T"}), R"(; known is "T")") << "nothing of it is left";
  EXPECT_EQ(suggestion("", std::vector<std::string>{"r", "w", "rw"}), R"(; known are "r", "w", "rw")");
  EXPECT_EQ(suggestion("t", std::vector<std::string>{"T"}), R"(; did you mean "T"?)");
  EXPECT_EQ(suggestion("broker-a", std::vector<std::string>{"broker-a"}), "") << "asked for as it is";
  EXPECT_EQ(suggestion("broker-a", std::vector<std::string>{"broker-a", "broker-b"}), R"(; did you mean "broker-b"?)");
  EXPECT_EQ(suggestion("sned", request_words()), R"(; did you mean "send"?)");
  EXPECT_EQ(suggestion("permission", std::vector<std::string>{"name", "perm"}), R"(; did you mean "perm"?)");
}

}  // namespace scenario_checks_test
}  // namespace rmqsim
