// What fails is made small, stays the same, says why, and can be read as a file; nobody is named who is gone.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "scenarios/harness/explore/shrink/cause.h"
#include "scenarios/harness/explore/shrink/lost_names.h"
#include "scenarios/harness/explore/shrink/scenario_parts.h"
#include "scenarios/harness/explore/shrink/shrinker.h"
#include "scenarios/harness/explore/whole.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/write/scenario_text.h"

namespace rmqsim {
namespace shrink_test {

/// A route lookup is not limited by the send's timeout, which is not expected, among much that has nothing to do with
/// it.
const std::string kCluttered = R"({
  "version": 1, "name": "cluttered", "why": "Much goes wrong in it.", "references": ["nobody"], "seed": 77,
  "profile": ["java-4.9.8", "java-5.3.3"],
  "cluster": {
    "nameservers": ["ns-1", "ns-2"], "brokers": ["a", "b", {"name": "b-slave", "slaveOf": "b"}, "c"],
    "topics": [{"name": "T", "queues": {"a": 2, "b": 3, "c": 1}}, {"name": "U", "brokers": "c"}, {"name": "V"}],
    "transactions": {"transactionCheckMax": 3}},
  "network": {"oneWayMs": 0.7},
  "producers": [
    {"name": "p", "group": "g", "config": {"sendMsgTimeout": 1500, "retryTimesWhenSendFailed": 4},
     "queueIndex": {"start": 3, "resets": [1, 2]}},
    {"name": "q", "config": {"sendLatencyFaultEnable": true}, "nameservers": "ns-1"},
    {"name": "r"}],
  "steps": [
    {"send": {"producer": "q", "mode": "async", "topic": "U", "count": 7, "intervalMs": 10, "body": {"text": "x {i}"}}},
    {"name": "burst", "send": {"producer": "r", "topic": "V", "count": 20, "tags": "t"}},
    {"do": {"crash": "b"}},
    {"name": "slow", "send": {"producer": "p", "topic": "T", "count": 9, "keys": "k"}},
    {"do": {"restart": "b"}},
    {"send": {"producer": "q", "topic": "V", "count": 3}}],
  "faults": [
    {"at": "a", "on": "send", "nth": "2-5", "do": {"respond": {"code": "SYSTEM_BUSY"}}, "mayBeIdle": true},
    {"id": "slow", "at": "ns-1", "on": "route", "topic": "T", "do": {"delayMs": 2345}},
    {"id": "slow-too", "at": "ns-2", "on": "route", "topic": "T", "do": {"delayMs": 2345}},
    {"at": "c", "on": "send", "nth": "3-", "do": {"delayMs": {"uniform": [5, 9]}, "chunk": 4}, "mayBeIdle": true},
    {"at": "*", "on": "heartbeat", "do": {"drop": "response"}, "mayBeIdle": true}],
  "expect": [
    {"sends": "burst", "outcome": "SEND_OK"},
    {"sends": "slow", "elapsedMs": [0, 1600]},
    {"broker": "a", "received": [0, 3]}]
})";

Scenario parsed(std::string_view text) {
  ParseResult result = parse_scenario(text, "");
  EXPECT_TRUE(result.ok()) << result.to_string();
  return result.scenario.value_or(Scenario{});
}

/// What it breaks of that invariant.
Signature broken(const Scenario& scenario, std::string_view invariant, std::string_view profile = "java-5.3.3") {
  for (const Violation& violation : run_trial(scenario, *find_profile(profile), {.expectations = true}).violations) {
    if (violation.signature.invariant == invariant) return violation.signature;
  }
  ADD_FAILURE() << "nothing breaks " << invariant;
  return {};
}

std::string lines(const Cause& cause) {
  std::string text;
  for (const std::string& line : cause.lines) text += line + "\n";
  return text;
}

class ShrinkCluttered : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    scenario_ = parsed(kCluttered);
    signature_ = broken(scenario_, "expect[1]");
    shrunk_ = shrink(scenario_, signature_);
  }
  static inline Scenario scenario_;
  static inline Signature signature_;
  static inline Shrunk shrunk_;
};

