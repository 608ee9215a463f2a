// What pages of runs are made of. How they look, tests/pages says.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <string>

#include "fake_broker/rules/unanswered.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/html/columns.h"
#include "scenarios/harness/report/html/explanations.h"
#include "scenarios/harness/report/html/first_difference.h"
#include "scenarios/harness/report/html/page.h"
#include "scenarios/harness/report/html/page_data.h"

namespace rmqsim::page_test {
namespace {

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

Scenario busy() {
  ParseResult read = load_scenario(RMQSIM_SOURCE_DIR "/scenarios/codes/code-system-busy-first-five.json");
  EXPECT_TRUE(read.ok()) << read.to_string();
  return std::move(*read.scenario);
}

RunResult run_of(const Scenario& scenario, std::string_view profile) {
  RunOptions options;
  options.check_expectations = false;
  ask_for_report(options);
  return run_scenario(scenario, *find_profile(profile), options);
}

ReportEntry entry(ReportEntry::Kind kind, const std::string& name) {
  ReportEntry entry;
  entry.kind = kind;
  entry.json = ordered_json({{"scenario", name}}).dump();
  return entry;
}

/// The index that a page holds.
ordered_json index_of(const std::string& html) {
  const std::string begin = "id=\"rmqsim-index\">";
  const std::size_t at = html.find(begin) + begin.size();
  return ordered_json::parse(html.substr(at, html.find("</script>", at) - at));
}

TEST(Page, KeepsRunsThatDidNotPassWhereThereIsNoRoomForAll) {
  using Kind = ReportEntry::Kind;
  RunsPage page(250);
  page.add(entry(Kind::passed, "one"), std::string(100, '1'));
  page.add(entry(Kind::passed, "two"), std::string(100, '2'));
  page.add(entry(Kind::failed, "three"), std::string(100, '3'));
  page.add(entry(Kind::failed, "four"), std::string(100, '4'));
  page.add(entry(Kind::failed, "five"), std::string(100, '5'));
  page.add(entry(Kind::invalid, "six"), "");
  const std::string html = page.html();
  const ordered_json entries = index_of(html)["entries"];
  ASSERT_EQ(entries.size(), 6u);
  const auto dropped = [&](std::size_t i) { return entries[i]["dropped"].get<bool>(); };
  EXPECT_TRUE(dropped(0) && dropped(1)) << "those that passed go first";
  EXPECT_FALSE(dropped(2) || dropped(3));
  EXPECT_TRUE(dropped(4)) << "then what comes last";
  EXPECT_FALSE(dropped(5)) << "which had nothing to drop";
  EXPECT_EQ(entries[2]["run"], 0);
  EXPECT_EQ(entries[3]["run"], 1);
  EXPECT_TRUE(entries[5]["run"].is_null());
  EXPECT_THAT(html, HasSubstr("id=\"rmqsim-run-1\">" + std::string(100, '4')));
  EXPECT_THAT(html, Not(HasSubstr("rmqsim-run-2\"")));
}

TEST(Page, KeepsTheOnlyRunHoweverLargeItIs) {
  RunsPage page(10);
  page.add(entry(ReportEntry::Kind::passed, "one"), std::string(100, '1'));
  EXPECT_EQ(index_of(page.html())["entries"][0]["run"], 0);
}

TEST(Page, HoldsNothingThatEndsAScriptWhateverTextsSay) {
  const std::string text = script_text(ordered_json("</script><!--\xe2\x80\xa8\x01\xff"));
  EXPECT_EQ(text, "\"\\u003c/script>\\u003c!--\\u2028\\u0001\\ufffd\"");
  EXPECT_EQ(ordered_json::parse(text).get<std::string>(), "</script><!--\xe2\x80\xa8\x01\xef\xbf\xbd");
}

TEST(Page, IsWholeAndItsScriptsEndWhereTheirElementsEnd) {
  const std::string html = page_html("{}", {"{}"});
  EXPECT_THAT(html, Not(HasSubstr("/*{")));
  EXPECT_THAT(html, Not(HasSubstr("<!--")));
  for (const char* part : {".timeline {", "scaleLinear", "function verdictBadge"}) EXPECT_THAT(html, HasSubstr(part));
  std::string lower(html);
  std::transform(lower.begin(), lower.end(), lower.begin(), [](unsigned char c) { return std::tolower(c); });
  std::size_t ends = 0, styles = 0;
  for (auto at = lower.find("</script"); at != lower.npos; at = lower.find("</script", at + 1)) ++ends;
  for (auto at = lower.find("</style"); at != lower.npos; at = lower.find("</style", at + 1)) ++styles;
  EXPECT_EQ(ends, 3u) << "index, run, and what draws them";
  EXPECT_EQ(styles, 1u);
}

TEST(Page, KnowsWhatBecameOfRequestsThatWereNotAnsweredFromTheRowsOfFaultActions) {
  const std::string html = page_html("{}", {});
  const std::string begin = "const UNANSWERED = ";
  const std::size_t at = html.find(begin) + begin.size();
  const ordered_json kinds = ordered_json::parse(html.substr(at, html.find(';', at) - at));
  EXPECT_EQ(kinds.size(), unanswered().size());
  for (const Unanswered& one : unanswered()) {
    const std::string kind = kinds.at(std::string(one.outcome));
    EXPECT_THAT(html, HasSubstr("key: '" + kind + "'")) << one.outcome;
  }
  EXPECT_EQ(kinds["DROPPED"], "timeout");
  EXPECT_EQ(kinds["TRUNCATED"], "connection");
  EXPECT_EQ(kinds["ONEWAY"], "sent");
}

TEST(Page, WritesColumnsAsTheyAreShortest) {
  EXPECT_EQ(column_json({7, 7, 7}).dump(), "7");
  EXPECT_EQ(column_json({7, 8}).dump(), "[7,8]");
  EXPECT_EQ(column_json({}).dump(), "[]");
  EXPECT_EQ(differences_json({5, 7, 6}).dump(), "[5,2,-1]");
}

TEST(Page, HasTheEventsOfARunOnlyWhenOneIsWanted) {
  const Scenario scenario = busy();
  const RunResult plain = run_scenario(scenario, *find_profile("java-5.3.3"), {});
  EXPECT_TRUE(plain.events.empty());
  EXPECT_TRUE(plain.record.every_decision.empty());
  const ordered_json data =
      ordered_json::parse(page_data(scenario, *find_profile("java-5.3.3"), run_of(scenario, "java-5.3.3")));
  EXPECT_EQ(data["sends"]["size"], 12);
  EXPECT_EQ(data["attempts"]["size"], 14);
  EXPECT_EQ(data["acts"].size(), 1u) << "one rule at one server";
  EXPECT_EQ(data["acts"][0]["n"], 2);
  EXPECT_EQ(data["words"]["kept"], "all sends");
}

TEST(Page, ExplainsSendsThatWereTriedAgainWhereThereIsNoRoomForAll) {
  Scenario scenario = busy();
  std::get<SendStep>(scenario.steps.front().what).count = 1000;
  scenario.steps.front().send_count = scenario.send_count = 1000;
  scenario.expect.clear();
  const RunResult result = run_of(scenario, "java-5.3.3");
  const Profile& profile = *find_profile("java-5.3.3");
  const ordered_json all = explanations_json(scenario, profile, result);
  const ordered_json some = explanations_json(scenario, profile, result, 1);
  EXPECT_EQ(all["blocks"].size(), 4u);
  ASSERT_EQ(some["blocks"].size(), 1u);
  EXPECT_EQ(some["blocks"][0]["sends"][0], 0) << "the first that met the busy broker";
  EXPECT_EQ(some["blocks"][0]["sends"][1], 8) << "the second, eight sends on";
  EXPECT_THAT(some["kept"].get<std::string>(), HasSubstr("all sends that were tried again or failed, and 251 others"));
}

TEST(FirstDifference, IsTheFirstSendThatTheProfilesDecideDifferently) {
  const Scenario scenario = busy();
  const RunResult newer = run_of(scenario, "java-5.3.3");
  const RunResult older = run_of(scenario, "java-4.9.8");
  const ProfileRun one{*find_profile("java-5.3.3"), newer};
  const ProfileRun other{*find_profile("java-4.9.8"), older};
  const auto found = first_difference(scenario, one, other);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->send, 0u);
  EXPECT_THAT(found->first, HasSubstr("SYSTEM_BUSY (2) is one of the codes that a sync send retries"));
  EXPECT_THAT(found->second, HasSubstr("does not retry SYSTEM_BUSY"));
  EXPECT_FALSE(first_difference(scenario, one, one));
}

}  // namespace
}  // namespace rmqsim::page_test
