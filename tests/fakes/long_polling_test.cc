// Pulls that wait: until a message comes, until their time is up, or until their connection is gone; with fault rules,
// crashes and limits; in the simulation and over TCP.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/transport/runtime.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"
#include "tests/fakes/consumer_world.h"

namespace rmqsim {
namespace long_polling_test {

SendBuilder message(const std::string& key, const std::string& tag = {}) {
  SendBuilder b;
  b.properties = "UNIQ_KEY\x01" + key + "\x02";
  if (!tag.empty()) b.properties += "TAGS\x01" + tag + "\x02";
  return b;
}

TEST(LongPolling, APullAtTheEndWaitsUntilAMessageComes) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  w.ask(*consumer, PullBuilder{}.build());
  w.run(3000);
  EXPECT_TRUE(consumer->received.empty());
  EXPECT_EQ(w.broker->server().held(), 1u);
  w.ask(*producer, message("K1").build());
  const RemotingCommand* answer = w.answer(*consumer, 100);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(answer->code, ResponseCode::SUCCESS);
  EXPECT_EQ(answer->remark, "FOUND");
  EXPECT_EQ(answer->ext_fields.get("nextBeginOffset"), "1");
  EXPECT_EQ(answer->ext_fields.get("suggestWhichBrokerId"), "0");
  const auto records = records_of(*answer);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].topic, "TopicTest");
  EXPECT_EQ(records[0].body, "hello");
  EXPECT_EQ(property(records[0], "UNIQ_KEY"), "K1");
  EXPECT_EQ(property(records[0], "CLUSTER"), "DefaultCluster");
  EXPECT_EQ(records[0].store_host.to_string(), "10.0.0.2:10911");
  EXPECT_EQ(records[0].offset_msg_id(), w.answer(*producer, 7)->ext_fields.get("msgId"));
  EXPECT_EQ(w.broker->server().held(), 0u);
}

TEST(LongPolling, EndsAtTheFirstTickThatIsNotBeforeItsTime) {
  ConsumerWorld w;
  auto consumer = w.connect();
  PullBuilder pull;
  pull.suspend_ms = 6000;
  w.ask(*consumer, pull.build());
  w.run(6000);
  EXPECT_TRUE(consumer->received.empty()) << "never before its time";
  w.run(4000);
  const RemotingCommand* answer = w.answer(*consumer, 100);
  ASSERT_NE(answer, nullptr) << "the hold service looks every 5 s";
  EXPECT_EQ(answer->code, ResponseCode::PULL_NOT_FOUND);
  EXPECT_EQ(answer->remark, "NO_MESSAGE_IN_QUEUE");
  EXPECT_EQ(answer->ext_fields.get("nextBeginOffset"), "0");
}

TEST(LongPolling, IsRefusedAtOnceWithoutTheBit) {
  ConsumerWorld w;
  auto consumer = w.connect();
  PullBuilder pull;
  pull.sys_flag = PullSysFlag::SUBSCRIPTION;
  w.ask(*consumer, pull.build());
  ASSERT_EQ(consumer->received.size(), 1u);
  EXPECT_EQ(consumer->received[0].code, ResponseCode::PULL_NOT_FOUND);
}

TEST(LongPolling, AMessageWithAnotherTagLeavesItWaitingUntilTheNextTick) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  PullBuilder pull;
  pull.subscription = "TagA || TagB";
  w.ask(*consumer, pull.build());
  w.ask(*producer, message("K1", "TagC").build());
  w.run(1000);
  EXPECT_TRUE(consumer->received.empty());
  w.run(5000);
  ASSERT_EQ(consumer->received.size(), 1u);
  EXPECT_EQ(consumer->received[0].code, ResponseCode::PULL_RETRY_IMMEDIATELY);
  EXPECT_EQ(consumer->received[0].ext_fields.get("nextBeginOffset"), "1");
  pull.offset = 1;
  pull.opaque = 101;
  w.ask(*consumer, pull.build());
  w.ask(*producer, message("K2", "TagB").build());
  const RemotingCommand* answer = w.answer(*consumer, 101);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(property(records_of(*answer).at(0), "UNIQ_KEY"), "K2");
}