TEST_F(ShrinkCluttered, LeavesOneStepOneFaultAndOneBroker) {
  const std::string text = scenario_text(shrunk_.scenario);
  EXPECT_EQ(shrunk_.scenario.steps.size(), 1u) << text;
  EXPECT_EQ(shrunk_.scenario.send_count, 1u) << text;
  EXPECT_EQ(shrunk_.scenario.faults.size(), 1u) << text;
  EXPECT_EQ(shrunk_.scenario.cluster.brokers.size(), 1u) << text;
  EXPECT_EQ(shrunk_.scenario.cluster.nameservers.size(), 1u) << text;
  EXPECT_EQ(shrunk_.scenario.producers.size(), 1u) << text;
  EXPECT_EQ(shrunk_.scenario.seed, 1u) << text;
  EXPECT_FALSE(shrunk_.scenario.producers[0].queue_index.has_value()) << text;
  EXPECT_EQ(text.find("oneWayMs"), std::string::npos) << text;
  EXPECT_LE(shrunk_.runs, 500u);
}

TEST_F(ShrinkCluttered, IsCertified) {
  EXPECT_TRUE(shrunk_.certified);
  const Profile& profile = *find_profile("java-5.3.3");
  for (const PartKind& kind : part_kinds()) {
    const std::size_t count = kind.count(shrunk_.scenario);
    for (std::size_t i = 0; i < count && !(kind.needed && count == 1); ++i) {
      Scenario less = shrunk_.scenario;
      std::vector<bool> gone(count, false);
      gone[i] = true;
      const std::string name = kind.name(less, i);
      kind.remove(less, gone);
      if (!parse_scenario(scenario_text(less), "", {.judge_idle = false}).ok()) continue;
      EXPECT_FALSE(run_trial(less, profile, {.expectations = true}).broke(signature_)) << "without " << name;
    }
  }
}

TEST_F(ShrinkCluttered, TellsTheCause) {
  const std::string text = lines(shrunk_.cause);
  EXPECT_NE(text.find("passes when delayMs (faults[0]) <= "), std::string::npos) << text;
  EXPECT_NE(text.find("passes without faults[0] (route at ns-2: delayMs)"), std::string::npos) << text;
  EXPECT_NE(text.find("first differs in send #0: "), std::string::npos) << text;
  EXPECT_NE(text.find("fails in "), std::string::npos) << text;
}

TEST_F(ShrinkCluttered, MakesAFileThatBreaksTheSame) {
  const Scenario finding = as_finding(shrunk_);
  EXPECT_EQ(finding.name, "expect-1-route-delay-ms");
  EXPECT_TRUE(finding.why.starts_with("Does not meet expect[0] sends \"slow\" elapsedMs in java-5.3.3: "))
      << finding.why;
  EXPECT_TRUE(finding.references.empty());
  const ParseResult loaded = parse_scenario(scenario_text(finding), finding.name + ".json");
  ASSERT_TRUE(loaded.ok()) << loaded.to_string();
  const RunResult run = run_scenario(*loaded.scenario, *find_profile("java-5.3.3"), {});
  ASSERT_EQ(run.record.failures.size(), 1u) << "it fails for nothing else";
  EXPECT_TRUE(run.record.failures[0].check.starts_with("expect[0] ")) << run.record.failures[0].check;
}

TEST_F(ShrinkCluttered, IsTheSameEachTime) {
  const Shrunk again = shrink(scenario_, signature_);
  EXPECT_EQ(scenario_text(again.scenario), scenario_text(shrunk_.scenario));
  EXPECT_EQ(again.runs, shrunk_.runs);
  EXPECT_EQ(lines(again.cause), lines(shrunk_.cause));
}

TEST(Shrink, EndsWhenItIsToldAndHasWhatItHas) {
  const Scenario scenario = parsed(kCluttered);
  const Signature signature = broken(scenario, "expect[1]");
  int asked = 0;
  ShrinkOptions options;
  options.stop = [&] { return ++asked > 20; };
  const Shrunk shrunk = shrink(scenario, signature, options);
  EXPECT_FALSE(shrunk.certified);
  EXPECT_TRUE(run_trial(shrunk.scenario, *find_profile("java-5.3.3"), {.expectations = true}).broke(signature));
  EXPECT_LT(shrunk.runs, 60u);
}

