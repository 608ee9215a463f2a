// What there is to say of a kind of expectation stands in its row; nothing else knows the kinds.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <variant>

#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/load_scenario.h"
#include "tests/scenario_file/minimal.h"

namespace rmqsim {
namespace {

using nlohmann::json;

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

/// Whether the scenario with that expectation is taken, and the expectation for that kind.
template <class E>
bool is_taken_for(const json& expectation) {
  const std::string tells_all =
      replaced(kMinimal, R"("config": {)",
               R"("config": {"sendLatencyFaultEnable": true, "enableTrace": true, "traceTopic": "TopicTest", )");
  const std::string text = replaced(tells_all, R"({"sends": "all", "outcome": "SEND_OK"})", expectation.dump());
  const ParseResult result = parse_scenario(text, "minimal.json");
  EXPECT_TRUE(result.ok()) << result.to_string();
  return result.ok() && std::holds_alternative<E>(result.scenario->expect.at(0).what);
}

TEST(ExpectationRows, AreToldApartByTheirKeysWhateverElseIsThere) {
  each_expectation_row([]<class E>(const ExpectationRow<E>& row) {
    const json example = json::parse(row.example);
    EXPECT_TRUE(is_taken_for<E>(example)) << row.key;
    each_expectation_row([&](const auto& other) {
      if (other.key == row.key || !row.shape.has(other.key)) return;
      json both = example;
      both[std::string(other.key)] = json::parse(other.example).at(std::string(other.key));
      EXPECT_TRUE(is_taken_for<E>(both)) << both;
    });
  });
}

TEST(ExpectationRows, SayWhatOnlyTheClientKnows) {
  const Scenario scenario;
  std::set<std::string_view> seen;
  each_expectation_row([&]<class E>(const ExpectationRow<E>& row) {
    const bool servers_tell = !Expectation{E{}, {}, {}}.unseen(scenario);
    if (servers_tell) seen.insert(row.key);
    // Then it waits for the producers' shutdown.
    EXPECT_EQ(row.judged == JudgedWhen::producers_shut_down, servers_tell) << row.key;
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
