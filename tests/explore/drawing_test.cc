// What trials are, told by their scenarios as text: the writer says all that a scenario holds.
#include "scenarios/harness/explore/draw/drawing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "scenarios/harness/explore/draw/cast.h"
#include "scenarios/harness/explore/draw/trouble.h"
#include "scenarios/harness/explore/trial.h"
#include "scenarios/harness/explore/whole.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/write/scenario_text.h"

namespace rmqsim {
namespace drawing_test {

using testing::IsEmpty;
using testing::SizeIs;

Drawing drawing_of(DrawOptions options = {}) { return Drawing({}, {"java-5.3.3", "java-4.9.8", "hardened"}, options); }

std::string text_of(const Trial& trial) { return trial.profile + "\n" + scenario_text(trial.scenario); }

/// What the parser has against it.
std::string mistakes(const Scenario& scenario) {
  const std::string text = scenario_text(scenario);
  const ParseResult parsed = parse_scenario(text, "-");
  return parsed.ok() ? "" : parsed.to_string() + "\nin\n" + text;
}

Scenario loaded(const char* name) {
  ParseResult parsed = load_scenario(std::string(RMQSIM_SOURCE_DIR) + "/scenarios/" + name);
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return std::move(parsed.scenario).value();
}

/// The rule alone, whoever it is for.
std::string text_of_rule(Scenario scenario, FaultRule rule) {
  rule.producer_group.reset();
  scenario.faults = {std::move(rule)};
  scenario.producers.erase(scenario.producers.begin() + 1, scenario.producers.end());
  scenario.steps.clear();
  scenario.name = "x";
  make_whole(scenario);
  const std::string text = scenario_text(scenario);
  return text.substr(text.find("\"faults\""));
}

/// The numbers of so many drawn trials.
std::vector<std::uint64_t> drawn_trials(const Drawing& drawing, std::size_t count) {
  std::vector<std::uint64_t> numbers;
  for (std::uint64_t t = 0; numbers.size() < count; ++t) {
    if (!drawing.enumerates(t)) numbers.push_back(t);
  }
  return numbers;
}

/// Calls `visit` with so many drawn trials.
template <class Visit>
void each_drawn(const Drawing& drawing, std::size_t count, const Visit& visit) {
  for (const std::uint64_t t : drawn_trials(drawing, count)) visit(drawing.trial(3, t));
}

/// Calls `visit` with each trial of the small scope.
template <class Visit>
void each_enumerated(const Drawing& drawing, const Visit& visit) {
  std::uint64_t left = drawing.small_scope();
  for (std::uint64_t t = 0; left > 0; ++t) {
    if (!drawing.enumerates(t)) continue;
    --left;
    visit(drawing.trial(0, t));
  }
}

TEST(Drawing, GivesTheSameTrialAgainInAnyOrder) {
  const Drawing one = drawing_of(), other = drawing_of();
  const std::vector<std::uint64_t> numbers = drawn_trials(one, 50);
  std::vector<std::string> forwards;
  for (const std::uint64_t t : numbers) forwards.push_back(text_of(one.trial(7, t)));
  for (std::size_t i = numbers.size(); i-- > 0;) EXPECT_EQ(text_of(other.trial(7, numbers[i])), forwards[i]);
  EXPECT_EQ(std::set<std::string>(forwards.begin(), forwards.end()).size(), forwards.size());
}

TEST(Drawing, DrawsOtherTrialsForAnotherSeedButNotInTheSmallScope) {
  const Drawing drawing = drawing_of();
  const std::uint64_t drawn = drawn_trials(drawing, 6).back();
  EXPECT_NE(text_of(drawing.trial(1, drawn)), text_of(drawing.trial(2, drawn)));
  ASSERT_TRUE(drawing.enumerates(5));
  EXPECT_EQ(text_of(drawing.trial(1, 5)), text_of(drawing.trial(2, 5)));
}

TEST(Drawing, TakesTurnsBetweenTheSmallScopeAndWhatIsDrawnUntilThatIsThrough) {
  const Drawing drawing = drawing_of();
  std::array<std::size_t, 8> of_shard{};
  std::size_t enumerated = 0;
  for (std::uint64_t t = 0; t < 6400; ++t) {
    if (!drawing.enumerates(t)) continue;
    ++enumerated;
    ++of_shard[t % of_shard.size()];
  }
  EXPECT_EQ(enumerated, 3200u);
  for (const std::size_t one : of_shard) EXPECT_EQ(one, 400u);
  for (std::uint64_t t = 2 * drawing.small_scope() + 64; t-- > 2 * drawing.small_scope();) {
    EXPECT_FALSE(drawing.enumerates(t)) << t;
  }
  EXPECT_FALSE(drawing_of({.exhaustive = false}).enumerates(0));
}

TEST(Drawing, DrawsOnlyWhatTheParserTakes) {
  each_drawn(drawing_of(), 1000, [](const Trial& trial) { ASSERT_EQ(mistakes(trial.scenario), "") << trial.number; });
}

TEST(Drawing, DrawsWithoutSwarmOnlyWhatTheParserTakes) {
  each_drawn(drawing_of({.swarm = false}), 200,
             [](const Trial& trial) { ASSERT_EQ(mistakes(trial.scenario), "") << trial.number; });
}

TEST(Drawing, KeepsSendsWithinBounds) {
  each_drawn(drawing_of(), 1000, [](const Trial& trial) {
    EXPECT_GT(trial.scenario.send_count, 0u) << trial.number;
    EXPECT_LE(trial.scenario.send_count, kMostDrawnSends) << trial.number;
    EXPECT_TRUE(std::holds_alternative<WaitStep>(trial.scenario.steps.back().what)) << trial.number;
  });
}

TEST(Drawing, KeepsWhatATemplateHasAndAddsTrouble) {
  const Scenario basic = loaded("basics/round-robin.json");
  const Drawing drawing({basic}, {"hardened"}, {});
  EXPECT_EQ(drawing.small_scope(), 0u);
  std::size_t troubles = 0;
  each_drawn(drawing, 100, [&](const Trial& trial) {
    ASSERT_EQ(mistakes(trial.scenario), "") << trial.number;
    EXPECT_EQ(trial.scenario.cluster.brokers.size(), basic.cluster.brokers.size());
    EXPECT_GE(trial.scenario.send_count, basic.send_count);
    EXPECT_TRUE(trial.scenario.expect.empty());
    const auto event = [](const Step& step) { return std::holds_alternative<EventStep>(step.what); };
    troubles +=
        !trial.scenario.faults.empty() || std::any_of(trial.scenario.steps.begin(), trial.scenario.steps.end(), event);
  });
  EXPECT_GT(troubles, 80u);
}

TEST(Drawing, RefusesAProfileThatNobodyHas) {
  EXPECT_THROW(Drawing({}, {"java-0"}, {}), std::invalid_argument);
  EXPECT_THROW(Drawing({}, {}, {}), std::invalid_argument);
}

TEST(SmallScope, HasEveryCourseOnce) {
  const Drawing drawing({}, {"java-5.3.3"}, {});
  std::set<std::string> texts;
  std::size_t with_faults[4] = {}, together = 0;
  each_enumerated(drawing, [&](Trial trial) {
    trial.scenario.name = "x";
    texts.insert(scenario_text(trial.scenario));
    if (trial.scenario.producers.size() > 1) {
      ++together;
      return;
    }
    ASSERT_LE(trial.scenario.faults.size(), 3u);
    ++with_faults[trial.scenario.faults.size()];
  });
  EXPECT_EQ(texts.size(), drawing.small_scope());
  // 23 things that an attempt may meet, 12 of them as the second, 6 of three; 18 ways to send, of which 12 try twice
  // and 8 three times. 5 that isolate, or nothing, at each of two brokers, and 5 pauses.
  EXPECT_EQ(with_faults[0], 18u + 5);
  EXPECT_EQ(with_faults[1], 18u * 23 + 5 * 10);
  EXPECT_EQ(with_faults[2], 12u * 23 * 12 + 5 * 25);
  EXPECT_EQ(with_faults[3], 8u * 6 * 6 * 6);
  EXPECT_EQ(together, 22u);  // all but the one that is about new connections
}

TEST(SmallScope, BeginsWithWorldsInWhichEveryModeMeetsEverything) {
  const std::vector<std::string> profiles{"java-5.3.3", "java-4.9.8", "hardened"};
  const Drawing drawing = drawing_of();
  std::map<std::string, std::set<std::string>> met;  // what, by the producer, which is of one mode
  std::size_t trials = 0;
  for (std::uint64_t t = 0; trials < 22 * profiles.size(); ++t) {
    if (!drawing.enumerates(t)) continue;
    const Trial trial = drawing.trial(0, t);
    ASSERT_EQ(trial.profile, profiles[trials++ % profiles.size()]);
    ASSERT_THAT(trial.scenario.producers, SizeIs(18)) << t;
    ASSERT_LE(trial.scenario.send_count, kMostDrawnSends) << t;
    ASSERT_EQ(mistakes(trial.scenario), "");
    for (const FaultRule& rule : trial.scenario.faults) {
      if (rule.at != "broker-a") continue;
      ASSERT_TRUE(rule.producer_group);
      met[trial.profile + *rule.producer_group].insert(text_of_rule(trial.scenario, rule));
    }
  }
  EXPECT_THAT(met, SizeIs(18 * profiles.size()));
  for (const auto& [producer, what] : met) EXPECT_THAT(what, SizeIs(22)) << producer;
}

TEST(SmallScope, HasOnlyWhatTheParserTakes) {
  const Drawing drawing({}, {"java-5.3.3"}, {});
  std::size_t i = 0;
  each_enumerated(drawing, [&](const Trial& trial) {
    if (i++ % 13 == 0) {
      EXPECT_EQ(mistakes(trial.scenario), "") << trial.number;
    }
  });
}

/// By how long rules hold answers back, in ms.
std::multiset<double> delays_of(const Scenario& scenario) {
  std::multiset<double> delays;
  for (const FaultRule& rule : scenario.faults) {
    if (const auto* delay = rule.action.find("delayMs")) delays.insert(std::get<DelayDistribution>(*delay).a);
  }
  return delays;
}

std::set<double> delays_around(double ms, const Drawing& drawing) {
  std::set<double> around;
  each_drawn(drawing, 2000, [&](const Trial& trial) {
    for (const double delay : delays_of(trial.scenario)) {
      if (delay >= ms - 1.5 && delay <= ms + 1.5) around.insert(delay);
    }
  });
  return around;
}

TEST(Boundaries, AreHitToTheMillisecondAndBesideIt) {
  const std::set<double> around = delays_around(3000, drawing_of());
  for (const double ms : {2999.0, 3000.0, 3001.0, 2999.6}) EXPECT_TRUE(around.contains(ms)) << ms;
}

TEST(Boundaries, AreHitByChanceOnlyWithoutThem) {
  const std::set<double> around = delays_around(3000, drawing_of({.boundaries = false}));
  for (const double ms : {2999.0, 3000.0, 3001.0}) EXPECT_FALSE(around.contains(ms)) << ms;
}

TEST(Drawing, DrawsEveryActionEventAndMode) {
  std::set<std::string> seen;
  each_drawn(drawing_of(), 3000, [&](const Trial& trial) {
    for (const FaultRule& rule : trial.scenario.faults) {
      for (const FaultActionRow& row : fault_actions()) {
        if (rule.action.find(row.key) != nullptr) seen.insert(std::string(row.key));
      }
    }
    for (const Step& step : trial.scenario.steps) {
      if (const auto* event = std::get_if<EventStep>(&step.what)) seen.insert(event->kind);
      if (std::holds_alternative<TransactionStep>(step.what)) seen.insert("transaction");
      if (std::holds_alternative<RequestStep>(step.what)) seen.insert("request");
      if (std::holds_alternative<RecallStep>(step.what)) seen.insert("recall");
      const auto* send = std::get_if<SendStep>(&step.what);
      if (send == nullptr) continue;
      seen.insert(std::string(kSendModes[static_cast<std::size_t>(send->mode)]));
      if (send->queue) seen.insert("queue");
      if (send->selector) seen.insert("selector");
      if (send->batch > 0) seen.insert("batch");
    }
  });
  for (const FaultActionRow& row : fault_actions()) EXPECT_TRUE(seen.contains(std::string(row.key))) << row.key;
  for (const char* what :
       {"crash",           "restart", "pause",     "resume",        "partition",        "heal",    "setRoute",
        "removeFromRoute", "setPerm", "setConfig", "startProducer", "shutdownProducer", "sync",    "async",
        "oneway",          "queue",   "selector",  "batch",         "transaction",      "request", "recall"}) {
    EXPECT_TRUE(seen.contains(what)) << what;
  }
}

class Shapes : public testing::Test {
 protected:
  std::vector<Outage> outages(TroubleShape shape) {
    return draw_outages(dice_, shape, {"a", "b", "c"}, moments_, std::chrono::seconds(10));
  }
  static std::set<std::string> victims(const std::vector<Outage>& outages) {
    std::set<std::string> names;
    for (const Outage& outage : outages) names.insert(outage.victim);
    return names;
  }

