// Profiles side by side: what is counted, that every known profile has its column, and that only invariants judge.
#include "scenarios/harness/report/compare.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include <nlohmann/json.hpp>

#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace compare_test {

using testing::HasSubstr;

/// Two brokers, five sends, index from 0.
Scenario scenario(const std::string& faults, const std::string& send = "", const std::string& more = "") {
  ParseResult parsed = parse_scenario(R"({"version": 1, "name": "x", "why": "x",
    "cluster": {"brokers": ["broker-a", "broker-b"], "topics": [{"name": "T", "queues": 2}]},
    "producers": [{"name": "p", "group": "g", "queueIndex": {"start": 0}}],
    "steps": [{"send": {"topic": "T", "count": 5, "body": {"text": "x"})" + send + R"(}}],
    "faults": [)" + faults + "]" + more + "}", "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return std::move(*parsed.scenario);
}

const ProfileFigures& of(const ComparedScenario& compared, const std::string& profile) {
  for (const ProfileFigures& figures : compared.profiles) {
    if (figures.profile == profile) return figures;
  }
  ADD_FAILURE() << "no column " << profile << ": " << compared.left_out;
  static const ProfileFigures none;
  return none;
}

TEST(Compare, EveryKnownProfileHasAColumnWhateverTheScenarioNames) {
  const Scenario s = scenario("", "", R"(, "profile": "java-4.9.8")");
  const ComparedScenario compared = compare_profiles(s, std::nullopt);
  ASSERT_EQ(compared.profiles.size(), profile_names().size());
  const std::string text = comparison_text({compared}, {});
  for (std::size_t i = 0; i < compared.profiles.size(); ++i) {
    EXPECT_EQ(compared.profiles[i].profile, profile_names()[i]);
    EXPECT_EQ(compared.profiles[i].success_rate(), 100.0);
    EXPECT_THAT(text, HasSubstr(std::string(profile_names()[i])));
  }
}

TEST(Compare, ACodeThatOnlyTheNewerClientRetriesShowsInRateAndAttempts) {
  const Scenario s = scenario(R"({"at": "broker-a", "on": "send", "nth": 1, "do": {"respond": {"code": "SYSTEM_BUSY"}}})");
  const ComparedScenario compared = compare_profiles(s, std::nullopt);
  const ProfileFigures& newer = of(compared, "java-5.3.3");
  const ProfileFigures& older = of(compared, "java-4.9.8");
  EXPECT_EQ(newer.success_rate(), 100.0);
  EXPECT_EQ(older.success_rate(), 80.0);
  EXPECT_EQ(newer.attempts_per_message(), 6.0 / 5);
  EXPECT_EQ(older.attempts_per_message(), 1.0);
  EXPECT_EQ(newer.messages.lost, 0u);
  EXPECT_EQ(older.messages.lost, 1u);
  EXPECT_EQ(older.messages.acknowledgements_lost, 0u);
}

TEST(Compare, AStoredMessageWhoseSendFailedIsAnAcknowledgementLost) {
  const Scenario s = scenario(R"({"at": "*", "on": "send", "do": {"storeThenRespond": {"code": "MESSAGE_ILLEGAL"}}})");
  const ComparedScenario compared = compare_profiles(s, std::nullopt);
  for (const char* profile : {"java-5.3.3", "java-4.9.8"}) {
    const ProfileFigures& figures = of(compared, profile);
    EXPECT_EQ(figures.messages.acknowledgements_lost, 5u);
    EXPECT_EQ(figures.messages.lost, 0u);
    EXPECT_EQ(figures.success_rate(), 0.0);
    EXPECT_FALSE(figures.mean_time());
    EXPECT_FALSE(figures.p99_time());
  }
}

TEST(Compare, ARetryAfterAStoreIsADuplicate) {
  const Scenario s = scenario(R"({"at": "broker-a", "on": "send", "nth": 1,
                                  "do": {"storeThenRespond": {"code": "SYSTEM_ERROR"}}})");
  const ComparedScenario compared = compare_profiles(s, std::nullopt);
  EXPECT_EQ(of(compared, "java-5.3.3").messages.duplicates, 1u);
  EXPECT_EQ(of(compared, "java-4.9.8").messages.duplicates, 1u);
}

TEST(Compare, MessagesOfABatchCountOneByOneAndOnewaySendsCannotSucceed) {
  const Scenario batch = scenario("", R"(, "batch": 3)");
  const ComparedScenario batches = compare_profiles(batch, std::nullopt);
  EXPECT_EQ(of(batches, "java-5.3.3").sends, 5u);
  EXPECT_EQ(of(batches, "java-5.3.3").messages.messages, 15u);
  EXPECT_EQ(of(batches, "java-5.3.3").messages.lost, 0u);
  const Scenario oneway = scenario("", R"(, "mode": "oneway")");
  const ComparedScenario oneways = compare_profiles(oneway, std::nullopt);
  EXPECT_EQ(of(oneways, "java-4.9.8").answerable, 0u);
  EXPECT_FALSE(of(oneways, "java-4.9.8").success_rate());
  EXPECT_EQ(of(oneways, "java-4.9.8").messages.lost, 0u);
}