TEST(Shrink, KeepsTheOneExpectationThatItIsAbout) {
  const Scenario scenario = parsed(kCluttered);
  const Shrunk shrunk = shrink(scenario, broken(scenario, "expect[2]"));
  const std::string text = scenario_text(shrunk.scenario);
  ASSERT_EQ(shrunk.scenario.expect.size(), 1u) << text;
  EXPECT_TRUE(std::holds_alternative<BrokerExpectation>(shrunk.scenario.expect[0].what)) << text;
  EXPECT_EQ(shrunk.scenario.steps.size(), 1u) << text;
  EXPECT_TRUE(shrunk.scenario.faults.empty()) << text;
  EXPECT_EQ(shrunk.scenario.cluster.brokers.size(), 1u) << text;
  EXPECT_EQ(shrunk.scenario.send_count, 4u) << text;
}

// A start that fails for another reason is another failure, though the same step fails.
TEST(Shrink, KeepsWhyAStartFails) {
  const Scenario scenario = parsed(R"({
    "version": 1, "name": "start", "why": "The group has a blank in it.", "cluster": {"brokers": ["a"]},
    "producers": [{"name": "q", "group": "a b", "autoStart": false}], "steps": [{"do": {"startProducer": "q"}}]})");
  const Signature signature = broken(scenario, "steps[0]");
  EXPECT_NE(signature.decision.find("illegal characters"), std::string::npos) << signature.decision;
  const Shrunk shrunk = shrink(scenario, signature);
  ASSERT_EQ(shrunk.scenario.producers.size(), 1U);
  EXPECT_EQ(shrunk.scenario.producers[0].group, "a b");
  EXPECT_EQ(shrunk.violation.failure.message, signature.decision);
}

// What an expectation of sends is not met by is a part of the failure, too.
TEST(Shrink, DoesNotTakeAnotherWayOfNotMeetingAnExpectation) {
  const Scenario scenario = parsed(R"({
    "version": 1, "name": "refused", "why": "Two things go wrong.", "profile": "java-5.3.3",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]},
    "producers": [{"name": "p", "config": {"retryTimesWhenSendFailed": 0}}],
    "steps": [{"send": {"topic": "T", "count": 3}}],
    "faults": [{"at": "a", "on": "send", "do": {"respond": {"code": "SYSTEM_BUSY"}}}],
    "expect": [{"sends": "all", "outcome": "SEND_OK"}]})");
  const Signature signature = broken(scenario, "expect[0]");
  EXPECT_EQ(signature.mode, "sync");
  const Shrunk shrunk = shrink(scenario, signature);
  EXPECT_EQ(shrunk.signature, signature);
  EXPECT_EQ(shrunk.scenario.faults.size(), 1U);
  EXPECT_TRUE(shrunk.certified);
}

// A file in which a count that is raised, or an attempt that is counted, could become another failure.
TEST(Shrink, KeepsWhichCheckFailedAndWhatCameInstead) {
  const std::string front = R"({
    "version": 1, "name": "lost", "why": "A code that is final.", "profile": "java-4.9.8",
    "cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 2}]}, "producers": [{"name": "p"}],
    "steps": [{"send": {"topic": "T", "count": 8}}],
    "faults": [{"at": "a", "on": "send", "nth": 3, "do": {"respond": {"code": "SYSTEM_BUSY"}}}],
    "expect": )";
  const Scenario outcome = parsed(front + R"([{"broker": "a", "stored": 4},
                                              {"sends": "all", "outcome": "SEND_OK", "attempts": 1}]})");
  const Shrunk of_outcome = shrink(outcome, broken(outcome, "expect[1]", "java-4.9.8"));
  EXPECT_EQ(of_outcome.violation.failure.got, "outcome EXCEPTION");
  EXPECT_EQ(of_outcome.scenario.faults.size(), 1U);
  EXPECT_EQ(what_is_broken(of_outcome), "expect[0] sends \"all\" outcome");
  EXPECT_NE(as_finding(of_outcome).why.find("Does not meet expect[0] sends \"all\" outcome in java-4.9.8"),
            std::string::npos);

  const Scenario stored = parsed(front + R"([{"broker": "a", "stored": 4}]})");
  const Shrunk of_stored = shrink(stored, broken(stored, "expect[0]", "java-4.9.8"));
  EXPECT_EQ(of_stored.scenario.send_count, 8U) << "the broker was to have those of eight";
  EXPECT_EQ(of_stored.scenario.faults.size(), 1U);
}

