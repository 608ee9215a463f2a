// What the fake broker answers and stores, as a pure object: refusals in the order of a real broker's checks, batches,
// system topics, offsets, clients. The texts are those recorded from real brokers.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "fake_broker/fake_broker.h"
#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/bodies/message_properties.h"
#include "tests/fakes/raw_client.h"
#include "tests/fakes/releases.h"

namespace rmqsim {
namespace broker_answers_test {

struct Bench {
  explicit Bench(const ServerProfile* version = kServer5, BrokerConfig config = {})
      : broker((config.profile = version, config), random) {
    broker.put_topic("TopicTest", 4, 6, kSimEpoch);
  }
  const RemotingCommand& ask(const RemotingCommand& request, TimePoint now = kSimEpoch) {
    reply.clear();
    broker.process(request, Peer{1, "10.0.0.9:4444"}, now, reply);
    return reply.response;
  }
  Random random{1, "test"};
  FakeBroker broker;
  Reply reply;
};

std::string remark(const RemotingCommand& c) { return c.remark.value_or("(none)"); }

struct Refusal {
  const char* name;
  SendBuilder request;
  std::int32_t code5, code4;
  const char* remark;
};

std::vector<Refusal> refusals() {
  std::vector<Refusal> out;
  const auto add = [&](const char* name, std::int32_t c5, std::int32_t c4, const char* text, auto change) {
    SendBuilder b;
    change(b);
    out.push_back({name, b, c5, c4, text});
  };
  add("blank", 29, 1, "The specified topic is blank.", [](SendBuilder& b) { b.topic = ""; });
  add("illegal", 29, 1, "The specified topic contains illegal characters, allowing only ^[%|a-zA-Z0-9_-]+$",
      [](SendBuilder& b) { b.topic = "bad topic!"; });
  add("long", 29, 1, "The specified topic is longer than topic max length.",
      [](SendBuilder& b) { b.topic = std::string(128, 'L'); });
  add("reserved", 16, 16, "Sending message to topic[SCHEDULE_TOPIC_XXXX] is forbidden.",
      [](SendBuilder& b) { b.topic = "SCHEDULE_TOPIC_XXXX"; });
  add("body", 13, 13,
      "the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg "
      "properties length limit 32KB.",
      [](SendBuilder& b) { b.body = std::string(4 * 1024 * 1024 + 1, 'x'); });
  add("properties", 13, 13,
      "the message is illegal, maybe msg body or properties length not matched. msg body length limit 4194304B, msg "
      "properties length limit 32KB.",
      [](SendBuilder& b) { b.properties = "big\x01" + std::string(33000, 'p') + "\x02"; });
  return out;
}

TEST(BrokerRefusals, CarryTheRecordedTextsAndCodesOfBothVersions) {
  for (const ServerProfile* const version : kBothServers) {
    for (const Refusal& r : refusals()) {
      Bench bench(version);
      const auto& response = bench.ask(r.request.build());
      SCOPED_TRACE(r.name);
      EXPECT_EQ(response.code, version == kServer5 ? r.code5 : r.code4);
      EXPECT_EQ(remark(response), r.remark);
      EXPECT_EQ(response.ext_fields.get("MSG_REGION"), "DefaultRegion");
      EXPECT_EQ(response.ext_fields.get("TRACE_ON"), "true");
      EXPECT_EQ(response.ext_fields.size(), 2u);
      EXPECT_EQ(bench.broker.store().stored(), 0u);
    }
  }
}

TEST(BrokerRefusals, NameTheQueueTheTopicAndTheProducer) {
  SendBuilder b;
  b.queue_id = 4;
  Bench five;
  EXPECT_EQ(
      remark(five.ask(b.build())),
      "request queueId[4] is illegal, TopicConfig [topicName=TopicTest, readQueueNums=4, writeQueueNums=4, "
      "perm=RW-, topicFilterType=SINGLE_TAG, topicSysFlag=0, order=false, attributes={}] Producer: 10.0.0.9:4444");
  Bench four(kServer4);
  EXPECT_EQ(remark(four.ask(b.build())),
            "request queueId[4] is illegal, TopicConfig [topicName=TopicTest, readQueueNums=4, writeQueueNums=4, "
            "perm=RW-, topicFilterType=SINGLE_TAG, topicSysFlag=0, order=false] Producer: 10.0.0.9:4444");
}

TEST(BrokerRefusals, AnUnknownTopicIs17WhenItCannotBeCreated) {
  BrokerConfig config;
  config.auto_create_topic_enable = false;
  SendBuilder b;
  b.topic = "Unknown";
  Bench five(kServer5, config);
  EXPECT_EQ(five.ask(b.build()).code, 17);
  EXPECT_EQ(remark(five.reply.response),
            "topic[Unknown] not exist, apply first please!\nSee "
            "https://rocketmq.apache.org/docs/bestPractice/06FAQ for further details.");
  Bench four(kServer4, config);
  EXPECT_EQ(remark(four.ask(b.build())),
            "topic[Unknown] not exist, apply first please!\nSee http://rocketmq.apache.org/docs/faq/ for further "
            "details.");
}

TEST(BrokerRefusals, ASlaveRejectsBeforeItLooksAtTheRequest) {
  BrokerConfig config;
  config.broker_id = 1;
  Bench bench(kServer5, config);
  SendBuilder b;
  b.queue_id = 99;
  EXPECT_EQ(bench.ask(b.build()).code, 2);
  EXPECT_EQ(remark(bench.reply.response), "[REJECTREQUEST]system busy, start flow control for a while");
  EXPECT_FALSE(bench.reply.response.has_ext_fields);
}

TEST(BrokerRefusals, ASlaveThatMayActAsMasterLooksFirstAndTakesNothing) {
  BrokerConfig config;
  config.broker_id = 1;
  config.enable_slave_acting_master = true;
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version, config);
    SendBuilder b;
    EXPECT_EQ(bench.ask(b.build()).code, ResponseCode::SERVICE_NOT_AVAILABLE);
    EXPECT_EQ(remark(bench.reply.response).rfind("service not available now. It may be caused by", 0), 0u);
    EXPECT_TRUE(bench.reply.response.ext_fields.contains("MSG_REGION"));
    EXPECT_EQ(bench.broker.store().stored(), 0u);
    b.queue_id = 99;
    EXPECT_EQ(bench.ask(b.build()).code, version == kServer5 ? 29 : 1);
  }
}

