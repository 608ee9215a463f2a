// A setConfig that changes nothing, and those that look so.
#include <gmock/gmock.h>

#include "scenarios/harness/file/load_scenario.h"
#include "tests/scenario_file/checked_scenario.h"

namespace rmqsim {
namespace set_config_checks_test {

using namespace checked_scenario;

class SetConfigChecks : public testing::TestWithParam<Case> {};

TEST_P(SetConfigChecks, FindWhatIsSetAlready) { expect_found(GetParam()); }

#define EVENT(what) R"({"do": )" what "}"

const Case kIdle[] = {
    {"SettingsThatAreSet",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 5}}})") "," EVENT(
         R"({"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 5}}})")},
     "/steps/1",
     R"("p" has these settings already)"},
    {"SettingThatIsTheDefault",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 3000, "sendLatencyFaultEnable": false}}})")},
     "/steps/0",
     R"("p" has these settings already)"},
    {"SettingsOfBeforeTheStart",
     {EVENT(R"({"setConfig": {"producer": "q", "config": {"sendMsgTimeout": 5}}})") "," EVENT(R"({"startProducer": "q"})") "," EVENT(
          R"({"setConfig": {"producer": "q", "config": {"sendMsgTimeout": 5}}})"),
      "", "", R"(, {"name": "q", "autoStart": false})", "", R"({"send": {"producer": "q", "topic": "T"}})"},
     "/steps/2",
     R"("q" has these settings already)"},
    {"CodesThatAreRetriedAnyhow",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"addRetryResponseCode": ["TOPIC_NOT_EXIST", 1]}}})")},
     "/steps/0",
     R"("p" has these settings already)"},
    {"CodesThatWereAdded",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"addRetryResponseCode": [22]}}})") "," EVENT(
          R"({"setConfig": {"producer": "p", "config": {"addRetryResponseCode": [23]}}})") "," EVENT(
          R"({"setConfig": {"producer": "p", "config": {"addRetryResponseCode": [22]}}})")},
     "/steps/2",
     R"("p" has these settings already)"},
};
INSTANTIATE_TEST_SUITE_P(WithoutEffect, SetConfigChecks, testing::ValuesIn(kIdle),
                         [](auto& info) { return info.param.name; });

const Case kActing[] = {
    {"SettingBackToTheDefault",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 5}}})") "," EVENT(
         R"({"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 3000}}})")}},
    {"SettingBackToThatOfTheFile",
     {EVENT(R"({"setConfig": {"producer": "q", "config": {"sendMsgTimeout": 5}}})") "," EVENT(R"({"startProducer": "q"})") "," EVENT(
          R"({"setConfig": {"producer": "q", "config": {"sendMsgTimeout": 7}}})"),
      "", "", R"(, {"name": "q", "autoStart": false, "config": {"sendMsgTimeout": 7}})", "",
      R"({"send": {"producer": "q", "topic": "T"}})"}},
    {"CodesThatOneProfileRetries",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"addRetryResponseCode": ["SYSTEM_BUSY"]}}})")}},
    {"StartedAgainWithTheSettingsOfTheFile",
     {EVENT(R"({"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 5}}})") "," EVENT(R"({"shutdownProducer": "p"})") "," EVENT(
         R"({"startProducer": "p"})") "," EVENT(R"({"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 5}}})")}},
};
INSTANTIATE_TEST_SUITE_P(WithEffect, SetConfigChecks, testing::ValuesIn(kActing),
                         [](auto& info) { return info.param.name; });

TEST(SettingThatIsTheDefault, IsFoundOfTimesOfEachProfile) {
  const char* const set = R"({"do": {"setConfig": {"producer": "p", "config": {
    "latencyMax": [50, 100, 550, 1800, 3000, 5000, 15000],
    "notAvailableDuration": [0, 0, 2000, 5000, 6000, 10000, 30000]}}}})";
  std::string text = text_of({set});
  EXPECT_TRUE(parse_scenario(text, "-").ok()) << "in java-4.9.8 they are others";
  text.replace(text.find("java-4.9.8"), 10, "hardened");
  const ParseResult found = parse_scenario(text, "-");
  ASSERT_EQ(found.errors.size(), 1u) << found.to_string();
  EXPECT_THAT(found.errors[0].message, testing::HasSubstr(R"("p" has these settings already)"));
}

}  // namespace set_config_checks_test
}  // namespace rmqsim
