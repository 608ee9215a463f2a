// Messages that come later: delay levels, timers and their recall, messages given back by consumers, and transactions.
#include <gmock/gmock.h>

#include <memory>
#include <string>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/headers/broker_headers.h"
#include "tests/fakes/broker_bench.h"
#include "tests/fakes/consumer_world.h"
#include "tests/fakes/releases.h"

namespace rmqsim {
namespace delayed_messages_test {

SendBuilder message(const std::string& key, const std::string& more = {}) {
  SendBuilder b;
  b.properties = "UNIQ_KEY\x01" + key + "\x02" + more;
  return b;
}

/// What a consumer can read of a queue.
std::vector<StoredMessage> read(ConsumerWorld& w, const std::string& topic, std::int32_t queue = 0) {
  auto client = w.connect();
  PullBuilder pull;
  pull.sys_flag = PullSysFlag::SUBSCRIPTION;
  pull.topic = topic;
  pull.queue_id = queue;
  w.ask(*client, pull.build());
  return records_of(client->received.at(0));
}

TEST(DelayLevels, AMessageComesWhenItsTimeHasComeAndWakesWhoWaits) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  w.ask(*consumer, PullBuilder{}.build());
  w.ask(*producer, message("K1",
                           "DELAY\x01"
                           "2\x02")
                       .build());
  EXPECT_EQ(w.answer(*producer, 7)->code, ResponseCode::SUCCESS);
  w.run(4990);
  EXPECT_TRUE(consumer->received.empty());
  w.run(20);
  ASSERT_EQ(consumer->received.size(), 1u);
  const auto records = records_of(consumer->received[0]);
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(property(records[0], "UNIQ_KEY"), "K1");
  EXPECT_EQ(property(records[0], "DELAY"), "2") << "observed-servers C1";
  EXPECT_EQ(property(records[0], "REAL_TOPIC"), "TopicTest");
  EXPECT_EQ(property(records[0], "REAL_QID"), "0");
  EXPECT_NE(records[0].offset_msg_id(), w.answer(*producer, 7)->ext_fields.get("msgId")) << "a new record";
  EXPECT_EQ(records[0].store_timestamp - records[0].born_timestamp >= 0, true);
  EXPECT_EQ(w.broker->broker().state().delayed.delivered(), 1u);
}

TEST(DelayLevels, TheTableIsASettingAndLevelsBeyondItAreTheLast) {
  ConsumerWorld w;
  under(w.runtime, [&] {
    EXPECT_TRUE(w.broker->set_config("messageDelayLevel", "1x").has_value());
    EXPECT_TRUE(w.broker->set_config("messageDelayLevel", "").has_value());
    EXPECT_FALSE(w.broker->set_config("messageDelayLevel", "2s 1m").has_value());
  });
  auto producer = w.connect();
  w.ask(*producer, message("K1",
                           "DELAY\x01"
                           "18\x02")
                       .build());
  w.run(59'900);
  EXPECT_TRUE(read(w, "TopicTest").empty());
  w.run(200);
  EXPECT_EQ(read(w, "TopicTest").size(), 1u);
  EXPECT_EQ(default_delay_levels().size(), 18u);
  EXPECT_EQ(default_delay_levels().back(), 7'200'000);
}

TEST(DelayLevels, SurviveACrash) {
  ConsumerWorld w;
  auto producer = w.connect();
  w.ask(*producer, message("K1",
                           "DELAY\x01"
                           "2\x02")
                       .build());
  under(w.runtime, [&] { w.broker->crash(); });
  w.run(20'000);
  under(w.runtime, [&] { w.broker->restart(); });
  w.run(10);
  EXPECT_EQ(read(w, "TopicTest").size(), 1u) << "overdue, so at once";
}

TEST(Timers, AMessageIsNeverEarlyAndAtMostOneTickLate) {
  ConsumerWorld w;
  auto producer = w.connect();
  const std::int64_t sent = to_millis(w.runtime.now());
  w.ask(*producer, message("K1",
                           "TIMER_DELAY_MS\x01"
                           "2500\x02")
                       .build());
  w.run(2400);
  EXPECT_TRUE(read(w, "TopicTest").empty());
  w.run(1200);
  const auto records = read(w, "TopicTest");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_GE(records[0].store_timestamp, sent + 2500);
  EXPECT_LE(records[0].store_timestamp, sent + 3500);
  for (const char* key :
       {"REAL_TOPIC", "REAL_QID", "TIMER_DELAY_MS", "TIMER_OUT_MS", "TIMER_ENQUEUE_MS", "TIMER_DEQUEUE_MS"}) {
    EXPECT_NE(property(records[0], key), "(absent)") << key << ", observed-servers C2";
  }
}

TEST(Timers, GiveWayToADelayLevelAndAreTakenOutOfTheMessage) {
  ConsumerWorld w;
  auto producer = w.connect();
  w.ask(*producer, message("K1", "TIMER_DELAY_SEC\x01" "100\x02" "DELAY\x01" "1\x02").build());
  EXPECT_FALSE(w.answer(*producer, 7)->ext_fields.contains("recallHandle"));
  w.run(1010);
  const auto records = read(w, "TopicTest");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(property(records[0], "TIMER_DELAY_SEC"), "(absent)");
}

TEST(Timers, ADeletionInThePastIsRefused) {
  ConsumerWorld w;
  auto producer = w.connect();
  w.ask(*producer, message("K1", "TIMER_DELIVER_MS\x01" "1000\x02" "TIMER_DEL_UNIQKEY\x01T+K0\x02").build());
  EXPECT_EQ(w.answer(*producer, 7)->code, ResponseCode::MESSAGE_ILLEGAL);
}

TEST(Timers, ARecalledMessageNeverComes) {
  FakeBrokerServerOptions options;
  options.broker.recall_message_enable = true;
  ConsumerWorld w(options);
  auto producer = w.connect();
  w.ask(*producer, message("K1",
                           "TIMER_DELAY_SEC\x01"
                           "5\x02")
                       .build());
  w.ask(*producer, message("K2",
                           "TIMER_DELAY_SEC\x01"
                           "5\x02")
                       .build());
  const std::string handle(producer->received.at(0).ext_fields.get("recallHandle"));
  w.ask(*producer, request_of(RequestCode::RECALL_MESSAGE,
                              {{"producerGroup", "g"}, {"topic", "TopicTest"}, {"recallHandle", handle}}));
  EXPECT_EQ(w.answer(*producer, 200)->ext_fields.get("msgId"), "K1");
  w.run(10'000);
  const auto records = read(w, "TopicTest");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(property(records[0], "UNIQ_KEY"), "K2");
  EXPECT_EQ(w.broker->broker().state().delayed.recalled(), 1u);
}

TEST(Timers, AreOrdinaryPropertiesTo49) {
  FakeBrokerServerOptions options;
  options.broker.profile = kServer4;
  ConsumerWorld w(options);
  auto producer = w.connect();
  w.ask(*producer, message("K1",
                           "TIMER_DELAY_SEC\x01"
                           "5\x02")
                       .build());
  EXPECT_EQ(read(w, "TopicTest").size(), 1u);
}

TEST(DelayedMessages, EvictedBeforeTheirTimeAreCountedAsLost) {
  FakeBrokerServerOptions options;
  options.broker.max_store_bytes = 20'000;
  ConsumerWorld w(options);
  auto producer = w.connect();
  w.ask(*producer, message("K1",
                           "DELAY\x01"
                           "2\x02")
                       .build());
  SendBuilder big = message("K2");
  big.body = std::string(15'000, 'x');
  big.queue_id = 1;
  for (int i = 0; i < 3; ++i) w.ask(*producer, big.build());
  w.run(10'000);
  EXPECT_TRUE(read(w, "TopicTest").empty());
  EXPECT_EQ(w.broker->broker().state().delayed.lost(), 1u);
}

TEST(GivenBack, AMessageComesAgainToItsGroupAlone) {
  ConsumerWorld w;
  auto client = w.connect();
  w.ask(*client, message("K1").build());
  w.ask(*client, consumer_heartbeat("c1", "CG"));
  w.ask(*client, request_of(RequestCode::CONSUMER_SEND_MSG_BACK, {{"offset", "0"},
                                                                  {"group", "CG"},
                                                                  {"delayLevel", "0"},
                                                                  {"originMsgId", "K1"},
                                                                  {"originTopic", "TopicTest"},
                                                                  {"maxReconsumeTimes", "16"}}));
  EXPECT_EQ(w.answer(*client, 200)->code, ResponseCode::SUCCESS);
  w.run(9900);
  EXPECT_TRUE(read(w, "%RETRY%CG").empty());
  w.run(200);
  const auto records = read(w, "%RETRY%CG");
  ASSERT_EQ(records.size(), 1u) << "level 3 the first time: 10 s";
  EXPECT_EQ(records[0].reconsume_times, 1);
  EXPECT_EQ(property(records[0], "RETRY_TOPIC"), "TopicTest");
  EXPECT_EQ(property(records[0], "ORIGIN_MESSAGE_ID"), client->received.at(0).ext_fields.get("msgId"));
  EXPECT_EQ(property(records[0], "UNIQ_KEY"), "K1");
  EXPECT_EQ(records[0].body, "hello");
}

TEST(GivenBack, ANegativeLevelOrTooManyTriesMeanTheDeadLetterQueue) {
  ConsumerWorld w;
  auto client = w.connect();
  w.ask(*client, message("K1").build());
  w.ask(*client,
        request_of(RequestCode::CONSUMER_SEND_MSG_BACK, {{"offset", "0"}, {"group", "CG"}, {"delayLevel", "-1"}}));
  EXPECT_EQ(w.answer(*client, 200)->code, ResponseCode::SUCCESS);
  EXPECT_EQ(read(w, "%DLQ%CG").size(), 1u);
  w.ask(*client,
        request_of(RequestCode::CONSUMER_SEND_MSG_BACK,
                   {{"offset", "0"}, {"group", "CG"}, {"delayLevel", "0"}, {"maxReconsumeTimes", "0"}}, {}, 201));
  EXPECT_EQ(read(w, "%DLQ%CG").size(), 2u);
}

TEST(GivenBack, ARetryMessageSentByAClientGoesToTheDeadLetterQueueWhenItWasTriedTooOften) {
  ConsumerWorld w;
  auto client = w.connect();
  SendBuilder b = message("K1",
                          "DELAY\x01"
                          "3\x02");
  b.topic = "%RETRY%CG";
  RemotingCommand retry = b.build();
  retry.ext().set("j", "17");
  retry.ext().set("l", "16");
  w.ask(*client, retry);
  EXPECT_EQ(client->received.at(0).code, ResponseCode::SUCCESS);
  EXPECT_EQ(read(w, "%DLQ%CG").size(), 1u);
  retry.ext().set("j", "16");
  w.ask(*client, retry);
  EXPECT_EQ(read(w, "%DLQ%CG").size(), 1u);
  w.run(11'000);
  EXPECT_EQ(read(w, "%RETRY%CG").size(), 1u);
}

TEST(Transactions, AreReadableOnceCommittedAndWakeWhoWaits) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  w.ask(*consumer, PullBuilder{}.build());
  SendBuilder half = message("K1", "TRAN_MSG\x01true\x02PGROUP\x01group\x02");
  half.sys_flag = MessageSysFlag::TRANSACTION_PREPARED_TYPE;
  w.ask(*producer, half.build());
  w.run(1000);
  EXPECT_TRUE(consumer->received.empty());
  EndTransactionRequestHeader end;
  end.producer_group = "group";
  end.commit_log_offset = 0;
  end.tran_state_table_offset = 0;
  end.commit_or_rollback = TransactionFlag::COMMIT_TYPE;
  RemotingCommand commit = RemotingCommand::request(RequestCode::END_TRANSACTION, MQVersion::V5_3_3);
  end.to_ext(commit.ext());
  commit.mark_oneway();
  w.ask(*producer, commit);
  ASSERT_EQ(consumer->received.size(), 1u);
  EXPECT_EQ(property(records_of(consumer->received[0]).at(0), "UNIQ_KEY"), "K1");
}

using broker_bench::request;

struct RecallBench : broker_bench::Bench {
  explicit RecallBench(std::int64_t id = 0, const ServerProfile* version = kServer5)
      : broker_bench::Bench(version, id) {
    config().recall_message_enable = true;
  }
  BrokerConfig& config() { return broker.state().config; }
  /// Code and remark of what is answered to `handle`, which comes in a minute unless it says otherwise.
  std::string recall(const std::string& plain, const std::string& topic = "TopicTest") {
    const RemotingCommand& answer =
        ask(request(RequestCode::RECALL_MESSAGE,
                    {{"producerGroup", "g"}, {"topic", topic}, {"recallHandle", base64_url_encode(plain)}}));
    EXPECT_EQ(answer.ext_fields.get("MSG_REGION"), "DefaultRegion");
    return std::to_string(answer.code) + " " + answer.remark.value_or("");
  }
  std::string due(std::int64_t in_ms) { return std::to_string(to_millis(kSimEpoch) + in_ms); }
};

constexpr const char* kDone = "0 not set any response code";
constexpr const char* kBadTime = "604 recall failed, timestamp invalid";
constexpr std::int64_t kThreeDays = 259'200'000;

TEST(Recall, IsRefusedByABrokerThatTheHandleDoesNotName) {
  RecallBench bench;
  EXPECT_EQ(bench.recall("v1 TopicTest broker-b " + bench.due(60'000) + " K"),
            "604 recall failed, broker service not available");
  EXPECT_EQ(bench.broker.store().stored(), 0u);
  EXPECT_EQ(bench.recall("v1 TopicTest broker-a " + bench.due(60'000) + " K"), kDone);
  EXPECT_EQ(bench.broker.store().stored(), 1u);
}

TEST(Recall, IsRefusedByASlaveBeforeItLooksAtTheRequest) {
  RecallBench bench(1);
  EXPECT_EQ(bench.recall("junk", "None"), "11 recall failed, broker service not available");
  EXPECT_EQ(bench.broker.store().stored(), 0u);
  bench.config().recall_message_enable = false;
  EXPECT_EQ(bench.recall("junk", "None"), "16 recall failed, operation is forbidden");
}

TEST(Recall, FailsWhereTheDeletionCannotBeStored) {
  RecallBench off;
  off.config().timer_wheel_enable = false;
  const std::string handle = "v1 TopicTest broker-a " + off.due(60'000) + " K";
  EXPECT_EQ(off.recall(handle), "1 recall failed, execute error");
  EXPECT_EQ(off.broker.store().stored(), 0u);
  RecallBench lonely;
  lonely.config().sync_master = true;
  lonely.config().in_sync_replicas = 2;
  EXPECT_EQ(lonely.recall(handle), kDone) << "stored, however long it waits for a slave";
  EXPECT_EQ(lonely.reply.delay, millis(3000));
  lonely.config().enable_slave_acting_master = true;
  EXPECT_EQ(lonely.recall(handle), "1 recall failed, execute error");
}

TEST(Recall, TakesTimesBetweenNowAndThreeDays) {
  RecallBench bench;
  const auto at = [&](const std::string& time) { return bench.recall("v1 TopicTest broker-a " + time + " K"); };
  EXPECT_EQ(at("abc"), kBadTime);
  EXPECT_EQ(at("5"), kBadTime);
  EXPECT_EQ(at(bench.due(0)), kBadTime);
  EXPECT_EQ(at(bench.due(1)), kDone);
  EXPECT_EQ(at(bench.due(kThreeDays - 1)), kDone);
  EXPECT_EQ(at(bench.due(kThreeDays)), kBadTime);
}

TEST(Recall, TellsTheFirstThingThatIsWrong) {
  RecallBench bench;
  EXPECT_EQ(bench.recall("junk", "None"), "17 recall failed, the topic[None] not exist");
  EXPECT_EQ(bench.recall("v2 T broker-b abc K"), "604 recall handle is invalid");
  EXPECT_EQ(bench.recall("v1 TopicTest broker-a " + bench.due(60'000) + " "), "604 recall handle is invalid");
  EXPECT_EQ(bench.recall("v1 T broker-b abc K"), "604 recall failed, topic not match");
  EXPECT_EQ(bench.recall("v1 TopicTest broker-b abc K"), "604 recall failed, broker service not available");
}

TEST(Slave, TakesNothingThatConsumersGiveBack) {
  const RemotingCommand back =
      request(RequestCode::CONSUMER_SEND_MSG_BACK, {{"offset", "0"}, {"group", "CG"}, {"delayLevel", "1"}});
  RecallBench slave(1);
  EXPECT_EQ(slave.ask(back).code, ResponseCode::SYSTEM_BUSY) << "as sends";
  slave.config().enable_slave_acting_master = true;
  EXPECT_EQ(slave.ask(back).code, ResponseCode::SYSTEM_ERROR);
  EXPECT_THAT(slave.reply.response.remark.value_or(""), testing::StartsWith("no master available along with "));
  EXPECT_FALSE(slave.has("CG")) << "before anything is made for it";
  RecallBench four(1, kServer4);
  EXPECT_EQ(four.ask(back).remark.value_or(""), "look message by offset failed, 0");
}

TEST(Slave, RejectsSendsBeforeItAsksWhoTheyAreFrom) {
  RecallBench slave(1);
  slave.config().accounts.push_back({"someone", "secret"});
  EXPECT_EQ(slave.ask(SendBuilder{}.build()).code, ResponseCode::SYSTEM_BUSY);
  EXPECT_NE(slave.ask(request(RequestCode::GET_BROKER_CONFIG)).code, ResponseCode::SYSTEM_BUSY);
}

}  // namespace delayed_messages_test
}  // namespace rmqsim
