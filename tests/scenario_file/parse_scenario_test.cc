// What a valid file becomes: defaults, numbers of sends, resolved names, every kind of step, fault and expectation.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "producer/remoting/codes.h"
#include "scenarios/harness/file/concerns.h"
#include "tests/scenario_file/minimal.h"

namespace rmqsim {
namespace {

using testing::ElementsAre;
using testing::Pair;

/// Parses or fails the test with the errors.
Scenario valid(std::string_view from = "", std::string_view to = "", const std::string& of = kMinimal) {
  ParseResult result = parse_scenario(replaced(of, from, to), "minimal.json");
  EXPECT_TRUE(result.ok()) << result.to_string();
  return result.ok() ? std::move(*result.scenario) : Scenario{};
}

/// Beside its plain sends there may be others, which end differently.
std::string minimal_with_others() { return replaced(kMinimal, R"({"sends": "all")", R"({"sends": "burst")"); }

template <class T>
const T& about(const Expectation& expectation) {
  return std::get<T>(expectation.what);
}

TEST(ParseScenario, FillsInTheDefaultsOfTheContract) {
  Scenario scenario = valid();
  EXPECT_THAT(scenario.profiles, ElementsAre("java-5.3.3"));
  EXPECT_EQ(scenario.seed, 1u);
  EXPECT_FALSE(scenario.cluster.auto_create_topic);
  EXPECT_EQ(scenario.network.one_way, std::chrono::microseconds(200));
  EXPECT_EQ(scenario.network.timer_slack, millis(1));
  EXPECT_EQ(scenario.network.close_delay, Duration::zero());
  EXPECT_EQ(scenario.producers[0].group, "p");
  EXPECT_TRUE(scenario.producers[0].auto_start);
  EXPECT_THAT(scenario.producers[0].nameservers, ElementsAre("ns-1"));
  EXPECT_EQ(scenario.faults[0].id, "fault[0]");
}

TEST(ParseScenario, AllowsCommentsAndKeepsThePlacesBehindThem) {
  Scenario scenario = valid("  \"faults\": [", "  // why /* not\n  \"faults\": /* , : \" */ [");
  EXPECT_EQ(scenario.fault_locations[0].line, 13u);
  EXPECT_EQ(scenario.fault_locations[0].column, 5u);
  EXPECT_EQ(scenario.fault_locations[0].pointer, "/faults/0");
}

TEST(ParseScenario, SkipsAByteOrderMark) {
  ParseResult result = parse_scenario("\xEF\xBB\xBF" + kMinimal, "minimal.json");
  ASSERT_TRUE(result.ok()) << result.to_string();
  EXPECT_EQ(result.scenario->steps[0].where.line, 9u);
}

TEST(ParseScenario, PutsATopicOnAllMastersUnlessToldOtherwise) {
  EXPECT_THAT(valid().cluster.topics[0].queues, ElementsAre(Pair("broker-a", 4), Pair("broker-b", 4)));
  const std::string at_b = replaced(kMinimal, R"("at": "broker-a")", R"("at": "broker-b")");
  EXPECT_THAT(valid("\"queues\": 4", "\"queues\": {\"broker-b\": 7}", at_b).cluster.topics[0].queues,
              ElementsAre(Pair("broker-b", 7)));
  EXPECT_THAT(valid("\"queues\": 4", "\"brokers\": [\"broker-b\"]", at_b).cluster.topics[0].queues,
              ElementsAre(Pair("broker-b", 4)));
  EXPECT_EQ(valid("\"queues\": 4", "\"perm\": \"r\"").cluster.topics[0].perm, TopicSpec::kRead);
}

TEST(ParseScenario, MakesASlaveAnInstanceOfItsMaster) {
  Scenario scenario = valid();
  const BrokerSpec* slave = scenario.cluster.find_broker("broker-b-slave");
  ASSERT_NE(slave, nullptr);
  EXPECT_EQ(slave->broker_name(), "broker-b");
  EXPECT_EQ(slave->broker_id, 1);
  EXPECT_EQ(scenario.cluster.find_broker("broker-a")->broker_id, 0);
}

TEST(ParseScenario, TypesTheProducerSettings) {
  ProducerConfig config =
      valid("\"sendMsgTimeout\": 3000",
            R"("sendMsgTimeout": 500, "sendLatencyFaultEnable": true, "unitName": "u", "topics": ["TopicTest"],
               "addRetryResponseCode": ["FLOW_CONTROL", 9999])")
          .producers[0]
          .config;
  EXPECT_EQ(*config.get<std::int64_t>("sendMsgTimeout"), 500);
  EXPECT_EQ(*config.get<bool>("sendLatencyFaultEnable"), true);
  EXPECT_EQ(*config.get<std::string>("unitName"), "u");
  EXPECT_THAT(*config.get<std::vector<std::string>>("topics"), ElementsAre("TopicTest"));
  EXPECT_THAT(*config.get<std::vector<std::int32_t>>("addRetryResponseCode"), ElementsAre(215, 9999));
  EXPECT_EQ(config.get<bool>("useTLS"), nullptr);
}

TEST(ParseScenario, NumbersSendsInFileOrderAcrossSteps) {
  Scenario scenario =
      valid("\"steps\": [", R"("steps": [{"send": {"topic": "TopicTest", "count": 3}}, {"waitMs": 1.5},)");
  EXPECT_EQ(scenario.send_count, 13u);
  EXPECT_EQ(scenario.steps[2].first_send, 3u);
  EXPECT_EQ(std::get<WaitStep>(scenario.steps[1].what).time, std::chrono::microseconds(1500));
  EXPECT_EQ(std::get<SendStep>(scenario.steps[0].what).producer, "p");
  EXPECT_THAT(about<SendExpectation>(scenario.expect[0]).sends.ranges, ElementsAre(Pair(0u, 12u)));
}

TEST(ParseScenario, ResolvesSelectorsOfSends) {
  auto ranges = [](std::string_view sends) {
    Scenario scenario = valid("\"sends\": \"all\"", "\"sends\": " + std::string(sends));
    return about<SendExpectation>(scenario.expect.at(0)).sends;
  };
  EXPECT_THAT(ranges("3").ranges, ElementsAre(Pair(3u, 3u)));
  EXPECT_THAT(ranges("\"7-,0-2,5\"").ranges, ElementsAre(Pair(0u, 2u), Pair(5u, 5u), Pair(7u, 9u)));
  EXPECT_THAT(ranges("\" 0 - 2, 5, 7- \"").ranges, ElementsAre(Pair(0u, 2u), Pair(5u, 5u), Pair(7u, 9u)));
  EXPECT_THAT(ranges("\"burst\"").ranges, ElementsAre(Pair(0u, 9u)));
  SendSelector some = ranges("\"0-2,5\"");
  EXPECT_TRUE(some.contains(0) && some.contains(2) && some.contains(5));
  EXPECT_FALSE(some.contains(3) || some.contains(6));
}

TEST(ParseScenario, ReadsAnExpectationOfAStepForItsSends) {
  Scenario scenario = valid("\"name\": \"burst\"", R"("expect": {"outcome": "SEND_OK", "elapsedMs": [0, 20]})");
  const auto& expected = about<SendExpectation>(scenario.steps[0].expect.at(0));
  EXPECT_THAT(expected.sends.ranges, ElementsAre(Pair(0u, 9u)));
  EXPECT_EQ(expected.elapsed->max, millis(20));
}

TEST(ParseScenario, ReadsEveryKindOfExpectation) {
  Scenario scenario = valid(R"({"sends": "all", "outcome": "SEND_OK"})", R"(
    {"sends": 0, "in": "java-4.9.8", "attempts": [["broker-a", 1, "SYSTEM_BUSY"], ["broker-b", 0, "SUCCESS"]],
     "exception": {"type": "MQClientException", "responseCode": "ACCESS_BROKER_TIMEOUT", "messageContains": "still failed"}},
    {"sends": 0, "attempts": [1, 3], "attemptBrokers": ["broker-a"], "broker": "broker-a", "queueId": 2},
    {"counts": {"SEND_OK": [8, 10], "EXCEPTION": 0}},
    {"broker": "broker-b-slave", "received": 0, "stored": [0, 1], "requests": 3, "on": "heartbeat"},
    {"nameserver": "ns-1", "requests": 2, "on": "route", "topic": "TopicTest"},
    {"faultItem": "broker-a", "atMs": 1500, "available": false, "reachable": true})",
                            replaced(kMinimal, R"("sendMsgTimeout")", R"("sendLatencyFaultEnable": true, "sendMsgTimeout")"));
  ASSERT_EQ(scenario.expect.size(), 6u);
  const auto& first = about<SendExpectation>(scenario.expect[0]);
  ASSERT_EQ(first.attempts->size(), 2u);
  EXPECT_EQ((*first.attempts)[0].outcome, "SYSTEM_BUSY");
  EXPECT_EQ(first.exception->response_code, 10002);
  EXPECT_FALSE(scenario.expect[0].applies_to("java-5.3.3"));
  EXPECT_TRUE(scenario.expect[0].applies_to("java-4.9.8"));
  const auto& second = about<SendExpectation>(scenario.expect[1]);
  EXPECT_TRUE(second.attempt_count->contains(3) && !second.attempt_count->contains(4));
  EXPECT_TRUE(scenario.expect[1].applies_to("java-5.3.3"));
  EXPECT_EQ(about<CountsExpectation>(scenario.expect[2]).counts.at("SEND_OK").min, 8u);
  EXPECT_EQ(about<BrokerExpectation>(scenario.expect[3]).requests->on.kind, FaultTarget::Kind::heartbeat);
  EXPECT_EQ(about<NameserverExpectation>(scenario.expect[4]).requests.topic, "TopicTest");
  const auto& item = about<FaultItemExpectation>(scenario.expect[5]);
  EXPECT_EQ(item.producer, "p");
  EXPECT_EQ(item.at, millis(1500));
}

TEST(ParseScenario, ReadsEveryEvent) {
  Scenario scenario = valid("\"steps\": [", R"("steps": [
    {"do": {"crash": "broker-a"}}, {"do": {"restart": ["broker-a"]}}, {"do": {"pause": ["broker-a", "ns-1"]}},
    {"do": {"resume": ["broker-a", "ns-1"]}},
    {"do": {"partition": {"between": "p", "and": ["broker-a"], "oneWay": true}}},
    {"do": {"heal": "all"}}, {"do": {"heal": {"between": "p"}}, "mayBeIdle": true},
    {"mayBeIdle": true, "do": {"setRoute": {"topic": "New", "queues": {"broker-b": 2}, "at": "ns-1"}}},
    {"do": {"removeFromRoute": {"broker": "broker-a", "topic": "New"}}},
    {"do": {"setPerm": {"topic": "New", "perm": "r", "brokers": ["broker-b"]}}},
    {"do": {"setConfig": {"producer": "p", "config": {"sendMsgTimeout": 1}}}},
    {"do": {"shutdownProducer": "p"}}, {"do": {"startProducer": "p"}},)");
  ASSERT_EQ(scenario.steps.size(), 14u);
  auto event = [&](std::size_t i) -> const ClusterEvent& { return std::get<EventStep>(scenario.steps[i].what).event; };
  EXPECT_THAT(std::get<CrashEvent>(event(0)).servers, ElementsAre("broker-a"));
  EXPECT_THAT(std::get<PauseEvent>(event(2)).servers, ElementsAre("broker-a", "ns-1"));
  EXPECT_TRUE(std::get<PartitionEvent>(event(4)).one_way);
  EXPECT_TRUE(std::get<HealEvent>(event(5)).between.empty());
  EXPECT_THAT(std::get<HealEvent>(event(6)).between, ElementsAre("p"));
  EXPECT_TRUE(scenario.steps[6].may_be_idle && !scenario.steps[5].may_be_idle);
  EXPECT_THAT(std::get<SetRouteEvent>(event(7)).topic.queues, ElementsAre(Pair("broker-b", 2)));
  EXPECT_EQ(std::get<RemoveFromRouteEvent>(event(8)).topic, "New");
  EXPECT_EQ(std::get<SetPermEvent>(event(9)).perm, TopicSpec::kRead);
  EXPECT_EQ(*std::get<SetConfigEvent>(event(10)).config.get<std::int64_t>("sendMsgTimeout"), 1);
  EXPECT_EQ(std::get<EventStep>(scenario.steps[11].what).kind, "shutdownProducer");
  EXPECT_EQ(std::get<StartProducerEvent>(event(12)).producer, "p");
}

TEST(ParseScenario, ReadsTransactionRequestAndAssert) {
  Scenario scenario = valid("\"steps\": [", R"("steps": [
    {"transaction": {"topic": "TopicTest", "local": "unknown", "check": ["rollback"]}},
    {"request": {"topic": "TopicTest", "timeoutMs": 1000, "count": 2}},
    {"assert": [{"broker": "broker-a", "stored": 0}]},)", minimal_with_others());
  EXPECT_EQ(std::get<TransactionStep>(scenario.steps[0].what).local, TransactionState::unknown);
  EXPECT_THAT(std::get<TransactionStep>(scenario.steps[0].what).check, ElementsAre(TransactionState::rollback));
  EXPECT_EQ(std::get<RequestStep>(scenario.steps[1].what).timeout_ms, 1000);
  EXPECT_EQ(scenario.steps[3].first_send, 3u);
  EXPECT_EQ(std::get<AssertStep>(scenario.steps[2].what).expect.size(), 1u);
}

TEST(ParseScenario, ReadsTimersAndTheirRecall) {
  Scenario scenario = valid(R"(],
  "faults")", R"(,
    {"send": {"topic": "TopicTest", "count": 3, "delayMs": 5000}},
    {"recall": {"sends": "burst"}},
    {"recall": {"sends": "0-1,11", "topic": "Other", "intervalMs": 5},
     "expect": {"in": "java-4.9.8", "outcome": "RECALLED"}},
    {"assert": {"broker": "broker-a", "delayed": {"delivered": [1, 2], "recalled": 3}}}],
  "faults")", minimal_with_others());
  EXPECT_EQ(std::get<SendStep>(scenario.steps[1].what).message.delay, millis(5000));
  EXPECT_EQ(scenario.steps[2].send_count, 10u);
  EXPECT_FALSE(std::get<RecallStep>(scenario.steps[2].what).topic);
  const auto& recall = std::get<RecallStep>(scenario.steps[3].what);
  EXPECT_EQ(recall.producer, "p");
  EXPECT_EQ(recall.topic, "Other");
  EXPECT_EQ(recall.interval, millis(5));
  EXPECT_EQ(scenario.steps[3].first_send, 23u);
  ASSERT_EQ(recall.sends.size(), 3u);
  EXPECT_EQ(recall.sends.at(1), 1u);
  EXPECT_EQ(recall.sends.at(2), 11u);
  EXPECT_EQ(scenario.send_count, 26u);
  const auto& broker = std::get<BrokerExpectation>(std::get<AssertStep>(scenario.steps[4].what).expect[0].what);
  EXPECT_TRUE(broker.delivered->contains(2));
  EXPECT_EQ(broker.recalled->min, 3u);
}

