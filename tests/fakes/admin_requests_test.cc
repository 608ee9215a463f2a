// What consoles and operators' scripts ask brokers and nameservers, as both releases answer it; and headers written by
// hand, as such scripts write them.
#include <gmock/gmock.h>

#include <string>

#include "fake_broker/store/transactions.h"
#include "fake_namesrv/fake_namesrv.h"
#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/recall_handle.h"
#include "tests/fakes/broker_bench.h"

namespace rmqsim {
namespace admin_requests_test {

using namespace broker_bench;

std::string queue_key(int id) {
  return R"({"brokerName":"broker-a","queueId":)" + std::to_string(id) + R"(,"topic":"TopicTest"})";
}

bool has_key(const RemotingCommand& answer, const std::string& key) {
  return answer.body.find('"' + key + "\":") != std::string::npos;
}

TEST(RuntimeInfo, HasTheKeysOfItsRelease) {
  Bench five, four(kServer4);
  const RemotingCommand in5 = five.ask(request(RequestCode::GET_BROKER_RUNTIME_INFO));
  const RemotingCommand in4 = four.ask(request(RequestCode::GET_BROKER_RUNTIME_INFO));
  EXPECT_TRUE(has_key(in4, "getTransferedTps"));
  EXPECT_FALSE(has_key(in5, "getTransferedTps"));
  for (const char* key :
       {"brokerActive", "getTransferredTps", "timerCongestNum", "timerReadBehind", "timerOffsetBehind",
        "timerEnqueueTps", "timerDequeueTps", "litePullThreadPoolQueueSize", "litePullThreadPoolQueueCapacity",
        "litePullThreadPoolQueueHeadWaitTimeMills", "ackThreadPoolQueueSize", "ackThreadPoolQueueCapacity",
        "ackThreadPoolQueueHeadWaitTimeMills"}) {
    EXPECT_TRUE(has_key(in5, key)) << key;
    EXPECT_FALSE(has_key(in4, key)) << key;
  }
  for (const char* key : {"putTps", "runtime", "sendThreadPoolQueueSize", "EndTransactionQueueSize"}) {
    EXPECT_TRUE(has_key(in5, key) && has_key(in4, key)) << key;
  }
}

TEST(TopicStats, SayWhereQueuesBeginAndEnd) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    bench.store(2);
    const auto& answer = bench.ask(request(RequestCode::GET_TOPIC_STATS_INFO, {{"topic", "TopicTest"}}));
    EXPECT_EQ(answer.code, 0);
    EXPECT_FALSE(answer.remark);
    const std::string last = std::to_string(to_millis(kSimEpoch) + 100);
    EXPECT_EQ(answer.body, R"({"offsetTable":{)" + queue_key(0) + R"(:{"lastUpdateTimestamp":)" + last +
                               R"(,"maxOffset":2,"minOffset":0},)" + queue_key(1) +
                               R"(:{"lastUpdateTimestamp":0,"maxOffset":0,"minOffset":0}})" +
                               (version == kServer5 ? R"(,"topicPutTps":0.0})" : "}"));
    const auto& unknown = bench.ask(request(RequestCode::GET_TOPIC_STATS_INFO, {{"topic", "None"}}));
    EXPECT_EQ(unknown.code, ResponseCode::TOPIC_NOT_EXIST);
    EXPECT_EQ(unknown.remark, "topic[None] not exist");
    EXPECT_EQ(bench.ask(request(RequestCode::GET_TOPIC_STATS_INFO)).code, ResponseCode::SYSTEM_ERROR);
  }
}