// With a count of one the file could not be read, which is no run that passes.
TEST(Shrink, TellsNoBoundThatItCouldNotTry) {
  const Scenario scenario = parsed(R"({
    "version": 1, "name": "seventh", "why": "One is expected to be tried twice.", "profile": "java-5.3.3",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
    "steps": [{"send": {"topic": "T", "count": 9}}], "expect": [{"sends": 7, "attempts": 2}]})");
  const Shrunk shrunk = shrink(scenario, broken(scenario, "expect[0]"));
  EXPECT_EQ(lines(shrunk.cause).find("passes when count"), std::string::npos) << lines(shrunk.cause);
}

// Of a defect that looks away from what matters no run that passes decides otherwise.
TEST(Shrink, TellsWhatASendDecidesWhereNobodyDecidesOtherwise) {
  const Scenario scenario = parsed(R"({
    "version": 1, "name": "fails", "why": "Nothing is wrong, and it is to fail.", "profile": "java-5.3.3",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
    "steps": [{"send": {"topic": "T"}}], "expect": [{"sends": "all", "outcome": "EXCEPTION"}]})");
  const std::string cause = lines(shrink(scenario, broken(scenario, "expect[0]")).cause);
  EXPECT_NE(cause.find("send #0 decides: \"outcome after 1 ms: SEND_OK.\""), std::string::npos) << cause;
}

TEST(Cause, IsSoughtInTheNextRunThatPassesWhereTheNearestHasNoSuchSend) {
  const Scenario scenario = parsed(R"({
    "version": 1, "name": "third", "why": "The third is refused.", "profile": "java-5.3.3",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]},
    "producers": [{"name": "p", "config": {"retryTimesWhenSendFailed": 0}}],
    "steps": [{"send": {"topic": "T", "count": 3}}],
    "faults": [{"at": "a", "on": "send", "nth": 3, "do": {"respond": {"code": "SYSTEM_BUSY"}}}],
    "expect": [{"sends": "all", "outcome": "SEND_OK"}]})");
  Scenario without = scenario;
  without.faults.clear();
  make_whole(without);
  const Signature signature = broken(scenario, "expect[0]");
  const Profile& profile = *find_profile("java-5.3.3");
  const auto cause_of = [&](std::vector<CauseSearch::Needed> needed) {
    CauseSearch search{scenario, signature, profile, {{"count (steps[0])", 2}}, std::move(needed), nullptr, nullptr};
    search.trial = [&](const Scenario& one, bool decisions) {
      return run_trial(one, profile, {.features = decisions, .expectations = true});
    };
    return lines(find_cause(search));
  };
  const std::string seen = cause_of({{"faults", "faults[0]", without}}), alone = cause_of({});
  EXPECT_NE(seen.find("first differs in send #2: \"outcome after"), std::string::npos) << seen;
  EXPECT_NE(alone.find("send #2 decides: \"outcome after"), std::string::npos) << alone;
}