TEST(BrokerRefusals, AMasterWithoutSlavesSaysWhatItsVersionSays) {
  Bench five;
  EXPECT_FALSE(five.broker.set_config("brokerRole", "SYNC_MASTER", kSimEpoch));
  EXPECT_TRUE(five.broker.set_config("brokerRole", "SLAVE", kSimEpoch).has_value());
  SendBuilder b;
  EXPECT_EQ(five.ask(b.build()).code, ResponseCode::SUCCESS);
  EXPECT_FALSE(five.broker.set_config("inSyncReplicas", "2", kSimEpoch));
  EXPECT_EQ(five.ask(b.build()).code, ResponseCode::FLUSH_SLAVE_TIMEOUT);
  EXPECT_EQ(five.reply.delay, millis(3000)) << "it has waited for a slave";
  EXPECT_EQ(five.reply.stored.count, 1u);
  EXPECT_FALSE(five.broker.set_config("enableSlaveActingMaster", "true", kSimEpoch));
  EXPECT_EQ(five.ask(b.build()).code, ResponseCode::SYSTEM_ERROR);
  EXPECT_EQ(remark(five.reply.response), "in-sync replicas not enough");
  EXPECT_EQ(five.reply.stored.count, 0u);
  b.properties =
      "WAIT\x01"
      "false\x02";
  EXPECT_EQ(five.ask(b.build()).code, ResponseCode::SUCCESS) << "who does not wait is not told";
  Bench four(kServer4);
  EXPECT_FALSE(four.broker.set_config("brokerRole", "SYNC_MASTER", kSimEpoch));
  EXPECT_EQ(four.ask(SendBuilder{}.build()).code, ResponseCode::SLAVE_NOT_AVAILABLE);
  EXPECT_EQ(four.reply.delay, Duration::zero());
}

