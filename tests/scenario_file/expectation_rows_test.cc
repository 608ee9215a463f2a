// What there is to say of a kind of expectation stands in its row; nothing else knows the kinds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/load_scenario.h"
#include "tests/scenario_file/minimal.h"

namespace rmqsim {
namespace {

TEST(ExpectationRows, HaveTheKeyThatTellsTheKind) {
  each_expectation_row([](const auto& row) { EXPECT_TRUE(row.shape.has(row.key)) << row.key; });
}

TEST(ExpectationRows, LeaveNoQuestionOut) {
  each_expectation_row([](const auto& row) {
    EXPECT_TRUE(row.parse && row.unseen && row.grants_failure && row.common_subject && row.facts && row.claims &&
                row.other_conflict)
        << row.key;
  });
}

TEST(ExpectationRows, AreToldApartByTheirKeysWhateverElseIsThere) {
  const auto kind_of = [](const std::string& text) {
    const ParseResult result =
        parse_scenario(replaced(kMinimal, R"({"sends": "all", "outcome": "SEND_OK"})", text), "minimal.json");
    return result.ok() ? static_cast<int>(result.scenario->expect.at(0).what.index()) : -1;
  };
  EXPECT_EQ(kind_of(R"({"sends": "all", "broker": "broker-a"})"), 0);
  EXPECT_EQ(kind_of(R"({"counts": {"SEND_OK": 10}, "sends": "all"})"), 1);
  EXPECT_EQ(kind_of(R"({"broker": "broker-a", "received": [0, 10]})"), 2);
  EXPECT_EQ(kind_of(R"({"nameserver": "ns-1", "requests": [0, 10]})"), 3);
  EXPECT_EQ(kind_of(R"({"faultItem": "broker-a", "available": true})"), 4);
  EXPECT_EQ(kind_of(R"({"traces": 0, "broker": "broker-a"})"), 5);
}

TEST(ExpectationRows, SayWhatOnlyTheClientKnows) {
  const Scenario scenario;
  std::set<std::string_view> seen;
  each_expectation_row([&]<class E>(const ExpectationRow<E>& row) {
    if (!Expectation{E{}, {}, {}}.unseen(scenario)) seen.insert(row.key);
  });
  EXPECT_EQ(seen, (std::set<std::string_view>{"broker", "nameserver", "traces"}));
}

TEST(ExpectationRows, NameTheMomentOfAFaultItemAndOfNothingElse) {
  FaultItemExpectation item;
  item.at = millis(5);
  EXPECT_EQ((Expectation{item, {}, {}}.moment()), millis(5));
  each_expectation_row([]<class E>(const ExpectationRow<E>& row) {
    EXPECT_EQ((Expectation{E{}, {}, {}}.moment()), std::nullopt) << row.key;
  });
}

}  // namespace
}  // namespace rmqsim