TEST(ParseScenario, ReadsTransactionsRespondersAndWhatIsExpectedOfThem) {
  Scenario scenario = valid("\"steps\": [", R"("steps": [
    {"transaction": {"topic": "TopicTest", "local": "throw", "localMs": 5, "check": ["throw", "commit"]},
     "expect": {"transaction": {"local": "throw", "broker": "rolledBack", "checks": [1, 2]}}},
    {"request": {"topic": "TopicTest", "mode": "async", "queue": {"broker": "broker-a", "queueId": 1}},
     "expect": {"in": "java-4.9.8", "outcome": "REPLY", "reply": "pong", "callbacks": ["STORED", "REPLY"]}},)",
                            replaced(minimal_with_others(), R"("nameservers": ["ns-1"],)",
                                     R"("nameservers": ["ns-1"], "responders": [{"topic": "TopicTest"}],)"));
  const auto& transaction = std::get<TransactionStep>(scenario.steps[0].what);
  EXPECT_EQ(transaction.local, TransactionState::throw_);
  EXPECT_EQ(transaction.local_time, millis(5));
  EXPECT_THAT(transaction.check, ElementsAre(TransactionState::throw_, TransactionState::commit));
  const auto& ends = std::get<SendExpectation>(scenario.steps[0].expect[0].what).transaction;
  EXPECT_EQ(ends->broker, "rolledBack");
  EXPECT_TRUE(ends->checks->contains(2) && !ends->checks->contains(3));
  EXPECT_EQ(std::get<RequestStep>(scenario.steps[1].what).queue->queue_id, 1);
  const auto& reply = std::get<SendExpectation>(scenario.steps[1].expect[0].what);
  EXPECT_EQ(reply.reply, "pong");
  EXPECT_THAT(*reply.callbacks, ElementsAre("STORED", "REPLY"));

  scenario = valid(R"("nameservers": ["ns-1"],)", R"("nameservers": ["ns-1"],
    "transactions": {"transactionTimeOut": 1, "transactionCheckInterval": 2, "transactionCheckMax": 3,
                     "transactionOpBatchInterval": 4},
    "responders": [{"topic": "TopicTest", "delayMs": 0.5, "reply": "r", "nth": "2-", "mayBeIdle": true}],)");
  EXPECT_EQ(scenario.cluster.transactions.timeout, 1);
  EXPECT_EQ(scenario.cluster.transactions.check_interval, 2);
  EXPECT_EQ(scenario.cluster.transactions.check_max, 3);
  EXPECT_EQ(scenario.cluster.transactions.op_batch_interval, 4);
  const ResponderSpec& responder = scenario.cluster.responders.at(0);
  EXPECT_EQ(responder.name, "responder");
  EXPECT_EQ(responder.delay, std::chrono::microseconds(500));
  EXPECT_TRUE(responder.nth.contains(2) && !responder.nth.contains(1));
  EXPECT_TRUE(responder.may_be_idle);
}