TEST(ConsumeStats, SayHowFarAGroupIs) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    bench.store(3);
    bench.consume("CG", 2);
    const std::string time = std::to_string(to_millis(kSimEpoch) + 100);
    const bool five = version == kServer5;
    const std::string expected = R"({"consumeTps":0.0,"offsetTable":{)" + queue_key(0) +
                                 R"(:{"brokerOffset":3,"consumerOffset":2,"lastTimestamp":)" + time +
                                 (five ? R"(,"pullOffset":2},)" : "},") + queue_key(1) +
                                 R"(:{"brokerOffset":0,"consumerOffset":0,"lastTimestamp":0)" +
                                 (five ? R"(,"pullOffset":0}}})" : "}}}");
    const std::string none = R"({"consumeTps":0.0,"offsetTable":{}})";
    EXPECT_EQ(bench.ask(request(RequestCode::GET_CONSUME_STATS, {{"consumerGroup", "CG"}})).body, expected);
    EXPECT_EQ(bench.ask(request(RequestCode::GET_CONSUME_STATS, {{"consumerGroup", "other"}})).body, none);
    bench.connect("CG", "Another");
    const Fields asked = {{"consumerGroup", "CG"}, {"topic", "TopicTest"}};
    EXPECT_EQ(bench.ask(request(RequestCode::GET_CONSUME_STATS, asked)).body, none) << "it has not subscribed to it";
    const auto& listed =
        bench.ask(request(RequestCode::GET_CONSUME_STATS, {{"consumerGroup", "CG"}, {"topicList", "None;TopicTest;"}}));
    EXPECT_EQ(listed.body, five ? expected : none);
  }
}

TEST(DeletedTopic, IsGoneWithItsQueuesAndCanBeMadeAnew) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    bench.store(3);
    bench.consume("CG", 2);
    const auto& answer = bench.ask(request(RequestCode::DELETE_TOPIC_IN_BROKER, {{"topic", "TopicTest"}}));
    EXPECT_EQ(answer.code, 0);
    EXPECT_FALSE(answer.remark);
    const BrokerState& state = bench.broker.state();
    EXPECT_EQ(state.topics.find("TopicTest"), nullptr);
    EXPECT_EQ(state.store.max_offset("TopicTest", 0), 0);
    EXPECT_EQ(state.consumer_offsets.query_offset("CG", "TopicTest", 0), version == kServer5 ? -1 : 2);
    EXPECT_EQ(bench.ask(request(RequestCode::DELETE_TOPIC_IN_BROKER, {{"topic", "TopicTest"}})).code, 0);
    bench.broker.put_topic("TopicTest", 2, 6, kSimEpoch);
    bench.store(1);
    EXPECT_EQ(state.store.max_offset("TopicTest", 0), 1);
  }
}

TEST(DeletedTopic, KeepsItsRecordsUntilTheyAreEvicted) {
  MessageStore store(2000);
  NewMessage message;
  message.topic = "T";
  const std::string body(300, 'b');
  message.body = body;
  store.append(message);
  store.append(message);
  store.remove_topic("T");
  EXPECT_TRUE(store.find(0));
  EXPECT_EQ(store.append(message).queue_offset, 0);
  for (int i = 0; i < 20; ++i) store.append(message);
  EXPECT_FALSE(store.find(0));
  EXPECT_EQ(store.max_offset("T", 0), 21);
}

TEST(DeletedTopic, IsNeitherASystemTopicNorBlank) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    const std::int32_t code = version == kServer5 ? 29 : 1;
    const auto& system = bench.ask(request(RequestCode::DELETE_TOPIC_IN_BROKER, {{"topic", "TBW102"}}));
    EXPECT_EQ(system.code, code);
    EXPECT_EQ(system.remark, "The topic[TBW102] is conflict with system topic.");
    const auto& blank = bench.ask(request(RequestCode::DELETE_TOPIC_IN_BROKER, {{"topic", " "}}));
    EXPECT_EQ(blank.code, code);
    EXPECT_EQ(blank.remark, "The specified topic is blank.");
  }
  Bench slave(kServer4, 1);
  EXPECT_EQ(slave.ask(request(RequestCode::DELETE_TOPIC_IN_BROKER, {{"topic", "TopicTest"}})).code, 1);
}

