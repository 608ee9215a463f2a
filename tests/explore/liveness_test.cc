// The phase that makes everything whole again: in it `liveness` asks, and holds.
#include "scenarios/harness/explore/liveness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "scenarios/harness/explore/sometimes.h"
#include "scenarios/harness/explore/trial.h"
#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace liveness_test {

Scenario broken(const std::string& profile, const std::string& config = "") {
  ParseResult parsed = parse_scenario(R"({"version": 1, "name": "x", "why": "x", "profile": ")" + profile + R"(",
    "cluster": {"brokers": ["a", "b"], "topics": [{"name": "T", "queues": 2}]},
    "producers": [{"name": "p", "config": {)" + config + R"(}}],
    "steps": [{"send": {"topic": "T", "count": 4, "intervalMs": 100}, "background": true},
              {"do": {"pause": "a"}, "atMs": 150},
              {"do": {"removeFromRoute": {"broker": "b"}}, "mayBeIdle": true},
              {"do": {"crash": "ns-1"}, "atMs": 200}],
    "faults": [{"at": "b", "on": "send", "nth": "2-", "do": {"drop": true}, "mayBeIdle": true}]})",
                                      "-", {.judge_idle = false});
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return std::move(*parsed.scenario);
}

TEST(LivenessPhase, MendsEverythingAndSendsSucceedAtOnce) {
  for (const char* name : {"java-5.3.3", "java-4.9.8", "hardened"}) {
    for (const char* config : {"", R"("sendLatencyFaultEnable": true)"}) {
      Scenario scenario = broken(name, config);
      append_liveness_phase(scenario, 5);
      ASSERT_EQ(scenario.send_count, 9u);
      const TrialResult result = run_trial(scenario, *find_profile(name));
      for (const Violation& violation : result.violations) {
        ADD_FAILURE() << name << ": " << violation.failure.check << ": " << violation.failure.message;
      }
      for (std::size_t i = 4; i < 9; ++i) {
        const SendRecord& send = result.run.record.sends[i];
        EXPECT_EQ(send.outcome(), "SEND_OK") << name << " " << i;
        EXPECT_EQ(send.attempts.size(), 1u) << name << " " << i;
      }
    }
  }
}

TEST(LivenessPhase, AddsNothingWhereNothingCanBeSent) {
  Scenario scenario = broken("java-5.3.3");
  scenario.cluster.topics[0].perm = TopicSpec::kRead;
  const std::size_t steps = scenario.steps.size();
  append_liveness_phase(scenario);
  EXPECT_EQ(scenario.steps.size(), steps);
}

TEST(Sometimes, EachHasANameOfItsOwnAndASentence) {
  std::set<std::string_view> names;
  for (const Sometimes& property : sometimes()) {
    EXPECT_TRUE(names.insert(property.name).second) << property.name;
    EXPECT_FALSE(property.sentence.empty()) << property.name;
  }
  EXPECT_GE(names.size(), 18u);
}

std::set<std::string_view> reached(const Scenario& scenario, const char* profile) {
  const TrialResult result = run_trial(scenario, *find_profile(profile), {.features = true});
  const std::uint64_t bits = sometimes_of(scenario, result.run);
  std::set<std::string_view> names;
  for (std::size_t i = 0; i < sometimes().size(); ++i) {
    if ((bits >> i & 1) != 0) names.insert(sometimes()[i].name);
  }
  return names;
}

TEST(Sometimes, TellsWhatARunCameTo) {
  using testing::Contains;
  using testing::Not;
  Scenario scenario = broken("java-5.3.3", R"("sendLatencyFaultEnable": true)");
  append_liveness_phase(scenario, 5);
  const auto names = reached(scenario, "java-5.3.3");
  EXPECT_THAT(names, Contains("recovered"));
  EXPECT_THAT(names, Contains("last-nameserver-lost"));
  EXPECT_THAT(names, Contains("budget-spent"));
  EXPECT_THAT(names, Not(Contains("all-brokers-lost")));
  EXPECT_THAT(names, Not(Contains("reply-came")));
  Scenario calm = broken("java-5.3.3");
  calm.faults.clear();
  std::erase_if(calm.steps, [](const Step& step) { return std::holds_alternative<EventStep>(step.what); });
  EXPECT_THAT(reached(calm, "java-5.3.3"), testing::IsEmpty());
}

}  // namespace liveness_test
}  // namespace rmqsim