  Random random_{1};
  Dice dice_{random_};
  Moments moments_{Scenario(), default_profile(), true};
};

TEST_F(Shapes, SingleIsOneStretchAndBurstAndFlappingAreMoreOfOneVictim) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_THAT(outages(TroubleShape::single), SizeIs(1));
    for (const TroubleShape shape : {TroubleShape::burst, TroubleShape::flapping}) {
      const auto drawn = outages(shape);
      EXPECT_GE(drawn.size(), 2u);
      EXPECT_THAT(victims(drawn), SizeIs(1));
      for (std::size_t k = 1; k < drawn.size(); ++k) EXPECT_GE(drawn[k].from, *drawn[k - 1].to);
    }
  }
}

TEST_F(Shapes, CorrelatedHitsSomeAtOnceAndInTurnOneAfterTheOther) {
  for (int i = 0; i < 50; ++i) {
    const auto together = outages(TroubleShape::correlated);
    EXPECT_GE(victims(together).size(), 2u);
    for (const Outage& outage : together) EXPECT_LE(outage.from - together.front().from, millis(5));
    const auto turns = outages(TroubleShape::in_turn);
    EXPECT_THAT(victims(turns), SizeIs(3));
    for (std::size_t k = 1; k < turns.size(); ++k) EXPECT_GE(turns[k].from, *turns[k - 1].to);
  }
}