Fields reset(const std::string& timestamp, const std::string& force = "true") {
  return {{"topic", "TopicTest"}, {"group", "CG"}, {"timestamp", timestamp}, {"isForce", force}};
}

RemotingCommand pull(std::int64_t offset) {
  return request(RequestCode::PULL_MESSAGE, {{"consumerGroup", "CG"},
                                             {"topic", "TopicTest"},
                                             {"queueId", "0"},
                                             {"queueOffset", std::to_string(offset)},
                                             {"maxMsgNums", "32"},
                                             {"sysFlag", "4"},
                                             {"commitOffset", "0"},
                                             {"suspendTimeoutMillis", "0"},
                                             {"subVersion", "0"},
                                             {"subscription", "*"}});
}

TEST(ResetOffset, IsTakenOnTheServerIn5) {
  Bench bench;
  bench.store(5);
  bench.consume("CG", 4);
  const auto& answer =
      bench.ask(request(RequestCode::INVOKE_BROKER_TO_RESET_OFFSET, reset(std::to_string(to_millis(kSimEpoch) + 200))));
  EXPECT_EQ(answer.code, 0);
  EXPECT_FALSE(answer.remark);
  EXPECT_EQ(answer.body, R"({"offsetTable":{)" + queue_key(0) + ":2," + queue_key(1) + ":0}}");
  EXPECT_EQ(bench.broker.state().consumer_offsets.query_offset("CG", "TopicTest", 0), 2);
  const auto& ignored =
      bench.ask(request(RequestCode::UPDATE_CONSUMER_OFFSET,
                        {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}, {"commitOffset", "5"}}));
  EXPECT_EQ(ignored.remark, "Offset has been previously reset");
  EXPECT_EQ(bench.broker.state().consumer_offsets.query_offset("CG", "TopicTest", 0), 2);
  const auto& moved = bench.ask(pull(4));
  EXPECT_EQ(moved.code, ResponseCode::PULL_OFFSET_MOVED);
  EXPECT_EQ(moved.remark, "OFFSET_RESET");
  EXPECT_EQ(moved.ext_fields.get("nextBeginOffset"), "2");
  EXPECT_EQ(moved.ext_fields.get("maxOffset"), "5");
  EXPECT_EQ(bench.ask(pull(2)).code, 0) << "once";
}

TEST(ResetOffset, RefusesWhatIsNotThereIn5) {
  Bench bench;
  const auto ask = [&](Fields fields) -> const RemotingCommand& {
    return bench.ask(request(RequestCode::INVOKE_BROKER_TO_RESET_OFFSET, fields));
  };
  EXPECT_EQ(ask(reset("-1")).remark, "Group CG does not exist");
  bench.broker.state().subscription_groups.put("CG");
  EXPECT_EQ(ask(reset("-1")).code, 0);
  Fields fields = reset("-1");
  fields.push_back({"queueId", "0"});
  fields.push_back({"offset", "7"});
  EXPECT_EQ(ask(fields).remark, "Target offset 7 not in consume queue range [0-0]");
  fields[0].second = "None";
  EXPECT_EQ(ask(fields).remark, "Topic None does not exist");
}