TEST(Compare, TimesAreVirtualAndOfSuccessesOnly) {
  const Scenario s = scenario(R"({"at": "broker-b", "on": "send", "nth": 2, "do": {"delayMs": 100}},
                                 {"at": "broker-a", "on": "send", "nth": 2, "do": {"delayMs": 500,
                                  "respond": {"code": "MESSAGE_ILLEGAL"}}})");
  const ComparedScenario compared = compare_profiles(s, std::nullopt);
  const ProfileFigures& figures = of(compared, "java-5.3.3");
  EXPECT_EQ(figures.succeeded, 4u);
  EXPECT_GE(*figures.p99_time(), millis(100));
  EXPECT_LT(*figures.p99_time(), millis(110));
  EXPECT_LT(*figures.mean_time(), millis(30));
}

TEST(Compare, ExpectationsDoNotJudgeAndInvariantsDo) {
  const Scenario wrong = scenario("", "", R"(, "expect": [{"sends": "all", "outcome": "EXCEPTION"}])");
  EXPECT_TRUE(nothing_failed({compare_profiles(wrong, std::nullopt)}));
  ComparedScenario broken = compare_profiles(wrong, std::nullopt);
  broken.profiles[1].broken.push_back("x: invariant send-completes-once: broken by 1 of 5 sends");
  EXPECT_FALSE(nothing_failed({broken}));
  EXPECT_THAT(comparison_text({broken}, {}), HasSubstr("broken in " + broken.profiles[1].profile +
                                                       ": x: invariant send-completes-once"));
}

TEST(Compare, AProducerThatDoesNotStartIsNoBrokenInvariantAndItsTextIsWrittenWithEscapes) {
  Scenario s = scenario("");
  s.producers[0].group = "\x1b]0;x\a\u202e";
  const ComparedScenario compared = compare_profiles(s, std::nullopt);
  EXPECT_TRUE(of(compared, "java-5.3.3").broken.empty());
  EXPECT_EQ(of(compared, "java-5.3.3").failed.size(), 1u);
  EXPECT_FALSE(nothing_failed({compared}));
  const std::string text = comparison_text({compared}, {});
  EXPECT_THAT(text, HasSubstr("failed in java-4.9.8: x: start of producer \"p\": "));
  EXPECT_THAT(text, HasSubstr("\\u001b]0;x"));
  EXPECT_EQ(text.find_first_of("\x1b\a"), std::string::npos);
  EXPECT_EQ(text.find("\u202e"), std::string::npos);
  const auto json = nlohmann::json::parse(comparison_json({compared}));
  EXPECT_EQ(json["profiles"][0]["otherFailures"].size(), 1u);
  EXPECT_EQ(json["profiles"][0]["brokenInvariants"].size(), 0u);
}

TEST(Compare, AScenarioThatCannotBeRunToItsEndIsLeftOutAndSaid) {
  ParseResult parsed = parse_scenario(R"({"version": 1, "name": "refused", "why": "x",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 2}]},
    "producers": [{"name": "p", "group": "g"}],
    "steps": [{"send": {"topic": "T", "body": {"text": "x"}}}, {"waitMs": 90000000}]})", "-");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  const ComparedScenario left_out = compare_profiles(*parsed.scenario, std::nullopt);
  const Scenario fine = scenario("");
  const std::string text = comparison_text({left_out, compare_profiles(fine, std::nullopt)}, {});
  EXPECT_THAT(text, HasSubstr("left out: refused: java-5.3.3: "));
  EXPECT_THAT(text, HasSubstr("1 scenario in every profile"));
}

TEST(Compare, ColumnsThatDoNotFitGoBelow) {
  const Scenario s = scenario("");
  const ComparedScenario compared = compare_profiles(s, std::nullopt);
  for (const std::size_t width : {40, 80, 120}) {
    const std::string text = comparison_text({compared}, {.width = width});
    std::istringstream lines(text);
    std::string line;
    std::size_t tables = 0;
    while (std::getline(lines, line)) {
      // The legend below the table starts with the same words and is text.
      if (!line.starts_with("success rate") || line.find("whatever its status") != std::string::npos) continue;
      EXPECT_LE(line.size(), width);
      ++tables;
    }
    EXPECT_EQ(tables, width == 40 ? compared.profiles.size() : 1u) << text;
  }
}

TEST(Compare, JsonSaysTheSame) {
  const Scenario s = scenario(R"({"at": "broker-a", "on": "send", "nth": 1, "do": {"respond": {"code": "SYSTEM_BUSY"}}})");
  const auto json = nlohmann::json::parse(comparison_json({compare_profiles(s, std::nullopt)}));
  ASSERT_EQ(json["profiles"].size(), profile_names().size());
  ASSERT_EQ(json["scenarios"][0]["profiles"], json["profiles"]) << "the only scenario is the sum";
  for (const auto& figures : json["profiles"]) {
    if (figures["profile"] != "java-4.9.8") continue;
    EXPECT_EQ(figures["messagesLost"], 1);
    EXPECT_EQ(figures["successRate"], 80.0);
    EXPECT_EQ(figures["brokenInvariants"].size(), 0u);
  }
}

}  // namespace compare_test
}  // namespace rmqsim