TEST(BrokerRefusals, SettingsForbidTransactionsTimersAndRetryGroups) {
  Bench bench;
  EXPECT_FALSE(bench.broker.set_config("rejectTransactionMessage", "true", kSimEpoch));
  EXPECT_FALSE(bench.broker.set_config("timerWheelEnable", "false", kSimEpoch));
  EXPECT_FALSE(bench.broker.set_config("autoCreateSubscriptionGroup", "false", kSimEpoch));
  EXPECT_TRUE(bench.broker.set_config("noSuchThing", "1", kSimEpoch));
  EXPECT_TRUE(bench.broker.set_config("maxMessageSize", "many", kSimEpoch));
  SendBuilder b;
  b.properties = "TRAN_MSG\x01true\x02";
  EXPECT_EQ(remark((bench.ask(b.build()))), "the broker[127.0.0.1] sending transaction message is forbidden");
  b.properties =
      "TIMER_DELAY_SEC\x01"
      "5\x02";
  EXPECT_EQ(remark((bench.ask(b.build()))), "accurate timer message is not enabled, timerWheelEnable is false");
  b.properties = "";
  b.topic = "%RETRY%g";
  EXPECT_EQ(bench.ask(b.build()).code, 26);
  EXPECT_EQ(remark(bench.reply.response),
            "subscription group not exist, g \nSee https://rocketmq.apache.org/docs/bestPractice/06FAQ for further "
            "details.");
}

TEST(BrokerSend, AnswersWhereTheMessageWentInTheFieldsOfItsVersion) {
  Bench five;
  five.broker.set_address("127.0.0.1:10911");
  SendBuilder b;
  b.queue_id = 2;
  const auto& r5 = five.ask(b.build());
  EXPECT_EQ(r5.code, 0);
  EXPECT_FALSE(r5.remark);
  EXPECT_EQ(r5.ext_fields.get("msgId"), "7F00000100002A9F0000000000000000");
  EXPECT_EQ(r5.ext_fields.get("queueId"), "2");
  EXPECT_EQ(r5.ext_fields.get("queueOffset"), "0");
  EXPECT_EQ(r5.ext_fields.get("transactionId"), "KEY0");
  Bench four(kServer4);
  b.serialize_type = SerializeType::ROCKETMQ;
  const auto& r4 = four.ask(b.build());
  EXPECT_EQ(r4.serialize_type, SerializeType::ROCKETMQ);
  EXPECT_FALSE(r4.ext_fields.contains("transactionId"));
  EXPECT_EQ(five.ask(b.build()).serialize_type, SerializeType::JSON);
}

TEST(BrokerSend, RecordsAreAsLongAsThoseOfARealBroker) {
  // Sizes taken from consecutive offsetMsgIds of recorded answers: cluster "GoldCluster", topic "GoldTopic".
  BrokerConfig config;
  config.broker_cluster_name = "GoldCluster";
  Bench five(kServer5, config);
  SendBuilder b;
  b.topic = "GoldTopic";
  b.body = "6bytes";
  b.properties = "UNIQ_KEY\x01" + std::string(32, 'F') + "\x02WAIT\x01true\x02";
  five.ask(b.build());
  EXPECT_EQ(five.broker.store().next_physical_offset(), 217);
  Bench delayed(kServer5, config);
  b.body = std::string(12, 'd');
  b.properties = "KEYS\x01k3\x02UNIQ_KEY\x01" + std::string(56, 'F') +
                 "\x02WAIT\x01true\x02"
                 "DELAY\x01"
                 "3\x02TAGS\x01TagD\x02";
  ASSERT_EQ(b.properties.size(), 102u);
  delayed.ask(b.build());
  EXPECT_EQ(delayed.broker.store().next_physical_offset(), 1358 - 1043);
  Bench four(kServer4, config);
  b.body = std::string(10, 'x');
  b.properties = "UNIQ_KEY\x01" + std::string(56, 'F') + "\x02WAIT\x01true";
  four.ask(b.build());
  EXPECT_EQ(four.broker.store().next_physical_offset(), 195);
}

