// A scenario over real sockets whose producer asks for TLS: its servers understand it, in both profiles.
#include <gtest/gtest.h>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {
namespace tls_test {

constexpr const char* kScenario = R"({
  "version": 1, "name": "tls", "why": "One producer enciphers, the other does not; the same servers take both.",
  "profile": ["java-5.3.3", "java-4.9.8"],
  "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 2}, {"name": "RMQ_SYS_TRACE_TOPIC", "queues": 1}]},
  "producers": [{"name": "p", "config": {"useTLS": true, "enableTrace": true}}, {"name": "q"}],
  "steps": [
    {"send": {"producer": "p", "topic": "T", "count": 3, "body": {"size": 50000}}},
    {"send": {"producer": "q", "topic": "T", "count": 3, "body": {"text": "x"}}}
  ],
  "expect": [{"sends": "all", "outcome": "SEND_OK", "attempts": 1}, {"traces": 3}]
})";

TEST(TlsScenario, PassesOverRealSockets) {
  const ParseResult parsed = parse_scenario(kScenario, "-");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  for (const std::string& profile : parsed.scenario->profiles) {
    for (const WorldKind world : {WorldKind::sim, WorldKind::tcp}) {
      RunOptions options;
      options.world = world;
      const RunResult result = run_scenario(*parsed.scenario, *find_profile(profile), options);
      EXPECT_EQ(result.verdict, RunResult::Verdict::passed) << report_text(*parsed.scenario, result, 0, {});
    }
  }
}

}  // namespace tls_test
}  // namespace rmqsim
