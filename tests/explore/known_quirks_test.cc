// What a profile does by a quirk that is known is no finding.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "scenarios/harness/explore/trial.h"
#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace known_quirks_test {

using testing::IsEmpty;

/// A producer that shuts down while a send of its waits to be part of a batch, and others may follow it.
Scenario shut_down_while_gathering(int sends) {
  ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "x", "why": "x",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "TopicTest"}]},
    "producers": [{"name": "p", "config": {"autoBatch": true}}],
    "steps": [{"background": true, "send": {"topic": "TopicTest", "count": )" +
                                            std::to_string(sends) + R"(}}, {"do": {"shutdownProducer": "p"}}]})",
                                      "-", {.judge_idle = false});
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return parsed.scenario.value_or(Scenario{});
}

TEST(KnownQuirks, LetASendWaitForEverForABatchThatAShutdownLost) {
  const Scenario scenario = shut_down_while_gathering(1);
  const TrialResult java = run_trial(scenario, *find_profile("java-5.3.3"), {});
  EXPECT_EQ(java.run.verdict, RunResult::Verdict::inconclusive);  // quirk 63
  EXPECT_THAT(java.violations, IsEmpty());
  const TrialResult hardened = run_trial(scenario, *find_profile("hardened"), {});
  EXPECT_EQ(hardened.run.verdict, RunResult::Verdict::passed) << hardened.run.reason;
  EXPECT_THAT(hardened.violations, IsEmpty());
}

TEST(KnownQuirks, AreNoneInHardenedOfASendThatIsMadeWhileTheShutdownGoesOn) {
  const TrialResult result = run_trial(shut_down_while_gathering(2), *find_profile("hardened"), {});
  EXPECT_EQ(result.run.verdict, RunResult::Verdict::passed) << result.run.reason;
  EXPECT_THAT(result.violations, IsEmpty());
}

}  // namespace known_quirks_test
}  // namespace rmqsim