TEST_F(Shapes, SwizzleStopsAllBeforeItHealsAnyInAnotherOrder) {
  int reordered = 0;
  for (int i = 0; i < 50; ++i) {
    const auto drawn = outages(TroubleShape::swizzle);
    ASSERT_THAT(victims(drawn), SizeIs(3));
    for (const Outage& one : drawn) {
      for (const Outage& other : drawn) EXPECT_GT(*one.to, other.from);
    }
    reordered += *drawn[0].to > *drawn[1].to ? 1 : 0;
  }
  EXPECT_GT(reordered, 5);
}

TEST(Variation, ChangesSomethingAndStaysValid) {
  const Drawing drawing = drawing_of();
  Random random(5);
  std::size_t changed = 0;
  each_drawn(drawing, 300, [&](const Trial& trial) {
    Scenario scenario = trial.scenario;
    for (int i = 0; i < 3; ++i) scenario = drawing.variation(scenario, random);
    ASSERT_EQ(mistakes(scenario), "") << trial.number;
    changed += scenario_text(scenario) != scenario_text(trial.scenario);
  });
  EXPECT_GT(changed, 280u);
}

TEST(RescueCutting, BreaksTheAttemptThatRescued) {
  const Drawing drawing = drawing_of();
  Scenario busy = loaded("codes/code-system-busy-one-broker.json");
  busy.expect.clear();
  const TrialResult before = run_trial(busy, default_profile());
  const auto& sends = before.run.record.sends;
  const auto rescued =
      std::find_if(sends.begin(), sends.end(), [](const auto& send) { return send.attempts.size() > 1; });
  ASSERT_NE(rescued, sends.end());
  const auto number = static_cast<std::size_t>(rescued - sends.begin());
  ASSERT_EQ(rescued->outcome(), "SEND_OK");

  const std::vector<Scenario> cuts = drawing.without_rescue(busy, before.run.record);
  ASSERT_FALSE(cuts.empty());
  EXPECT_EQ(mistakes(cuts.front()), "");
  const TrialResult after = run_trial(cuts.front(), default_profile());
  const SendRecord& send = after.run.record.sends[number];
  ASSERT_GE(send.attempts.size(), 2u);
  EXPECT_EQ(send.attempts[1].broker, rescued->attempts[1].broker);
  EXPECT_EQ(send.attempts[1].outcome, rescued->attempts[0].outcome);
}

TEST(RescueCutting, HasNothingToCutWhereNothingWentWrong) {
  const Scenario plain = loaded("basics/round-robin.json");
  EXPECT_THAT(drawing_of().without_rescue(plain, run_trial(plain, default_profile()).run.record), IsEmpty());
  EXPECT_THAT(drawing_of({.rescue = false}).without_rescue(plain, {}), IsEmpty());
}

}  // namespace drawing_test
}  // namespace rmqsim