TEST(LongPolling, OneMessageWakesEveryGroupThatWaitsForIt) {
  ConsumerWorld w;
  auto one = w.connect(), two = w.connect(), producer = w.connect();
  PullBuilder pull;
  w.ask(*one, pull.build());
  pull.group = "CG2";
  pull.code = RequestCode::LITE_PULL_MESSAGE;
  w.ask(*two, pull.build());
  pull.queue_id = 1;
  pull.opaque = 101;
  w.ask(*two, pull.build());
  w.ask(*producer, message("K1").build());
  EXPECT_NE(w.answer(*one, 100), nullptr);
  EXPECT_NE(w.answer(*two, 100), nullptr);
  EXPECT_EQ(w.answer(*two, 101), nullptr) << "another queue";
}

TEST(LongPolling, AConnectionThatClosesTakesItsPullsAlong) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  w.ask(*consumer, PullBuilder{}.build());
  EXPECT_EQ(w.broker->server().held(), 1u);
  consumer.reset();
  w.run(5);
  EXPECT_EQ(w.broker->server().held(), 0u);
  EXPECT_TRUE(w.broker->broker().state().held_pulls.empty());
  w.ask(*producer, message("K1").build());
  EXPECT_EQ(producer->received.size(), 1u);
}

TEST(LongPolling, ACrashForgetsWhatWaitsAndARestartServesAnew) {
  ConsumerWorld w;
  auto consumer = w.connect();
  w.ask(*consumer, PullBuilder{}.build());
  under(w.runtime, [&] {
    w.broker->crash();
    w.broker->restart();
  });
  w.run(20'000);
  EXPECT_TRUE(consumer->closed);
  EXPECT_EQ(w.broker->server().held(), 0u);
  auto again = w.connect(), producer = w.connect();
  w.ask(*again, PullBuilder{}.build());
  w.ask(*producer, message("K1").build());
  EXPECT_EQ(again->received.size(), 1u);
}

TEST(LongPolling, APausedBrokerAnswersWhenItGoesOn) {
  ConsumerWorld w;
  auto consumer = w.connect();
  PullBuilder pull;
  pull.suspend_ms = 1000;
  w.ask(*consumer, pull.build());
  under(w.runtime, [&] { w.broker->pause(); });
  w.run(30'000);
  EXPECT_TRUE(consumer->received.empty());
  under(w.runtime, [&] { w.broker->resume(); });
  w.run(2);
  EXPECT_EQ(consumer->received.size(), 1u);
}

TEST(LongPolling, APausedBrokerTellsNobodyThatAMemberLeft) {
  ConsumerWorld w;
  auto stays = w.connect(), leaves = w.connect();
  w.ask(*stays, consumer_heartbeat("c1", "CG"));
  w.ask(*leaves, consumer_heartbeat("c2", "CG"));
  stays->received.clear();
  under(w.runtime, [&] { w.broker->pause(); });
  leaves.reset();
  w.run(1000);
  EXPECT_TRUE(stays->received.empty());
  under(w.runtime, [&] { w.broker->resume(); });
  w.run(5);
  ASSERT_EQ(stays->received.size(), 1u);
  EXPECT_EQ(stays->received[0].code, RequestCode::NOTIFY_CONSUMER_IDS_CHANGED);
}

TEST(LongPolling, AOneWayPullIsNotHeld) {
  ConsumerWorld w;
  auto consumer = w.connect();
  RemotingCommand pull = PullBuilder{}.build();
  pull.mark_oneway();
  w.ask(*consumer, pull);
  EXPECT_EQ(w.broker->server().held(), 0u);
  w.run(20'000);
  EXPECT_TRUE(consumer->received.empty());
}

struct Answers : ServerObserver {
  void on_answer(std::string_view, const AnswerSeen& seen) override { outcomes.emplace_back(seen.outcome); }
  std::vector<std::string> outcomes;
};

FaultRule on_pull() {
  FaultRule rule;
  rule.id = "r";
  rule.at = "broker-a";
  rule.on.kind = FaultTarget::Kind::code;
  rule.on.code = RequestCode::PULL_MESSAGE;
  return rule;
}

TEST(LongPolling, ADelayRuleHoldsTheAnswerAfterTheMessageCame) {
  FaultRule rule = on_pull();
  rule.action = FaultAction{{"delayMs", DelayDistribution{DelayDistribution::Kind::fixed, 500, 0}}};
  FaultPlan plan({rule}, {});
  Answers answers;
  ConsumerWorld w({}, &plan, &answers);
  auto consumer = w.connect(), producer = w.connect();
  w.ask(*consumer, PullBuilder{}.build());
  w.ask(*producer, message("K1").build());
  w.run(400);
  EXPECT_TRUE(consumer->received.empty());
  w.run(200);
  ASSERT_EQ(consumer->received.size(), 1u);
  EXPECT_EQ(answers.outcomes, (std::vector<std::string>{"SUCCESS", "SUCCESS"}));
}

TEST(LongPolling, ADropRuleLosesTheAnswerOfAHeldPull) {
  FaultRule rule = on_pull();
  rule.action = FaultAction{{"drop", FaultMoment::after}};
  FaultPlan plan({rule}, {});
  Answers answers;
  ConsumerWorld w({}, &plan, &answers);
  auto consumer = w.connect(), producer = w.connect();
  w.ask(*consumer, PullBuilder{}.build());
  w.ask(*producer, message("K1").build());
  w.run(20'000);
  EXPECT_TRUE(consumer->received.empty());
  EXPECT_EQ(answers.outcomes, (std::vector<std::string>{"SUCCESS", "DROPPED"}));
}

TEST(HeldPulls, AreBoundedInNumberAndBytes) {
  HeldPulls held;
  HeldPull pull;
  pull.topic = "T";
  for (std::size_t i = 0; i < HeldPulls::kMaxHeld; ++i) ASSERT_NE(held.hold(pull, TimePoint{}), 0u);
  EXPECT_EQ(held.hold(pull, TimePoint{}), 0u);
  held.clear();
  pull.request.ext().set("consumerGroup", std::string(8 * 1024 * 1024, 'x'));
  std::size_t n = 0;
  while (held.hold(pull, TimePoint{}) != 0) ++n;
  EXPECT_LE(n, 8u);
}

TEST(LongPolling, AFullTableAnswersAtOnce) {
  ConsumerWorld w;
  auto consumer = w.connect();
  HeldPull other;
  other.topic = "elsewhere";
  auto& held = w.broker->broker().state().held_pulls;
  while (held.hold(other, w.runtime.now() + std::chrono::hours(1)) != 0) {
  }
  w.ask(*consumer, PullBuilder{}.build());
  ASSERT_EQ(consumer->received.size(), 1u);
  EXPECT_EQ(consumer->received[0].code, ResponseCode::PULL_NOT_FOUND);
}

TEST(LongPolling, WorksOverRealSockets) {
  TcpRuntime runtime{{}};
  TcpTransport transport{runtime};
  std::unique_ptr<FakeBrokerServer> broker;
  std::unique_ptr<RawClient> consumer, producer;
  auto timer = runtime.make_timer();
  const auto wait = [&](auto done) {
    Latch latch;
    int polls = 0;
    Function<void()> poll = [&] {
      if (done() || ++polls == 30000) return latch.release();
      timer->expires_after(millis(1), [&] { poll(); });
    };
    runtime.run([&] { poll(); });
    runtime.run_until(latch);
    bool ok = false;
    runtime.run([&] { ok = done(); });
    return ok;
  };
  runtime.run([&] {
    FakeBrokerServerOptions options;
    options.remoting.listen = "127.0.0.1:0";
    broker = std::make_unique<FakeBrokerServer>(runtime, transport, options);
    broker->put_topic("TopicTest", 4, 6);
    broker->start();
    consumer = std::make_unique<RawClient>(transport, broker->address());
    producer = std::make_unique<RawClient>(transport, broker->address());
    consumer->send(PullBuilder{}.build());
  });
  ASSERT_TRUE(wait([&] { return broker->server().held() == 1; }));
  EXPECT_TRUE(consumer->received.empty());
  runtime.run([&] { producer->send(message("K1").build()); });
  ASSERT_TRUE(wait([&] { return !consumer->received.empty(); }));
  runtime.run([&] {
    EXPECT_EQ(property(records_of(consumer->received[0]).at(0), "UNIQ_KEY"), "K1");
    consumer.reset();
    producer.reset();
    broker.reset();
    timer.reset();
  });
}

}  // namespace long_polling_test
}  // namespace rmqsim
