// A run that is stopped from outside is inconclusive, tells what was known, and leaves nothing behind.
#include <gtest/gtest.h>

#include <functional>
#include <nlohmann/json.hpp>
#include <ostream>
#include <stdexcept>
#include <streambuf>
#include <string>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/report/report.h"

namespace rmqsim {
namespace run_stop_test {

/// Does something when a run writes this into its trace.
class StopAt final : public std::streambuf {
 public:
  StopAt(std::string text, std::function<void()> what) : text_(std::move(text)), what_(std::move(what)) {}

 private:
  std::streamsize xsputn(const char* bytes, std::streamsize n) override {
    for (std::streamsize i = 0; i < n; ++i) overflow(static_cast<unsigned char>(bytes[i]));
    return n;
  }
  int overflow(int c) override {
    line_ += static_cast<char>(c);
    if (c == '\n') {
      const bool found = line_.find(text_) != std::string::npos;
      line_.clear();
      if (found) what_();
    }
    return c;
  }

  std::string text_;
  std::function<void()> what_;
  std::string line_;
};

Scenario long_one() {
  ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "long", "why": "Two sends, and a wait that nobody has the time for.",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
    "producers": [{"name": "p"}],
    "steps": [{"send": {"topic": "T"}}, {"waitMs": 50000}, {"send": {"topic": "T"}}],
    "expect": [{"sends": "all", "outcome": "SEND_OK"}]
  })",
                                      "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return *std::move(parsed.scenario);
}

class RunStopped : public testing::TestWithParam<WorldKind> {};

TEST_P(RunStopped, IsInconclusiveAndTellsWhatWasKnown) {
  const Scenario scenario = long_one();
  RunStop stop;
  StopAt at("\"result\"", [&] { stop.request("somebody had enough"); });
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

/// A send whose first attempt is refused, and whose second nobody answers.
Scenario silent_one() {
  ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "silent", "why": "Nobody answers.",
    "cluster": {"brokers": ["broker-a"], "topics": [{"name": "T", "queues": 4}]},
    "producers": [{"name": "p"}],
    "steps": [{"send": {"topic": "T"}}],
    "faults": [{"at": "broker-a", "on": "send", "nth": 1, "do": {"respond": {"code": "SYSTEM_ERROR"}}},
               {"at": "broker-a", "on": "send", "do": {"drop": "request"}}]
  })", "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return *std::move(parsed.scenario);
}

TEST(RunStoppedOverTcp, TellsTheAttemptsOfASendThatHasNotEnded) {
  RunOptions options;
  options.world = WorldKind::tcp;
  options.limits.real_time = std::chrono::seconds(1);
  options.want_ledger = true;
  const RunResult result = run_scenario(silent_one(), default_profile(), options);
  EXPECT_EQ(result.verdict, RunResult::Verdict::inconclusive);
  ASSERT_EQ(result.record.sends.size(), 1u);
  const SendRecord& send = result.record.sends[0];
  EXPECT_EQ(send.outcome(), "INCOMPLETE");
  ASSERT_EQ(send.attempts.size(), 2u);
  EXPECT_EQ(send.attempts[0].outcome, "SYSTEM_ERROR");
  EXPECT_EQ(send.attempts[1].outcome, "INCOMPLETE");
  EXPECT_EQ(send.attempts[1].broker, "broker-a");
  EXPECT_GT(send.attempts[1].elapsed, Duration::zero());
  EXPECT_NE(result.ledger.find("SYSTEM_ERROR"), std::string::npos) << result.ledger;
}

TEST(RunThatIsGivenUp, KnowsOfWhatKindWereTheSendsThatNeverBegan) {
  ParseResult parsed = parse_scenario(R"({
    "version": 1, "name": "unbegun", "why": "A wait that is longer than a run.",
    "cluster": {"brokers": ["a"], "topics": [{"name": "T"}]}, "producers": [{"name": "p"}],
    "steps": [{"waitMs": 90000000}, {"request": {"topic": "T"}}, {"send": {"topic": "T", "mode": "oneway"}},
              {"transaction": {"topic": "T"}}]
  })", "-");
  ASSERT_TRUE(parsed.ok()) << parsed.to_string();
  RunOptions options;
  options.want_ledger = true;
  const RunResult result = run_scenario(*parsed.scenario, default_profile(), options);
  EXPECT_EQ(result.verdict, RunResult::Verdict::inconclusive);
  const auto sends = nlohmann::json::parse(result.ledger).at("sends");
  for (const auto& [i, mode] : {std::pair(0, "request"), std::pair(1, "oneway"), std::pair(2, "transaction")}) {
    EXPECT_EQ(sends.at(i).at("mode"), mode);
    EXPECT_TRUE(sends.at(i).at("startMs").is_null()) << mode;
  }
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

// In the simulation: over TCP the servers would go on to write into a stream that is broken.
TEST(RunThatThrows, IsInconclusiveAndTellsWhatWasKnown) {
  const Scenario scenario = long_one();
  StopAt at("\"result\"", [] { throw std::runtime_error("no room for this line"); });
  std::ostream trace(&at);
  trace.exceptions(std::ios::badbit);
  RunOptions options;
  options.trace = &trace;
  options.want_ledger = true;
  const RunResult result = run_scenario(scenario, default_profile(), options);
  EXPECT_EQ(result.verdict, RunResult::Verdict::inconclusive);
  EXPECT_EQ(result.reason, "an exception ended the run: no room for this line");
  ASSERT_EQ(result.record.sends.size(), 2u);
  EXPECT_EQ(result.record.sends[0].outcome(), "SEND_OK");
  EXPECT_EQ(result.record.sends[1].outcome(), "INCOMPLETE");
  EXPECT_NE(result.ledger.find("SEND_OK"), std::string::npos) << result.ledger;
}

}  // namespace run_stop_test
}  // namespace rmqsim