TEST(BrokerSend, ALateQueueIdIsDrawnFromTheSeed) {
  const auto draw = [](std::uint64_t seed) {
    Random random(seed, "queues");
    FakeBroker broker({}, random);
    std::string out;
    SendBuilder b;
    b.queue_id = -1;
    Reply reply;
    for (int i = 0; i < 30; ++i) {
      reply.clear();
      broker.process(b.build(), Peer{}, kSimEpoch, reply);
      out += reply.response.ext_fields.get("queueId");
    }
    return out;
  };
  EXPECT_EQ(draw(1), draw(1));
  EXPECT_NE(draw(1), draw(2));
  EXPECT_EQ(draw(1).find_first_not_of("0123"), std::string::npos);
}

TEST(BrokerSend, CreatesATopicFromTheTemplateWithTheSmallerQueueCount) {
  Bench bench;
  SendBuilder b;
  b.topic = "Fresh";
  EXPECT_EQ(bench.ask(b.build()).code, 0);
  const TopicConfig* topic = bench.broker.state().topics.find("Fresh");
  ASSERT_NE(topic, nullptr);
  EXPECT_EQ(topic->write_queue_nums, 4);
  EXPECT_EQ(topic->perm, 6);
  b.topic = "Other";
  b.default_topic = "TopicTest";  // exists, but nothing can be inherited from it
  EXPECT_EQ(bench.ask(b.build()).code, 17);
}

TEST(BrokerSend, AReadOnlyTopicOrBrokerStillAcceptsSends) {
  Bench bench;
  bench.broker.set_perm("TopicTest", 4, kSimEpoch);
  bench.broker.set_read_only(true, kSimEpoch);
  EXPECT_EQ(bench.ask(SendBuilder().build()).code, 0);
}

TEST(BrokerSend, HalfMessagesDelaysAndTimersGoToTheirSystemTopics) {
  Bench bench;
  SendBuilder b;
  b.queue_id = 3;
  b.properties = "TRAN_MSG\x01true\x02UNIQ_KEY\x01k\x02";
  b.sys_flag = 4;
  const std::string half_queue(bench.ask(b.build()).ext_fields.get("queueId"));
  EXPECT_EQ(half_queue, "3");
  EXPECT_EQ(bench.broker.store().max_offset("RMQ_SYS_TRANS_HALF_TOPIC", 0), 1);
  b.sys_flag = 0;
  b.properties =
      "DELAY\x01"
      "99\x02";
  bench.ask(b.build());
  EXPECT_EQ(bench.broker.store().max_offset("SCHEDULE_TOPIC_XXXX", 17), 1);
  b.properties =
      "TIMER_DELAY_SEC\x01"
      "3\x02UNIQ_KEY\x01k\x02";
  const auto& timer = bench.ask(b.build());
  EXPECT_TRUE(timer.ext_fields.contains("recallHandle"));
  EXPECT_EQ(bench.broker.store().max_offset("rmq_sys_wheel_timer", 0), 1);
  b.properties =
      "TIMER_DELAY_SEC\x01"
      "999999\x02";
  EXPECT_EQ(bench.ask(b.build()).code, 13);
  b.properties =
      "TIMER_DELAY_SEC\x01"
      "soon\x02";
  EXPECT_EQ(bench.ask(b.build()).code, 13);
  EXPECT_EQ(bench.broker.store().max_offset("TopicTest", 3), 0);
  const auto half = bench.broker.store().find(0);
  EXPECT_EQ(find_property(half->properties, "REAL_TOPIC"), "TopicTest");
  EXPECT_EQ(find_property(half->properties, "REAL_QID"), "3");
}

