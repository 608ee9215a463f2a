// What a file says of producers, messages and times is what requests carry: groups in their namespace, numbers in
// texts, answers that are too late for everybody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <any>

#include "producer/remoting/codec/java_hash.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/engine/step_message.h"
#include "scenarios/harness/file/late_by.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/write/scenario_text.h"

namespace rmqsim {
namespace said_and_done_test {

using testing::HasSubstr;
using Verdict = RunResult::Verdict;

/// `config` of the only producer, steps, rules.
Scenario scenario(const std::string& config, const std::string& steps, const std::string& faults = "",
                  const std::string& expect = "") {
  ParseResult parsed = parse_scenario(R"({"version": 1, "name": "said", "why": "x",
    "profile": ["java-5.3.3", "java-4.9.8", "hardened"],
    "cluster": {"brokers": ["a", "b"], "topics": [{"name": "T"}, {"name": "N%T"}]},
    "producers": [{"name": "p", "config": {)" + config +
                                          "}}], \"steps\": [" + steps + "], \"faults\": [" + faults +
                                          "], \"expect\": [" + expect + "]}",
                                      "-");
  EXPECT_TRUE(parsed.ok()) << parsed.to_string();
  return std::move(*parsed.scenario);
}

TEST(RuleOfAProducer, IsAboutItsGroupInItsNamespace) {
  const Scenario one = scenario(R"("namespace": "N")", R"({"send": {"topic": "T", "count": 4}},
      {"transaction": {"topic": "T"}}, {"waitMs": 31000})",
                                R"({"at": "*", "on": "send", "producer": "p", "topic": "N%T", "do": {"delayMs": 1}},
      {"at": "*", "on": "heartbeat", "producer": "p", "do": {"delayMs": 1}},
      {"at": "*", "on": "endTransaction", "producer": "p", "do": {"drop": "request"}})");
  for (const std::string& profile : one.profiles) {
    const RunResult result = run_scenario(one, *find_profile(profile), {});
    ASSERT_EQ(result.record.rules.size(), 3u);
    for (const RuleRecord& rule : result.record.rules) EXPECT_GT(rule.counts.acted, 0u) << profile << " " << rule.id;
    EXPECT_EQ(result.verdict, Verdict::passed) << profile;
  }
  EXPECT_THAT(scenario_text(one), HasSubstr(R"("producer": "p")"));
}

TEST(NumberOfASend, StandsWhereverATextOfItsMessageSaysSo) {
  const Scenario one = scenario("", R"({"send": {"topic": "T", "tags": "tag-{i}", "keys": ["k{i}", "all"], "count": 9,
      "properties": {"{i}": "<{i}{i}>"}, "body": {"text": "{i}!"}, "selector": {"kind": "hash", "arg": "order-{i}"}}})");
  const auto& step = std::get<SendStep>(one.steps[0].what);
  const Message message = make_message(step.message, 7);
  EXPECT_EQ(message.getTags(), "tag-7");
  EXPECT_EQ(message.getKeys(), "k7 all");
  EXPECT_EQ(message.property("{i}"), "<77>") << "of a property the value";
  EXPECT_EQ(message.getBody(), "7!");
  Random random(1);
  std::vector<MessageQueue> queues;
  for (int id = 0; id < 101; ++id) queues.emplace_back("T", "a", id);
  const auto chosen = make_step_selector(*step.selector, 7, random)->select(queues, message, std::any());
  EXPECT_EQ(chosen->getQueueId(), std::abs(java_hash("order-7") % 101));
}

TEST(Late, IsLongerThanAnybodyInTheScenarioWaits) {
  const std::string send = R"({"send": {"topic": "T"}})";
  EXPECT_EQ(late_by(scenario("", send)), millis(5000));
  EXPECT_EQ(late_by(scenario(R"("sendMsgTimeout": 4000)", send)), millis(6000));
  EXPECT_EQ(late_by(scenario(R"("mqClientApiTimeout": 4500)", send)), millis(6500));
  EXPECT_EQ(late_by(scenario("", R"({"send": {"topic": "T", "timeoutMs": 8000}})")), millis(10'000));
  EXPECT_EQ(late_by(scenario("", R"({"request": {"topic": "T", "timeoutMs": 7000}})")), millis(9000));
  EXPECT_EQ(late_by(scenario("", R"({"do": {"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 9000}}}}, )" + send)),
            millis(11'000));
  const Scenario long_one = scenario("", R"({"send": {"topic": "T", "timeoutMs": 8000}})",
                                     R"({"at": "*", "on": "send", "times": 1, "do": {"late": true}})",
                                     R"({"sends": 0, "exception": {"type": "RemotingTooMuchRequestException"}})");
  const RunResult result = run_scenario(long_one, *find_profile("java-5.3.3"), {});
  ASSERT_EQ(result.record.sends.size(), 1u);
  EXPECT_EQ(result.record.sends[0].outcome(), "EXCEPTION");
}

}  // namespace said_and_done_test
}  // namespace rmqsim
