// Where a client's own threads decide what is first, told from made-up runs.
#include "tools/drivers/side_by_side.h"

#include <gtest/gtest.h>

#include <string>

#include "scenarios/harness/file/load_scenario.h"

namespace rmqsim {
namespace side_by_side_test {

/// Sends that each take 2 ms and reach "a" after 1 ms, and where threads decide among them.
class SideBySide : public testing::Test {
 protected:
  void scenario(const std::string& steps, const std::string& faults = "[]") {
    LoadOptions options;
    options.judge_idle = false;
    ParseResult parsed = parse_scenario(R"({"version": 1, "name": "x", "why": "x",
"cluster": {"brokers": ["a"], "topics": [{"name": "T", "queues": 1}]},
"producers": [{"name": "p"}, {"name": "q", "group": "h", "autoStart": false}], "steps": )" +
                                            steps + R"(, "faults": )" + faults + "}",
                                        "", options);
    ASSERT_TRUE(parsed.ok()) << parsed.to_string();
    scenario_ = std::move(*parsed.scenario);
    record_.first_step = TimePoint{} + std::chrono::seconds(1);
  }
  SendRecord& send(std::size_t step, Duration at, CommunicationMode mode = CommunicationMode::SYNC) {
    SendRecord& send = record_.sends.emplace_back();
    send.step = step;
    send.mode = mode;
    send.start = record_.first_step + at;
    send.end = send.start + millis(2);
    send.completions = 1;
    AttemptRecord attempt;
    attempt.start = send.start + millis(1);
    attempt.outcome = "SUCCESS";
    seen_.push_back({attempt});
    return send;
  }
  std::optional<std::uint64_t> decide() const { return where_threads_decide(scenario_, record_, seen_); }

  Scenario scenario_;
  RunRecord record_;
  SeenAttempts seen_;
};

constexpr const char* kTwoAsync = R"([{"background": true, "send": {"producer": "p", "topic": "T", "mode": "async"}},
                                      {"send": {"producer": "p", "topic": "T", "mode": "async"}}])";

TEST_F(SideBySide, TwoThreadsThatGiveToOneSenderDoUnlessTheyAreApart) {
  scenario(kTwoAsync);
  send(0, millis(0), CommunicationMode::ASYNC);
  send(1, millis(100), CommunicationMode::ASYNC);
  EXPECT_EQ(decide(), std::nullopt);
  send(0, millis(101), CommunicationMode::ASYNC);
  EXPECT_EQ(decide(), 1u);
}

TEST_F(SideBySide, AProducerThatIsBeingStartedDoesForItsOwnSends) {
  scenario(R"([{"background": true, "send": {"producer": "q", "topic": "T", "count": 2}},
               {"do": {"startProducer": "q"}}])");
  record_.events.push_back({1, record_.first_step + millis(50), record_.first_step + millis(90)});
  send(0, millis(0));
  send(0, millis(60));
  EXPECT_EQ(decide(), 1u);
}

TEST_F(SideBySide, AConnectionThatAnotherSendLosesDoesAndOneLostBeforeDoesNot) {
  scenario(R"([{"send": {"producer": "p", "topic": "T", "count": 2}}])");
  send(0, millis(0));
  seen_[0][0].outcome = "CONNECTION_CLOSED";
  send(0, millis(2));
  EXPECT_EQ(decide(), std::nullopt) << "one after the other";
  record_.sends[0].end += millis(500);
  EXPECT_EQ(decide(), 1u);
}

TEST_F(SideBySide, ARuleThatClosesConnectionsDoesFromItsFirstActOn) {
  const std::string rule = R"([{"at": "a", "on": "heartbeat", "do": {"close": "before"}}])";
  scenario(R"([{"send": {"producer": "p", "topic": "T", "count": 2}}])", rule);
  send(0, millis(0));
  send(0, millis(30));
  record_.rules.push_back({"fault[0]", {}});
  EXPECT_EQ(decide(), std::nullopt);
  record_.rules[0].counts.acted_between = {millis(10), millis(20)};
  EXPECT_EQ(decide(), 1u);
}

}  // namespace side_by_side_test
}  // namespace rmqsim
