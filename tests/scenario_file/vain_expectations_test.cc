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
#define P_SENDS R"({"send": {"producer": "p", "topic": "T", "count": 10}})"

const Case kTables[] = {
    {"OfWhoKeepsNone",
     {EXPECT_OF(R"({"faultItem": "a", "available": true})")},
     "/expect/0",
     R"("p" keeps no latency table: its "sendLatencyFaultEnable" is off)",
     false},
    {"OfWhoSendsNothing",
     {EXPECT_OF(R"({"faultItem": "a", "producer": "q", "reachable": true})"), WITH_Q(R"("sendLatencyFaultEnable": true)"),
      "", P_SENDS},
     "/expect/0",
     R"("q" sends nothing, so its latency table stays empty)",
     false},
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
    {"OfSomeThatHaveBegun", {R"({"send": {"topic": "T"}}, {"assert": {"counts": {"EXCEPTION": 0}}})"}},
};
INSTANTIATE_TEST_SUITE_P(Counts, VainExpectation, testing::ValuesIn(kCounts),
                         [](auto& info) { return info.param.name; });

}  // namespace vain_expectations_test
}  // namespace rmqsim