TEST(ResetOffset, IsSentToTheMembersIn4) {
  Bench bench(kServer4);
  const auto ask = [&](const std::string& time, const std::string& force) -> const RemotingCommand& {
    return bench.ask(request(RequestCode::INVOKE_BROKER_TO_RESET_OFFSET, reset(time, force)));
  };
  bench.store(5);
  EXPECT_EQ(ask("-1", "true").remark, "THe consumer group <CG> not exist");
  bench.consume("CG", 4);
  bench.consume("CG", 0, 1);
  const auto& offline = ask("-1", "true");
  EXPECT_EQ(offline.code, ResponseCode::CONSUMER_NOT_ONLINE);
  EXPECT_EQ(offline.remark, "Consumer not online, so can not reset offset, Group: CG Topic: TopicTest Timestamp: -1");
  bench.connect("CG");
  bench.broker.state().outbox.requests.clear();  // of its coming
  const std::string back = R"({"offsetTable":{)" + queue_key(0) + ":2," + queue_key(1) + ":0}}";
  EXPECT_EQ(ask(std::to_string(to_millis(kSimEpoch) + 200), "false").body, back);
  ASSERT_EQ(bench.broker.state().outbox.requests.size(), 1u);
  const RemotingCommand& notice = bench.broker.state().outbox.requests[0].command;
  EXPECT_EQ(notice.code, RequestCode::RESET_CONSUMER_CLIENT_OFFSET);
  EXPECT_EQ(notice.body, back);
  EXPECT_EQ(notice.ext_fields.get("group"), "CG");
  EXPECT_EQ(ask("-1", "false").body, R"({"offsetTable":{)" + queue_key(0) + ":4," + queue_key(1) + ":0}}")
      << "never forward without isForce";
  EXPECT_EQ(ask("-1", "true").body, R"({"offsetTable":{)" + queue_key(0) + ":5," + queue_key(1) + ":0}}");
}

TEST(NamesrvAdmin, ForgetsATopicEverywhereOrInACluster) {
  for (const ServerProfile* const version : kBothServers) {
    FakeNamesrv namesrv({"ns-1", version, false});
    namesrv.routes().put_broker("C1", "broker-a", 0, "10.0.0.2:10911");
    namesrv.routes().put_broker("C2", "broker-b", 0, "10.0.0.3:10911");
    for (const char* broker : {"broker-a", "broker-b"}) namesrv.routes().set_route("T", {broker, 4, 4, 6, 0});
    Reply reply;
    const auto ask = [&](const Fields& fields) {
      reply.clear();
      namesrv.process(request(RequestCode::DELETE_TOPIC_IN_NAMESRV, fields), Peer{1, "10.0.0.9:4444"}, kSimEpoch,
                      reply);
      EXPECT_EQ(reply.response.code, 0);
    };
    ask({{"topic", "T"}, {"clusterName", "C1"}});
    ASSERT_TRUE(namesrv.routes().route("T"));
    EXPECT_EQ(namesrv.routes().route("T")->queue_datas.size(), 1u);
    ask({{"topic", "T"}});
    EXPECT_FALSE(namesrv.routes().route("T"));
  }
}

TEST(NamesrvAdmin, ShowsItsProperties) {
  for (const ServerProfile* const version : kBothServers) {
    FakeNamesrv namesrv({"ns-1", version, true});
    Reply reply;
    namesrv.process(request(RequestCode::GET_NAMESRV_CONFIG), Peer{1, "10.0.0.9:4444"}, kSimEpoch, reply);
    EXPECT_EQ(reply.response.code, 0);
    const std::string body = "\n" + std::string(reply.response.body);
    EXPECT_NE(body.find("\norderMessageEnable=true\n"), body.npos);
    EXPECT_NE(body.find("\nserverWorkerThreads=8\n"), body.npos);
    EXPECT_EQ(body.find("\nscanNotActiveBrokerInterval=5000\n") != body.npos, version == kServer5);
  }
}

TEST(SentMessage, WithADelayThatIsNoNumberIsAnError) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    SendBuilder b;
    b.properties =
        "UNIQ_KEY\x01K\x02"
        "DELAY\x01"
        "abc\x02";
    const auto& answer = bench.ask(b.build());
    EXPECT_EQ(answer.code, ResponseCode::SYSTEM_ERROR);
    EXPECT_EQ(answer.remark.value_or("").find("java.lang.NumberFormatException: For input string: \"abc\""), 0u);
    EXPECT_EQ(bench.broker.store().stored(), 0u);
  }
}

