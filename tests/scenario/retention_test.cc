// A broker that bounds its memory has lost nothing: what it forgot is not called lost, and is said to be gone.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace retention_test {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

RunResult run_of(int count) {
  const std::string text = R"({"version": 1, "name": "big", "why": "w",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]},
    "producers": [{"name": "p", "config": {"compressMsgBodyOverHowmuch": 2147483647}}],
    "steps": [{"send": {"topic": "T", "count": )" + std::to_string(count) + R"(, "body": {"size": 4000000}}}],
    "expect": [{"sends": "all", "outcome": "SEND_OK"}]})";
  const ParseResult parsed = parse_scenario(text, "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return run_scenario(parsed.scenario.value(), *find_profile("java-5.3.3"), {});
}

TEST(Retention, IsNoLoss) {
  const RunResult run = run_of(70);
  EXPECT_EQ(run.verdict, RunResult::Verdict::passed);
  EXPECT_EQ(run.totals.acknowledged_lost, 0u);
  EXPECT_EQ(run.totals.lost, 0u);
  EXPECT_THAT(run.record.notes, ElementsAre(HasSubstr("brokers forgot 3 messages to bound their memory")));
}

TEST(Retention, IsNotSpokenOfWhereNothingIsForgotten) { EXPECT_THAT(run_of(3).record.notes, IsEmpty()); }

}  // namespace retention_test
}  // namespace rmqsim