TEST(ParseScenario, ReadsTheSelectorsAndTheActionOfAFault) {
  Scenario scenario = valid(R"("on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}})",
                            R"("id": "f", "on": "SEND_BATCH_MESSAGE", "times": 3, "fromMs": 10, "toMs": 20.5,
                               "topic": "TopicTest", "queueId": 2, "producer": "p", "probability": 0.5, "mayBeIdle": true,
                               "do": {"delayMs": {"lognormal": [20, 1]},
                                      "storeThenRespond": {"code": 9999, "remark": "r"}, "duplicate": true})");
  const FaultRule& rule = scenario.faults[0];
  EXPECT_EQ(rule.id, "f");
  EXPECT_EQ(rule.on.kind, FaultTarget::Kind::code);
  EXPECT_EQ(rule.on.code, RequestCode::SEND_BATCH_MESSAGE);
  EXPECT_TRUE(rule.nth.contains(3) && !rule.nth.contains(4));
  EXPECT_EQ(rule.to, std::chrono::microseconds(20500));
  EXPECT_EQ(rule.producer_group, "p");
  EXPECT_TRUE(rule.may_be_idle);
  EXPECT_EQ(rule.queue_id, 2);
  ASSERT_NE(rule.action.find("delayMs"), nullptr);
  EXPECT_EQ(std::get<DelayDistribution>(*rule.action.find("delayMs")).kind, DelayDistribution::Kind::lognormal);
  ASSERT_NE(rule.action.find("storeThenRespond"), nullptr);
  EXPECT_EQ(std::get<FaultAnswer>(*rule.action.find("storeThenRespond")).code, 9999);
  EXPECT_NE(rule.action.find("duplicate"), nullptr);
  EXPECT_EQ(rule.action.find("respond"), nullptr);
}

