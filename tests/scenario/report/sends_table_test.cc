// The table of a run: what happened stands where it happened, and equal rows are one.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/render.h"
#include "scenarios/harness/report/report.h"
#include "scenarios/harness/report/sends_table.h"

namespace rmqsim {
namespace sends_table_test {

using testing::HasSubstr;
using testing::Not;

std::string table(const std::string& faults, const std::string& steps, bool verbose = false) {
  const ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "table", "why": "x",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
    "producers": [{"name": "p", "queueIndex": {"start": 0}}],
    "steps": [)" + steps + R"(], "faults": [)" + faults + "]}",
                                            "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  if (!parsed.ok()) return "";
  const RunResult result = run_scenario(*parsed.scenario, *find_profile("java-5.3.3"), {});
  return sends_table(*parsed.scenario, result, {.verbose = verbose});
}

const std::string kOutage = R"({"send": {"topic": "T", "count": 2}}, {"do": {"crash": "broker-a"}},
  {"send": {"topic": "T", "count": 40}}, {"do": {"restart": "broker-a"}}, {"send": {"topic": "T"}})";

TEST(SendsTable, HasEventsBetweenTheSendsThatTheyExplain) {
  const std::string text = table("", kOutage);
  const std::size_t crash = text.find("crash broker-a");
  const std::size_t first = text.find("#2 ");
  const std::size_t restart = text.find("restart broker-a");
  ASSERT_NE(crash, std::string::npos) << text;
  ASSERT_NE(first, std::string::npos) << text;
  EXPECT_LT(crash, first);
  EXPECT_LT(first, restart);
}

TEST(SendsTable, HasWhatHappensAtOneMomentInTheOrderOfTheSteps) {
  const std::string text = table("", R"({"do": {"shutdownProducer": "p"}}, {"send": {"topic": "T"}})" +
                                         std::string(R"(, {"do": {"crash": "broker-a"}})"));
  const std::size_t shutdown = text.find("shutdownProducer p");
  const std::size_t refused = text.find("#0 ");
  ASSERT_NE(refused, std::string::npos) << text;
  EXPECT_LT(shutdown, refused) << text;
  EXPECT_LT(refused, text.find("crash broker-a")) << text;
}

TEST(SendsTable, FoldsNeighboursThatTellTheSameStory) {
  const std::string text = table("", kOutage);
  EXPECT_THAT(text, HasSubstr("38 more like this, to #41"));
  EXPECT_THAT(text, Not(HasSubstr("#4 ")));
  EXPECT_THAT(text, Not(HasSubstr("-v lists every send")));
  EXPECT_THAT(table("", kOutage, true), HasSubstr("#4 ")) << "verbose lists each";
}

TEST(SendsTable, SaysWhenARuleActedAndHowOften) {
  const std::string text = table(
      R"({"id": "busy", "at": "broker-a", "on": "send", "nth": "2-3", "do": {"respond": {"code": "SYSTEM_BUSY"}}})",
      R"({"send": {"topic": "T", "count": 5, "intervalMs": 100}})");
  EXPECT_THAT(text, HasSubstr("rule busy acts, 2 times until "));
  EXPECT_LT(text.find("rule busy acts"), text.find("SYSTEM_BUSY"));
}

TEST(SendsTable, IsEmptyWhenAllWasPlainAndNothingHappened) {
  EXPECT_EQ(table("", R"({"send": {"topic": "T", "count": 3}})"), "");
}

TEST(SendsTable, HasEventsThatNoSendNoticed) {
  const std::string text =
      table("", R"({"do": {"crash": "broker-a"}}, {"do": {"restart": "broker-a"}}, {"send": {"topic": "T"}})");
  EXPECT_THAT(text, HasSubstr("crash broker-a\n"));
  EXPECT_THAT(text, HasSubstr("restart broker-a\n"));
  EXPECT_THAT(text, Not(HasSubstr("#0")));
}

TEST(SendsTable, HasNoMomentOfMinusNothing) {
  EXPECT_EQ(format_millis(std::chrono::microseconds(-30)), "0.0");
  EXPECT_EQ(format_millis(std::chrono::microseconds(-60)), "-0.1");
}

TEST(SendsTable, HasNothingThatATerminalObeys) {
  const std::string text = table(
      R"({"id": "r\u001b[5m", "at": "broker-a", "on": "send", "do": {"respond": {"code": "MESSAGE_ILLEGAL",
          "remark": "\u001b]0;title\u0007 \u202e \u0085 größer"}}})",
      R"({"send": {"topic": "T"}})");
  EXPECT_THAT(text, HasSubstr(R"(\u001b]0;title\u0007 \u202e \u0085 größer)"));
  EXPECT_THAT(text, HasSubstr(R"(rule r\u001b[5m acts)"));
  EXPECT_EQ(text.find_first_of("\x1b\x07"), std::string::npos);
}

TEST(SendsTable, ShowsWhatAnExceptionSaysToItsEnd) {
  const std::string text = table(
      R"({"at": "broker-a", "on": "send", "do": {"respond": {"code": "SYSTEM_ERROR", "remark":
          "service not available now. It may be caused by one of the following reasons: the broker's disk is full"}}})",
      R"({"send": {"topic": "T", "queue": {"broker": "broker-a", "queueId": 0}}})");
  EXPECT_THAT(text, HasSubstr("disk is full"));
}

}  // namespace sends_table_test
}  // namespace rmqsim