TEST(Shrink, LeavesOutExpectationsWhereSomethingElseIsTheMatter) {
  const Scenario scenario = parsed(R"({
  "version": 1, "name": "long", "why": "No trial is that long.", "cluster": {"brokers": ["a", "b"]},
  "steps": [{"waitMs": 5}, {"waitMs": 10000000}, {"waitMs": 5}], "expect": [{"broker": "a", "received": 0}]
})");
  const Signature signature = broken(scenario, "inconclusive");
  ShrinkOptions options;
  options.max_runs = 10;  // each is two hours of heartbeats
  const Shrunk shrunk = shrink(scenario, signature, options);
  const std::string text = scenario_text(shrunk.scenario);
  EXPECT_TRUE(shrunk.scenario.expect.empty()) << text;
  EXPECT_EQ(shrunk.scenario.steps.size(), 1u) << text;
  EXPECT_EQ(shrunk.scenario.cluster.brokers.size(), 1u) << text;
  const Scenario finding = as_finding(shrunk);
  EXPECT_EQ(finding.name, "inconclusive");
  EXPECT_TRUE(finding.why.starts_with("Breaks inconclusive in java-5.3.3: ")) << finding.why;
  const ParseResult loaded = parse_scenario(scenario_text(finding), "inconclusive.json");
  ASSERT_TRUE(loaded.ok()) << loaded.to_string();
  EXPECT_TRUE(run_trial(*loaded.scenario, *find_profile("java-5.3.3")).broke(signature));
}

/// Of somebody who takes real time: he breaks what a rule of a drop and a send break.
TEST(Shrink, IsPlayedByWhoeverSaysSo) {
  const Signature signature{std::string(kDecisionsSignature), "java-5.3.3", "sync", "not-retried"};
  const auto has_drop = [](const Scenario& scenario) {
    return scenario.send_count > 0 && std::any_of(scenario.faults.begin(), scenario.faults.end(), [](const auto& rule) {
             return rule.action.find("drop") != nullptr;
           });
  };
  std::size_t runs = 0;
  ShrinkPlayer player;
  player.play = [&](const Scenario& scenario, const Profile&) {
    ++runs;
    TrialResult result;
    if (has_drop(scenario)) result.violations.push_back({signature, {"decisions", "gives up", {}, {}}});
    return result;
  };
  player.explain = [](const Scenario&) { return std::vector<std::string>{"passes in hardened"}; };
  const Shrunk shrunk = shrink(parsed(kCluttered), signature, {.player = player});
  EXPECT_EQ(shrunk.runs, runs) << "nobody else plays";
  EXPECT_EQ(shrunk.scenario.steps.size(), 1u);
  ASSERT_EQ(shrunk.scenario.faults.size(), 1u);
  EXPECT_NE(shrunk.scenario.faults[0].action.find("drop"), nullptr);
  EXPECT_EQ(shrunk.cause.lines.back(), "passes in hardened");
  for (const std::string& line : shrunk.cause.lines) EXPECT_EQ(line.find("<="), std::string::npos) << line;
  EXPECT_EQ(as_finding(shrunk).why.substr(0, 50), "A client decides otherwise than java-5.3.3: gives ");
}

TEST(LoseNames, LeavesScenariosThatCanBeRead) {
  std::size_t removed = 0;
  for (const std::string& file : find_scenarios({RMQSIM_SOURCE_DIR "/scenarios"}).files) {
    const ParseResult loaded = load_scenario(file);
    ASSERT_TRUE(loaded.ok());
    for (const PartKind& kind : part_kinds()) {
      if (kind.what != "brokers" && kind.what != "nameservers" && kind.what != "producers") continue;
      const std::size_t count = kind.count(*loaded.scenario);
      for (std::size_t i = 0; i < count && count > 1; ++i) {
        Scenario less = *loaded.scenario;
        std::vector<bool> gone(count, false);
        gone[i] = true;
        kind.remove(less, gone);
        if (less.cluster.brokers.empty()) continue;  // it had a slave only
        const ParseResult again = parse_scenario(scenario_text(less), "", {.judge_idle = false});
        // Without the sends that an expectation was about it may contradict another, or count too few.
        for (const ScenarioError& error : again.errors) {
          EXPECT_TRUE(error.message.find("nobody has the topic") != std::string::npos ||
                      error.message.find("counts at least") != std::string::npos)
              << file << " without " << kind.name(*loaded.scenario, i) << ": " << error.to_string();
        }
        ++removed;
      }
    }
  }
  EXPECT_GT(removed, 200u);
}

}  // namespace shrink_test
}  // namespace rmqsim
