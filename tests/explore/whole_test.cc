// Numbers of sends, selectors and ids of rules after parts of a scenario came or went.
#include "scenarios/harness/explore/whole.h"

#include <gtest/gtest.h>

#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace whole_test {

const std::string kThreeSteps = R"({
  "version": 1, "name": "three", "why": "it has three steps that send, and one that takes back",
  "cluster": {"brokers": ["a"], "topics": [{"name": "T"}], "recallMessageEnable": true},
  "producers": [{"name": "p"}],
  "steps": [
    {"send": {"topic": "T", "count": 2}},
    {"name": "timers", "send": {"topic": "T", "count": 3, "delayMs": 60000}},
    {"recall": {"sends": "1,3-4"}},
    {"assert": [{"sends": "0-1", "outcome": "SEND_OK"}]}],
  "faults": [
    {"id": "given", "at": "a", "on": "send", "nth": 1, "do": {"late": true}},
    {"at": "a", "on": "send", "nth": 2, "do": {"late": true}},
    {"at": "a", "on": "send", "nth": 3, "do": {"late": true}}],
  "expect": [{"sends": "all", "elapsedMs": [0, 9000]}, {"sends": "timers", "elapsedMs": [0, 9000]}]
})";

Scenario three_steps() {
  ParseResult parsed = parse_scenario(kThreeSteps, "");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return parsed.scenario.value_or(Scenario{});
}

using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
const Ranges& sends(const Expectation& expectation) { return std::get<SendExpectation>(expectation.what).sends.ranges; }

TEST(MakeWhole, LeavesWhatAFileSaysAsItIs) {
  Scenario scenario = three_steps();
  make_whole(scenario);
  EXPECT_EQ(scenario.send_count, 8u);
  ASSERT_EQ(scenario.steps.size(), 4u);
  EXPECT_EQ(scenario.steps[2].first_send, 5u);
  EXPECT_EQ(scenario.steps[2].send_count, 3u);
  EXPECT_EQ(std::get<RecallStep>(scenario.steps[2].what).sends.ranges, (Ranges{{1, 1}, {3, 4}}));
  EXPECT_EQ(sends(scenario.expect[0]), (Ranges{{0, 7}}));
  EXPECT_EQ(sends(scenario.expect[1]), (Ranges{{2, 4}}));
  EXPECT_EQ(scenario.faults[0].id, "given");
  EXPECT_EQ(scenario.faults[2].id, "fault[2]");
}

TEST(MakeWhole, ForgetsATimeThatIsOverWhenItsStepCanCome) {
  Scenario scenario = three_steps();
  std::get<SendStep>(scenario.steps[0].what).interval = millis(40);
  scenario.steps[1].at = millis(40);
  scenario.steps[2].at = millis(41);
  make_whole(scenario);
  EXPECT_EQ(scenario.steps[1].at, millis(40));
  std::get<SendStep>(scenario.steps[0].what).count = 3;
  make_whole(scenario);
  EXPECT_EQ(scenario.steps[1].at, std::nullopt);
  EXPECT_EQ(scenario.steps[2].at, std::nullopt);
  scenario.steps[0].background = true;
  scenario.steps[1].at = millis(5);
  make_whole(scenario);
  EXPECT_EQ(scenario.steps[1].at, millis(5));
}

TEST(MakeWhole, CountsSendsAnewAndLetsSelectorsFollowThem) {
  Scenario scenario = three_steps();
  scenario.steps.erase(scenario.steps.begin());
  make_whole(scenario);
  EXPECT_EQ(scenario.send_count, 5u);
  ASSERT_EQ(scenario.steps.size(), 2u) << "the assert was about sends that are gone";
  EXPECT_EQ(scenario.steps[0].first_send, 0u);
  EXPECT_EQ(std::get<RecallStep>(scenario.steps[1].what).sends.ranges, (Ranges{{1, 2}}));
  EXPECT_EQ(scenario.steps[1].send_count, 2u);
  EXPECT_EQ(sends(scenario.expect[0]), (Ranges{{0, 4}}));
  EXPECT_EQ(sends(scenario.expect[1]), (Ranges{{0, 2}}));
}

TEST(MakeWhole, TakesOutARecallOfNothing) {
  Scenario scenario = three_steps();
  std::get<SendStep>(scenario.steps[0].what).count = 1;
  scenario.steps.erase(scenario.steps.begin() + 1);
  make_whole(scenario);
  ASSERT_EQ(scenario.steps.size(), 2u) << "send 1 and the timers are gone";
  EXPECT_EQ(scenario.send_count, 1u);
  EXPECT_EQ(scenario.expect.size(), 1u);
}

TEST(MakeWhole, NumbersStepsThatAreNew) {
  Scenario scenario = three_steps();
  Step step;
  step.what = SendStep{.producer = "p", .count = 4};
  scenario.steps.insert(scenario.steps.begin(), step);
  make_whole(scenario);
  EXPECT_EQ(scenario.send_count, 12u);
  EXPECT_EQ(scenario.steps[0].send_count, 4u);
  EXPECT_EQ(std::get<RecallStep>(scenario.steps[3].what).sends.ranges, (Ranges{{5, 5}, {7, 8}}));
  EXPECT_EQ(sends(scenario.expect[1]), (Ranges{{6, 8}}));
}

TEST(MakeWhole, CallsRulesByTheirPlaceAndKeepsIdsThatWereGiven) {
  Scenario scenario = three_steps();
  scenario.faults.erase(scenario.faults.begin() + 1);
  scenario.faults.push_back(scenario.faults[0]);
  make_whole(scenario);
  EXPECT_EQ(scenario.faults[0].id, "given");
  EXPECT_EQ(scenario.faults[1].id, "fault[1]");
  EXPECT_EQ(scenario.faults[2].id, "fault[2]") << "\"given\" is taken";
  EXPECT_EQ(scenario.fault_locations.size(), 3u);
}

}  // namespace whole_test
}  // namespace rmqsim
