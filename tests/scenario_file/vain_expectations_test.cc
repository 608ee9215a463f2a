// Expectations that could not fail are found when a scenario is loaded, and what only looks alike is let through.
#include <gtest/gtest.h>

#include "tests/scenario_file/checked_scenario.h"

namespace rmqsim {
namespace vain_expectations_test {

using namespace checked_scenario;

class VainExpectation : public testing::TestWithParam<Case> {};

TEST_P(VainExpectation, IsFound) { expect_found(GetParam()); }

#define EXPECT_OF(json) "", "", json
#define WITH_Q(config) R"(, {"name": "q", "config": {)" config R"(}})"
#define A_REQUEST R"({"request": {"topic": "T"}})"
#define P_SENDS R"({"send": {"producer": "p", "topic": "T", "count": 10}})"

const Case kTables[] = {
    {"OfWhoKeepsNone",
     {EXPECT_OF(R"({"faultItem": "a", "available": true})")},
     "/expect/0",
     R"("p" keeps no latency table: its "sendLatencyFaultEnable" is off)",
     false},
    {"OfWhoSendsNothing",
     {EXPECT_OF(R"({"faultItem": "a", "producer": "q", "reachable": true})"),
      WITH_Q(R"("sendLatencyFaultEnable": true)"), "", P_SENDS},
     "/expect/0",
     R"("q" sends nothing, so its latency table stays empty)",
     false},
    {"OfABrokerThatNothingIsSentTo",
     {EXPECT_OF(R"({"faultItem": "c", "producer": "q", "available": true})"),
      WITH_Q(R"("sendLatencyFaultEnable": true)"), "", R"({"send": {"producer": "q", "topic": "T"}})", R"(, "c")"},
     "/expect/0",
     R"(no latency table has "c": nothing is sent there)",
     false},
    {"OfABrokerThatASendNames",
     {EXPECT_OF(R"({"faultItem": "c", "producer": "q", "available": true})"),
      WITH_Q(R"("sendLatencyFaultEnable": true)"), "",
      R"({"send": {"producer": "q", "topic": "T", "queue": {"broker": "c", "queueId": 0}}})", R"(, "c")"}},
    {"OfWhoKeepsOneFromNowOn",
     {R"({"do": {"setConfig": {"producer": "p", "config": {"sendLatencyFaultEnable": true}}}})", "",
      R"({"faultItem": "a", "available": true})"}},
};
INSTANTIATE_TEST_SUITE_P(Table, VainExpectation, testing::ValuesIn(kTables),
                         [](auto& info) { return info.param.name; });

#define IN_A_NAMESPACE WITH_Q(R"("namespace": "N")"), "", R"({"send": {"producer": "q", "topic": "U"}})"
#define FAILS R"({"sends": "all", "outcome": "EXCEPTION"}, )"

const Case kRequests[] = {
    {"SendsAtANameserver",
     {EXPECT_OF(R"({"nameserver": "ns-1", "requests": 0, "on": "send"})")},
     "/expect/0/on",
     R"("ns-1" is a nameserver, which gets no "send" requests)",
     false},
    {"RoutesAtABroker",
     {EXPECT_OF(R"({"broker": "a", "requests": 0, "on": "route"})")},
     "/expect/0/broker",
     R"("a" is a broker, and only a nameserver gets "route" requests)",
     false},
    {"HeartbeatsOfATopic",
     {EXPECT_OF(R"({"broker": "a", "requests": 0, "on": "heartbeat", "topic": "T"})")},
     "/expect/0",
     R"("heartbeat" requests have no topic to count by)",
     false},
    {"ATopicWithoutItsNamespace",
     {EXPECT_OF(FAILS R"({"broker": "a", "requests": 0, "on": "send", "topic": "U"})"), IN_A_NAMESPACE},
     "/expect/1/topic",
     R"(unknown topic "U")",
     false},
    {"ATopicInItsNamespace",
     {EXPECT_OF(FAILS R"({"broker": "a", "requests": 0, "on": "send", "topic": "N%U"})"), IN_A_NAMESPACE}},
    {"TracesOfATopicWithoutItsNamespace", {EXPECT_OF(FAILS R"({"traces": 0, "topic": "U"})"), IN_A_NAMESPACE}},
    {"RoutesOfTheTopicThatStandsInForOthers",
     {EXPECT_OF(R"({"nameserver": "ns-1", "requests": 0, "on": "route", "topic": "TBW102"})")}},
    {"RoutesOfAnotherTopicThatStandsInForOthers",
     {EXPECT_OF(R"({"nameserver": "ns-1", "requests": 0, "on": "route", "topic": "Mine"})"),
      WITH_Q(R"("createTopicKey": "Mine")"), "", P_SENDS}},
    {"Replies",
     {EXPECT_OF(R"({"broker": "a", "requests": 1, "on": "send", "topic": "DefaultCluster_REPLY_TOPIC"})"), "",
      R"(, "responders": [{"topic": "T"}])", A_REQUEST}},
    {"RepliesOfNobody",
     {EXPECT_OF(R"({"broker": "a", "requests": 0, "on": "send", "topic": "DefaultCluster_REPLY_TOPIC"})")},
     "/expect/0/topic",
     R"(unknown topic "DefaultCluster_REPLY_TOPIC")",
     false},
    {"RoutesOfATopic", {EXPECT_OF(R"({"nameserver": "ns-1", "requests": 0, "on": "route", "topic": "T"})")}},
    {"LeavesOfBrokers", {EXPECT_OF(R"({"nameserver": "ns-1", "requests": 0, "on": "unregister"})")}},
};
INSTANTIATE_TEST_SUITE_P(Requests, VainExpectation, testing::ValuesIn(kRequests),
                         [](auto& info) { return info.param.name; });

const char* const kSayNothing = "however its sends end, its counts hold: it says nothing";

const Case kCounts[] = {
    {"OfAnyNumber", {EXPECT_OF(R"({"counts": {"SEND_OK": [0, 10]}})")}, "/expect/0", kSayNothing, false},
    {"OfWhatNoneCanEndWith", {EXPECT_OF(R"({"counts": {"REPLY": 0}})")}, "/expect/0", kSayNothing, false},
    {"OfAllButOne", {EXPECT_OF(R"({"counts": {"SEND_OK": [0, 9]}})")}},
    {"BesideOneThatSaysSomething", {EXPECT_OF(R"({"counts": {"SEND_OK": [0, 10], "EXCEPTION": 0}})")}},
    {"ThatGrantFailures", {EXPECT_OF(R"({"counts": {"EXCEPTION": [0, 10]}})")}},
    {"BeforeAnythingIsSent",
     {R"({"assert": {"counts": {"EXCEPTION": 0}}})"},
     "/steps/0/assert",
     "none of its sends has begun when it is judged",
     false},
    {"OfALaterStep",
     {R"({"send": {"topic": "T"}}, {"assert": [{"sends": 0, "attempts": 1}, {"sends": "1-", "attempts": 0}]})"},
     "/steps/1/assert/1",
     "none of its sends has begun when it is judged",
     false},
    {"OfEachOfSomeThatHaveBegun",
     {R"({"send": {"topic": "T"}}, {"assert": {"sends": "all", "outcome": "SEND_OK"}})"},
     "/steps/1/assert",
     "send 10 has not begun when it is judged: its step comes later",
     false},
    {"OfSomeThatHaveBegun", {R"({"send": {"topic": "T"}}, {"assert": {"counts": {"EXCEPTION": 0}}})"}},
};
INSTANTIATE_TEST_SUITE_P(Counts, VainExpectation, testing::ValuesIn(kCounts),
                         [](auto& info) { return info.param.name; });

#define A_TRANSACTION R"({"transaction": {"topic": "T"}})"

const Case kOfNoSuchSend[] = {
    {"TransactionThatIsNone",
     {EXPECT_OF(R"({"sends": 0, "transaction": {"broker": "nothing", "checks": 0, "answeredBy": []}})")},
     "/expect/0",
     R"(there can be no "transaction": send 0 is a plain send)",
     false},
    {"CallbacksOfAPlainSend",
     {EXPECT_OF(R"({"sends": 0, "callbacks": []})")},
     "/expect/0",
     R"(there can be no "callbacks": send 0 is a plain send)",
     false},
    {"CallbacksOfATransaction",
     {EXPECT_OF(R"({"sends": 0, "callbacks": []})"), "", "", A_TRANSACTION},
     "/expect/0",
     R"(there can be no "callbacks": send 0 is a transaction)",
     false},
    {"CallbacksOfASyncRequest",
     {EXPECT_OF(R"({"sends": 0, "callbacks": []})"), "", "", A_REQUEST},
     "/expect/0",
     R"(there can be no "callbacks": send 0 is a sync request)",
     false},
    {"AttemptsOfARecall",
     {EXPECT_OF(R"({"sends": 10, "attempts": 0})"), "", "",
      R"({"send": {"topic": "T", "count": 10, "delayMs": 1000}}, {"recall": {"sends": "0"}})"},
     "/expect/0",
     R"(there can be no "attempts": send 10 is a recall)",
     false},
    {"AttemptsOfARecallAmongOthers",
     {EXPECT_OF(R"({"sends": "all", "attempts": [0, 1], "attemptBrokers": []})"), "", "",
      R"({"send": {"topic": "T", "count": 10, "delayMs": 1000}}, {"recall": {"sends": "0"}})"}},
    {"NothingOfATransaction",
     {EXPECT_OF(R"({"sends": 0, "transaction": {"broker": "nothing", "checks": 0, "answeredBy": []}})"), "", "",
      A_TRANSACTION}},
};
INSTANTIATE_TEST_SUITE_P(OfNoSuchSend, VainExpectation, testing::ValuesIn(kOfNoSuchSend),
                         [](auto& info) { return info.param.name; });

}  // namespace vain_expectations_test
}  // namespace rmqsim