TEST(SentMessage, OfATransactionWithATimerHasARecallHandleIn5) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    SendBuilder b;
    b.properties =
        "UNIQ_KEY\x01K\x02TRAN_MSG\x01true\x02PGROUP\x01g\x02TIMER_DELAY_MS\x01"
        "5000\x02";
    const auto handle = RecallHandle::decode(bench.ask(b.build()).ext_fields.get("recallHandle"));
    ASSERT_EQ(handle.has_value(), version == kServer5);
    if (handle) {
      EXPECT_EQ(handle->topic, kHalfTopic);
    }
  }
}

TEST(SentBatch, IsReadWithoutItsTotalSizes) {
  Bench bench;
  SendBuilder b;
  b.code = RequestCode::SEND_BATCH_MESSAGE;
  b.batch = true;
  b.body.clear();
  append_batch_entry({0, 0, 0, "one",
                      "UNIQ_KEY\x01"
                      "A\x02"},
                     b.body);
  append_batch_entry({0, 0, 0, "two",
                      "UNIQ_KEY\x01"
                      "B\x02"},
                     b.body);
  b.body.replace(0, 4, std::string(4, '\0'));
  EXPECT_EQ(bench.ask(b.build()).code, 0);
  EXPECT_EQ(bench.broker.store().stored(), 2u);
}

TEST(GivenBackMessage, NeedsADelayLevel) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    bench.store(1);
    const auto& answer = bench.ask(request(RequestCode::CONSUMER_SEND_MSG_BACK, {{"group", "CG"}, {"offset", "0"}}));
    EXPECT_EQ(answer.code, ResponseCode::SYSTEM_ERROR);
    EXPECT_NE(answer.remark.value_or("").find("getDelayLevel()"), std::string::npos);
    EXPECT_EQ(bench.broker.store().stored(), 1u);
  }
}

TEST(MadeTopic, NeedsItsFilterType) {
  for (const ServerProfile* const version : kBothServers) {
    Bench bench(version);
    Fields fields = {{"topic", "Made"}, {"readQueueNums", "2"}, {"writeQueueNums", "2"}, {"perm", "6"}};
    EXPECT_EQ(bench.ask(request(RequestCode::UPDATE_AND_CREATE_TOPIC, fields)).code, ResponseCode::SYSTEM_ERROR);
    fields.push_back({"topicFilterType", "FOO"});
    EXPECT_NE(bench.ask(request(RequestCode::UPDATE_AND_CREATE_TOPIC, fields)).remark->find("[FOO] value invalid"),
              std::string::npos);
    EXPECT_EQ(bench.broker.state().topics.find("Made"), nullptr);
    fields.back().second = "MULTI_TAG";
    EXPECT_EQ(bench.ask(request(RequestCode::UPDATE_AND_CREATE_TOPIC, fields)).code, 0);
  }
}

/// Code and remark.
std::string put_topic(Bench& bench, const std::string& attributes, const std::string& topic = "Orders") {
  const RemotingCommand& answer =
      bench.ask(request(RequestCode::UPDATE_AND_CREATE_TOPIC, {{"topic", topic},
                                                               {"defaultTopic", "TBW102"},
                                                               {"readQueueNums", "2"},
                                                               {"writeQueueNums", "2"},
                                                               {"perm", "6"},
                                                               {"topicFilterType", "SINGLE_TAG"},
                                                               {"attributes", attributes}}));
  return std::to_string(answer.code) + " " + answer.remark.value_or("");
}

std::string shown_attributes(Bench& bench) {
  const std::string body = bench.ask(request(RequestCode::GET_TOPIC_CONFIG, {{"topic", "Orders"}})).body;
  const auto begin = body.find("\"attributes\":{");
  return begin == body.npos ? "" : body.substr(begin + 13, body.find('}', begin) - begin - 12);
}

constexpr const char* kDone = "0 not set any response code";