TEST(ParseScenario, TurnsInvariantsOffByNameAndProfile) {
  Scenario scenario = valid("\"version\": 1,", R"("version": 1,
    "invariants": {"off": [{"name": "no-spent-budget", "reason": "4.9.8 does", "in": "java-4.9.8"}]},)");
  EXPECT_EQ(scenario.invariant_off("no-spent-budget", "java-5.3.3"), nullptr);
  ASSERT_NE(scenario.invariant_off("no-spent-budget", "java-4.9.8"), nullptr);
  EXPECT_EQ(scenario.invariant_off("no-spent-budget", "java-4.9.8")->reason, "4.9.8 does");
}

TEST(ParseScenario, SaysWhatItIsAboutOrItsFolderDoes) {
  Scenario scenario = valid("\"version\": 1,", R"("version": 1, "concerns": ["route", "retry"],)");
  EXPECT_EQ(concerns_of(scenario), (std::vector<std::string>{"route", "retry"}));
  scenario.concerns.clear();
  for (const auto& [file, concern] : std::vector<std::pair<std::string, std::string>>{
           {"scenarios/codes/x.json", "retry"}, {"a/timeout/x.json", "timeout"}, {"a/b/x.json", "other"}}) {
    scenario.file = file;
    EXPECT_EQ(concerns_of(scenario), std::vector<std::string>{concern}) << file;
  }
}