TEST(BrokerSend, PreparedBitsWithoutThePropertyAreAcknowledgedAndInvisible) {
  Bench bench;
  SendBuilder b;
  bench.ask(b.build());
  b.sys_flag = 4;
  const std::string offset(bench.ask(b.build()).ext_fields.get("queueOffset"));
  EXPECT_EQ(offset, "0");
  EXPECT_EQ(bench.broker.store().max_offset("TopicTest", 0), 1);
}

TEST(BrokerBatch, StoresEveryEntryWithConsecutiveOffsetsUnderOneAnswer) {
  for (const std::int32_t code : {RequestCode::SEND_BATCH_MESSAGE, RequestCode::SEND_MESSAGE_V2}) {
    Bench bench;
    SendBuilder b;
    b.code = code;
    b.batch = true;
    b.properties =
        "UNIQ_KEY\x01"
        "BATCH\x02WAIT\x01true\x02";
    b.body.clear();
    for (int i = 0; i < 3; ++i) {
      const std::string properties = std::string(
                                         "UNIQ_KEY\x01"
                                         "E")
                                         .append(std::to_string(i))
                                         .append("\x02");
      append_batch_entry({0, 0, 0, "entry", properties}, b.body);
    }
    EXPECT_EQ(bench.broker.first_member_key(b.build()), "E0");
    const auto& response = bench.ask(b.build());
    ASSERT_EQ(response.code, 0);
    EXPECT_EQ(response.ext_fields.get("transactionId"), "BATCH");
    EXPECT_EQ(response.ext_fields.get("queueOffset"), "0");
    EXPECT_EQ(response.ext_fields.get("msgId").size(), 3 * 32 + 2u);
    EXPECT_EQ(bench.reply.stored.count, 3u);
    EXPECT_EQ(bench.broker.store().max_offset("TopicTest", 0), 3);
    EXPECT_EQ(bench.broker.store().find_key("E1")->stored, 1u);
    // The batch's own key comes last, so consumers see it on every entry (wire §4.5).
    EXPECT_EQ(find_property(bench.broker.store().find(1)->properties, "UNIQ_KEY"), "BATCH");
  }
}

TEST(BrokerBatch, RefusesWhatTheVersionsRefuse) {
  SendBuilder b;
  b.batch = true;
  b.code = RequestCode::SEND_BATCH_MESSAGE;
  b.body.clear();
  append_batch_entry({0, 0, 0, std::string(100, 'e'), {}}, b.body);
  SendBuilder retry = b;
  retry.topic = "%RETRY%g";
  Bench five, four(kServer4);
  EXPECT_EQ(remark(five.ask(retry.build())), "batch request does not support retry group %RETRY%g");
  EXPECT_EQ(four.ask(retry.build()).code, 0);
  SendBuilder transaction = b;
  transaction.sys_flag = 4;
  EXPECT_EQ(five.ask(transaction.build()).code, 13);
  SendBuilder truncated = b;
  truncated.body.resize(truncated.body.size() - 3);
  EXPECT_EQ(remark(five.ask(truncated.build())),
            "java.lang.IllegalArgumentException: newPosition > limit: (120 > 119), "
            "java.base/java.nio.Buffer.createPositionException(Buffer.java:341)");
  five.broker.set_config("maxMessageSize", "100", kSimEpoch);
  four.broker.set_config("maxMessageSize", "100", kSimEpoch);
  EXPECT_EQ(five.ask(b.build()).code, 1);
  EXPECT_EQ(four.ask(b.build()).code, 13);
  EXPECT_EQ(five.broker.store().stored(), 0u);
}

