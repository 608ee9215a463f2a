// What is written of a scenario plays as the file that it was read from.
#include <gtest/gtest.h>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/write/scenario_text.h"

namespace rmqsim {
namespace written_scenario_test {

TEST(WrittenScenario, LeavesTheTraceOfTheFileThatItWasReadFrom) {
  for (const std::string& file : find_scenarios({RMQSIM_SOURCE_DIR "/scenarios"}).files) {
    const ParseResult parsed = load_scenario(file);
    ASSERT_TRUE(parsed.ok()) << parsed.to_string();
    const ParseResult again = parse_scenario(scenario_text(*parsed.scenario), "");
    ASSERT_TRUE(again.ok()) << again.to_string();
    const Profile& profile = *find_profile(parsed.scenario->profiles.front());
    const RunResult result = run_scenario(*again.scenario, profile, {});
    EXPECT_EQ(result.trace_hash, run_scenario(*parsed.scenario, profile, {}).trace_hash) << file;
    EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << file;
  }
}

}  // namespace written_scenario_test
}  // namespace rmqsim