TEST(ParseScenario, NamesTheWorldsThatCanKeepIt) {
  EXPECT_FALSE(valid("\"version\": 1,", "\"version\": 1,").worlds) << "all, unless it says so";
  const Scenario scenario =
      valid("\"version\": 1,", R"("version": 1, "worlds": {"only": ["sim", "tcp"], "reason": "60 ms"},)");
  ASSERT_TRUE(scenario.worlds);
  EXPECT_TRUE(scenario.worlds->has("sim") && scenario.worlds->has("tcp"));
  EXPECT_FALSE(scenario.worlds->has("process"));
  EXPECT_EQ(scenario.worlds->reason, "60 ms");
}

TEST(ParseScenario, TakesAWholeNumberHoweverJsonWritesIt) {
  for (const char* number : {"20", "20.0", "2e1", "0.2E+2", "200e-1"}) {
    EXPECT_EQ(valid("\"count\": 10", "\"count\": " + std::string(number)).send_count, 20u) << number;
  }
  EXPECT_EQ(valid("\"version\": 1", "\"version\": 1.0, \"seed\": 7.0").seed, 7u);
  EXPECT_TRUE(valid("\"1-5\"", "2.0").faults[0].nth.contains(2));
}

TEST(ParseScenario, TakesASeedOf64Bits) {
  EXPECT_EQ(valid("\"version\": 1,", "\"version\": 1, \"seed\": 18446744073709551615,").seed, UINT64_MAX);
}

TEST(BodySpec, RendersTextWithNumbersOrAFill) {
  EXPECT_EQ((BodySpec{"Hello {i} of {i}{", 0, 'x'}.render(42)), "Hello 42 of 42{");
  EXPECT_EQ((BodySpec{std::nullopt, 3, 'z'}.render(42)), "zzz");
}

}  // namespace
}  // namespace rmqsim
