// A run that is stopped from outside is inconclusive, tells what was known, and leaves nothing behind.
#include <gtest/gtest.h>

#include <ostream>
#include <streambuf>
#include <string>

#include "scenarios/engine/report.h"
#include "scenarios/engine/run_scenario.h"
#include "scenarios/file/load_scenario.h"

namespace rmqsim {
namespace run_stop_test {

/// Asks for a stop when a run writes this into its trace.
class StopAt final : public std::streambuf {
 public:
  StopAt(RunStop& stop, std::string text) : stop_(stop), text_(std::move(text)) {}

 private:
  std::streamsize xsputn(const char* bytes, std::streamsize n) override {
    for (std::streamsize i = 0; i < n; ++i) overflow(static_cast<unsigned char>(bytes[i]));
    return n;
  }
  int overflow(int c) override {
    line_ += static_cast<char>(c);
    if (c == '\n') {
      if (line_.find(text_) != std::string::npos) stop_.request("somebody had enough");
      line_.clear();
    }
    return c;
  }

  RunStop& stop_;
  std::string text_;
  std::string line_;
};

Scenario long_one() {
  ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "long", "why": "Two sends, and a wait that nobody has the time for.",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
    "producers": [{"name": "p"}],
    "steps": [{"send": {"topic": "T"}}, {"waitMs": 50000}, {"send": {"topic": "T"}}],
    "expect": [{"sends": "all", "outcome": "SEND_OK"}]
  })", "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return *std::move(parsed.scenario);
}

class RunStopped : public testing::TestWithParam<WorldKind> {};

TEST_P(RunStopped, IsInconclusiveAndTellsWhatWasKnown) {
  const Scenario scenario = long_one();
  RunStop stop;
  StopAt at(stop, "\"result\"");
  std::ostream trace(&at);
  RunOptions options;
  options.world = GetParam();
  options.stop = &stop;
  options.trace = &trace;
  options.want_ledger = true;
  const RunResult result = run_scenario(scenario, default_profile(), options);
  EXPECT_EQ(result.verdict, RunResult::Verdict::inconclusive);
  EXPECT_EQ(result.reason, "somebody had enough");
  ASSERT_EQ(result.record.sends.size(), 2u);
  EXPECT_EQ(result.record.sends[0].outcome(), "SEND_OK");
  EXPECT_EQ(result.record.sends[1].outcome(), "INCOMPLETE");
  EXPECT_EQ(result.record.servers.at("broker-a").received_sends, 1u);
  EXPECT_NE(result.ledger.find("SEND_OK"), std::string::npos) << result.ledger;
}

TEST_P(RunStopped, BeforeItBeginsDoesNothing) {
  const Scenario scenario = long_one();
  RunStop stop;
  stop.request("not today");
  stop.request("a later reason");
  RunOptions options;
  options.world = GetParam();
  options.stop = &stop;
  const RunResult result = run_scenario(scenario, default_profile(), options);
  EXPECT_EQ(result.verdict, RunResult::Verdict::inconclusive);
  EXPECT_EQ(result.reason, "not today");
  EXPECT_EQ(result.record.sends[0].outcome(), "INCOMPLETE");
}

INSTANTIATE_TEST_SUITE_P(In, RunStopped, testing::Values(WorldKind::sim, WorldKind::tcp),
                         [](const auto& info) { return std::string(world_name(info.param)); });

}  // namespace run_stop_test
}  // namespace rmqsim
