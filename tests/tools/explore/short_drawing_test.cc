// Trials for other clients: of the seed and the number alone, no more than the client can do, and short.
#include "tools/explore/driven/short_drawing.h"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>
#include <string>
#include <variant>

#include "producer/profile/profile.h"
#include "scenarios/harness/explore/draw/troubles.h"
#include "scenarios/harness/explore/trial.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/write/scenario_text.h"

namespace rmqsim {
namespace short_drawing_test {

constexpr std::uint64_t kTrials = 300;

DriverHello everything() {
  DriverHello hello;
  hello.client = "all";
  hello.modes = {"sync", "async", "oneway"};
  hello.features.insert(std::begin(kDriverFeatures), std::end(kDriverFeatures));
  for (const char* setting : {"sendMsgTimeout", "retryTimesWhenSendFailed", "retryTimesWhenSendAsyncFailed",
                              "sendLatencyFaultEnable", "latencyMax", "notAvailableDuration", "pollNameServerInterval",
                              "retryAnotherBrokerWhenNotStoreOK", "sendMsgMaxTimeoutPerRequest"}) {
    hello.settings.insert(setting);
  }
  return hello;
}

/// As ali-ons is: it sends synchronously, and tells no keys.
DriverHello little() {
  DriverHello hello;
  hello.client = "little";
  hello.modes = {"sync"};
  hello.settings = {"sendMsgTimeout"};
  hello.key_in_property = true;
  return hello;
}

ShortDrawing drawing(DriverHello hello, bool compares = true) {
  return {{}, {"java-5.3.3", "java-4.9.8"}, compares, std::move(hello)};
}

TEST(ShortDrawing, IsOfTheSeedAndTheNumberAlone) {
  const ShortDrawing one = drawing(everything()), other = drawing(everything());
  std::set<std::string> texts;
  for (std::uint64_t i = kTrials; i-- > 0;) {
    const std::string text = scenario_text(one.trial(7, i).scenario);
    EXPECT_EQ(text, scenario_text(other.trial(7, i).scenario));
    texts.insert(text.substr(text.find("\"cluster\"")));
  }
  EXPECT_GT(texts.size(), kTrials * 9 / 10) << "hardly any two are the same";
  EXPECT_NE(scenario_text(one.trial(7, 3).scenario), scenario_text(one.trial(8, 3).scenario));
}

TEST(ShortDrawing, AsksForNothingThatTheClientDoesNotHave) {
  for (const DriverHello& hello : {everything(), little()}) {
    const ShortDrawing drawn = drawing(hello);
    for (std::uint64_t i = 0; i < kTrials; ++i) {
      const Trial trial = drawn.trial(1, i);
      EXPECT_EQ(why_not_applicable(trial.scenario, *find_profile(trial.profile), hello), "");
      const ParseResult read = parse_scenario(scenario_text(trial.scenario), "", {.judge_idle = false});
      EXPECT_TRUE(read.ok()) << read.to_string();
    }
  }
}

TEST(ShortDrawing, CountsNoTriesByKeysThatTheClientDoesNotTell) {
  const ShortDrawing drawn = drawing(little());
  for (std::uint64_t i = 0; i < kTrials; ++i) {
    const Scenario scenario = drawn.trial(1, i).scenario;
    for (const FaultRule& rule : scenario.faults) EXPECT_NE(rule.count, FaultCount::message);
  }
}

TEST(ShortDrawing, TakesASecondOrTwo) {
  const ShortDrawing drawn = drawing(everything());
  Duration all{0};
  for (std::uint64_t i = 0; i < kTrials; ++i) {
    const Trial trial = drawn.trial(1, i);
    const TrialResult result = run_trial(trial.scenario, *find_profile(trial.profile));
    EXPECT_LT(result.run.virtual_time, std::chrono::seconds(12)) << scenario_text(trial.scenario);
    all += result.run.virtual_time;
  }
  EXPECT_LT(all / static_cast<std::int64_t>(kTrials), std::chrono::milliseconds(2500));
}

TEST(ShortDrawing, MeetsEverythingThatItIsAimedAt) {
  const ShortDrawing drawn = drawing(everything());
  std::set<std::string> met;
  for (std::uint64_t i = 0; i < kTrials; ++i) {
    const Scenario scenario = drawn.trial(1, i).scenario;
    for (const FaultRule& rule : scenario.faults) {
      for (const FaultActionRow& row : fault_actions()) {
        if (rule.action.find(row.key) != nullptr) met.insert(std::string(row.key));
      }
    }
    for (const Step& step : scenario.steps) {
      if (const auto* event = std::get_if<EventStep>(&step.what)) met.insert(event->kind);
      if (std::holds_alternative<TransactionStep>(step.what)) met.insert("transaction");
      if (const auto* send = std::get_if<SendStep>(&step.what)) {
        met.insert(send->mode == CommunicationMode::ASYNC ? "async" : "sync");
      }
    }
    for (const auto& [name, value] : scenario.producers.front().config.values) met.insert(name);
  }
  for (const char* aim : {"respond", "storeThenRespond", "drop", "delayMs", "close", "crash", "restart", "setPerm",
                          "setRoute", "removeFromRoute", "transaction", "async", "sync", "sendLatencyFaultEnable"}) {
    EXPECT_TRUE(met.contains(aim)) << aim;
  }
}

TEST(ShortDrawing, FixesWhereProducersBeginOnlyToCompareDecisions) {
  for (const bool compares : {true, false}) {
    const Scenario scenario = drawing(everything(), compares).trial(1, 5).scenario;
    EXPECT_EQ(scenario.producers.front().queue_index.has_value(), compares);
  }
}

TEST(ShortDrawing, RefusesAClientThatSendsInNoModeItKnows) {
  DriverHello hello = little();
  hello.modes.clear();
  EXPECT_THROW(drawing(hello), std::invalid_argument);
}

}  // namespace short_drawing_test
}  // namespace rmqsim