TEST(BrokerClients, AppearWithAHeartbeatAndLeaveInThreeWays) {
  Bench bench;
  HeartbeatData heartbeat;
  heartbeat.client_id = "10.0.0.9@1";
  heartbeat.producer_data_set = {{"g"}, {"CLIENT_INNER_PRODUCER"}};
  RemotingCommand request = RemotingCommand::request(RequestCode::HEART_BEAT, MQVersion::V5_3_3);
  request.body = heartbeat.encode();
  EXPECT_EQ(bench.broker.facts(request).producer_group, "g");
  const auto& response = bench.ask(request);
  EXPECT_EQ(response.ext_fields.get("IS_SUPPORT_HEART_BEAT_V2"), "true");
  ProducerManager& producers = bench.broker.state().producers;
  EXPECT_EQ(producers.groups(), (std::vector<std::string>{"CLIENT_INNER_PRODUCER", "g"}));
  EXPECT_EQ(producers.find_client("10.0.0.9@1"), 1u);
  EXPECT_EQ(producers.available("g")->client_id, "10.0.0.9@1");

  RemotingCommand leave = RemotingCommand::request(RequestCode::UNREGISTER_CLIENT, MQVersion::V5_3_3);
  leave.ext().set("clientID", "10.0.0.9@1");
  leave.ext().set("producerGroup", "g");
  EXPECT_TRUE(bench.ask(leave).has_ext_fields);
  EXPECT_EQ(producers.groups(), (std::vector<std::string>{"CLIENT_INNER_PRODUCER"}));
  bench.broker.connection_closed(1, kSimEpoch);
  EXPECT_TRUE(producers.groups().empty());
  EXPECT_FALSE(producers.find_client("10.0.0.9@1"));

  bench.ask(request);
  producers.expire(kSimEpoch + std::chrono::seconds(119));
  EXPECT_EQ(producers.groups().size(), 2u);
  producers.expire(kSimEpoch + std::chrono::seconds(120));
  EXPECT_TRUE(producers.groups().empty());
}

TEST(BrokerRequests, OffsetsTopicsAndUnknownCodes) {
  Bench bench;
  bench.ask(SendBuilder().build());
  RemotingCommand offset = RemotingCommand::request(RequestCode::GET_MAX_OFFSET, MQVersion::V5_3_3);
  offset.ext().set("topic", "TopicTest");
  offset.ext().set("queueId", 0);
  EXPECT_EQ(bench.ask(offset).ext_fields.get("offset"), "1");
  RemotingCommand create = RemotingCommand::request(RequestCode::UPDATE_AND_CREATE_TOPIC, MQVersion::V5_3_3);
  create.ext().set("topic", "Made");
  create.ext().set("readQueueNums", 2);
  create.ext().set("writeQueueNums", 2);
  create.ext().set("perm", 6);
  EXPECT_NE(remark(bench.ask(create)).find("topicFilterType = [null] value invalid"), std::string::npos);
  EXPECT_EQ(bench.broker.state().topics.find("Made"), nullptr);
  create.ext().set("topicFilterType", "SINGLE_TAG");
  EXPECT_EQ(remark(bench.ask(create)), "not set any response code");
  EXPECT_NE(bench.broker.state().topics.find("Made"), nullptr);
  create.ext().set("readQueueNums", 2'000'000'000);
  EXPECT_EQ(bench.ask(create).code, 1);
  const auto& unknown = bench.ask(RemotingCommand::request(9999, MQVersion::V5_3_3));
  EXPECT_EQ(unknown.code, 3);
  EXPECT_EQ(remark(unknown), " request type 9999 not supported");
  EXPECT_FALSE(unknown.has_ext_fields);
}

}  // namespace broker_answers_test
}  // namespace rmqsim