TEST(TopicAttributes, AreKeptAndShown) {
  Bench bench;
  EXPECT_EQ(put_topic(bench, "+message.type=FIFO,+reserve.time=5"), kDone);
  EXPECT_EQ(shown_attributes(bench), R"({"message.type":"FIFO","reserve.time":"5"})");
  EXPECT_THAT(bench.ask(request(RequestCode::GET_ALL_TOPIC_CONFIG)).body, testing::HasSubstr(R"("message.type":"FIFO")"));
  EXPECT_EQ(bench.broker.state().topics.find("Orders")->attributes->at("message.type"), "FIFO")
      << "where registrations are made of";
}

TEST(TopicAttributes, StayUntilTheyAreChanged) {
  Bench bench;
  put_topic(bench, "+message.type=FIFO,+queue.type=SimpleCQ");
  EXPECT_EQ(put_topic(bench, ""), kDone);
  EXPECT_EQ(put_topic(bench, "+message.type=DELAY,+reserve.time=-1"), kDone);
  EXPECT_EQ(shown_attributes(bench), R"({"message.type":"DELAY","queue.type":"SimpleCQ","reserve.time":"-1"})");
  EXPECT_EQ(put_topic(bench, "-message.type,"), kDone);
  EXPECT_EQ(shown_attributes(bench), R"({"queue.type":"SimpleCQ","reserve.time":"-1"})");
}

TEST(TopicAttributes, AreRefusedInJavasWords) {
  struct Case {
    const char* attributes;
    const char* remark;
  };
  const Case created[] = {
      {"junk", "1 delete attribute format is wrong: junk"},
      {"k=v", "1 add/alter attribute format is wrong: k"},
      {"+k=", "1 Index 1 out of bounds for length 1"},
      {"=", "1 Index 0 out of bounds for length 0"},
      {"+k=1,+k=2", "1 key duplication: +k"},
      {"+k=1,-k", "1 only add attribute is supported while creating topic. key: k"},
      {"-", "1 kv string format wrong."},
      {"+a+b=1", "1 kv string format wrong."},
      {"+nope=1", "1 unsupported key: nope"},
      {"+message.type=MIXED", "29 MIXED message type is not supported."},
      {"+message.type=fifo", "1 value is not in set: [UNSPECIFIED, MIXED, TRANSACTION, FIFO, DELAY, NORMAL]"},
      {"+reserve.time=soon", "1 For input string: \"soon\""},
      {"+reserve.time=-2", "1 value is not in range(-1, 9223372036854775807)"},
  };
  Bench bench;
  for (const Case& one : created) EXPECT_EQ(put_topic(bench, one.attributes), one.remark) << one.attributes;
  EXPECT_EQ(bench.broker.state().topics.find("Orders"), nullptr);
  EXPECT_EQ(put_topic(bench, "+queue.type=SimpleCQ"), kDone);
  const Case changed[] = {
      {"+queue.type=BatchCQ", "1 attempt to update an unchangeable attribute. key: queue.type"},
      {"-queue.type", "1 attempt to update an unchangeable attribute. key: queue.type"},
      {"-message.type", "1 attempt to delete a nonexistent key: message.type"},
      {"+queue.type=SimpleCQ,-queue.type", "1 alter duplication key. key: queue.type"},
      {"x-k", "1 kv string format wrong."},
  };
  for (const Case& one : changed) EXPECT_EQ(put_topic(bench, one.attributes), one.remark) << one.attributes;
  EXPECT_EQ(shown_attributes(bench), R"({"queue.type":"SimpleCQ"})");
}

TEST(TopicAttributes, MayBeMixedWhereThatIsSwitchedOn) {
  Bench bench;
  EXPECT_FALSE(bench.broker.set_config("enableMixedMessageType", "true", kSimEpoch));
  EXPECT_EQ(put_topic(bench, "+message.type=MIXED"), kDone);
}

TEST(TopicAttributes, AreNothingTo49) {
  Bench bench(kServer4);
  EXPECT_EQ(put_topic(bench, "junk"), kDone);
  EXPECT_FALSE(bench.broker.state().topics.find("Orders")->attributes);
}

}  // namespace admin_requests_test
}  // namespace rmqsim
