// Message trace: the text form, against what Java clients wrote, and what a traced producer sends and when.
#include "producer/client/trace/async_trace_dispatcher.h"

#include <gmock/gmock.h>

#include "producer/remoting/bodies/message_keys.h"
#include "tests/producer/recorded_cluster.h"

namespace rmqsim {
namespace trace_test {

using ::testing::ElementsAre;
using test_support::Counting;
using test_support::java_498;

// The body of a recorded trace message of Java 5.3.3.
const std::string kRecorded =
    "Pub\x01""1795357905116\x01""DefaultRegion\x01g_trace\x01goldTopic\x01""FD0000000000000000000000000000025CCA5FFD2B276F43A8DA0000\x01TagA\x01ktr\x01""127.0.0.1:41911\x01""6\x01""35\x01""0\x01""7F00000100003B7000000000000002DC\x01true\x02"
    "Pub\x01""1795357905162\x01""DefaultRegion\x01g_trace\x01goldTopic\x01""FD0000000000000000000000000000025CCA5FFD2B276F43A90A0002\x01TagA\x01ktr2\x01""127.0.0.1:41911\x01""7\x01""8\x01""0\x01""7F00000100003B7000000000000002EF\x01true\x02";

TEST(TraceData, ReadsAndWritesWhatJavaWrites) {
  const auto records = decode_traces(kRecorded);
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].timestamp, 1795357905116);
  EXPECT_EQ(records[0].group, "g_trace");
  EXPECT_EQ(records[0].body_length, 6);
  EXPECT_EQ(records[0].cost_time, 35);
  EXPECT_TRUE(records[0].success);
  EXPECT_THAT(trace_keys(records[1]), ElementsAre("ktr2", "FD0000000000000000000000000000025CCA5FFD2B276F43A90A0002"));
  std::string again;
  for (const TraceRecord& record : records) encode_trace(record, again);
  EXPECT_EQ(again, kRecorded);
}

TEST(TraceData, KeysAreInTheOrderOfAHashSet) {
  TraceRecord record;
  record.msg_id = "c";
  record.keys = "zz b a b";
  EXPECT_THAT(trace_keys(record), ElementsAre("zz", "a", "b", "c"));
  std::vector<std::string> of_both;
  for (const TraceRecord& one : decode_traces(kRecorded)) {
    for (std::string& key : trace_keys(one)) of_both.push_back(std::move(key));
  }
  // The recorded message's KEYS.
  EXPECT_THAT(gathered_keys(of_both), ElementsAre("FD0000000000000000000000000000025CCA5FFD2B276F43A8DA0000", "ktr",
                                                  "ktr2", "FD0000000000000000000000000000025CCA5FFD2B276F43A90A0002"));
}

TEST(TraceData, WritesNullForWhatIsAbsent) {
  TraceRecord record;
  std::string text;
  encode_trace(record, text);
  EXPECT_EQ(text, std::string("Pub\x01""0\x01\x01\x01\x01null\x01null\x01null\x01\x01""0\x01""0\x01""0\x01null\x01""false\x02"));
  EXPECT_THAT(decode_traces(text), ElementsAre(record));
}

TEST(TraceData, WritesTheEndOfATransaction) {
  TraceRecord record;
  record.type = TraceType::EndTransaction;
  record.timestamp = 5;
  record.msg_type = MessageType::Trans_msg_Commit;
  record.transaction_id = "tx";
  record.transaction_state = "COMMIT_MESSAGE";
  record.from_transaction_check = true;
  std::string text;
  encode_trace(record, text);
  EXPECT_TRUE(text.ends_with("\x01""2\x01tx\x01""COMMIT_MESSAGE\x01true\x02"));
  EXPECT_THAT(decode_traces(text), ElementsAre(record));
}

TEST(TraceData, LeavesOutWhatItCannotRead) {
  for (const char* text : {"", "\x02\x02", "Pub\x01", "Pub", "SubBefore\x01""1\x02", "\x01\x01\x01"}) {
    EXPECT_TRUE(decode_traces(text).empty()) << text;
  }
  std::string spoilt = kRecorded;
  spoilt.replace(4, 5, "later");
  EXPECT_EQ(decode_traces(spoilt).size(), 1u);
}

class Trace : public test_support::RecordedCluster {
 protected:
  std::unique_ptr<DefaultMQProducer> traced(const Profile& profile, std::string topic = {}) {
    auto producer = make(profile);
    producer->setEnableTrace(true);
    producer->setTraceTopic(std::move(topic));
    producer->start();
    return producer;
  }
  std::vector<TraceRecord> traces(std::string_view topic = kDefaultTraceTopic) const {
    std::vector<TraceRecord> all;
    for (const StoredRecord& record : stored(topic)) {
      for (TraceRecord& trace : decode_traces(record.body)) all.push_back(std::move(trace));
    }
    return all;
  }
};

TEST_F(Trace, TellsWhatWasSentWhereAndWithWhatSuccess) {
  start({}, {"T", "RMQ_SYS_TRACE_TOPIC"});
  auto producer = traced(default_profile());
  Message message("T", "TagA", "k1 k2", "hello");
  const SendResult result = producer->send(message);
  EXPECT_TRUE(traces().empty());
  producer->shutdown();
  const auto all = traces();
  ASSERT_EQ(all.size(), 1u);
  EXPECT_EQ(all[0].group, "g");
  EXPECT_EQ(all[0].topic, "T");
  EXPECT_EQ(all[0].msg_id, result.getMsgId());
  EXPECT_EQ(all[0].offset_msg_id, result.getOffsetMsgId());
  EXPECT_EQ(all[0].tags, "TagA");
  EXPECT_EQ(all[0].keys, "k1 k2");
  EXPECT_EQ(all[0].body_length, 5);
  EXPECT_EQ(all[0].region_id, "DefaultRegion");
  EXPECT_TRUE(all[0].success);
  const auto record = stored(kDefaultTraceTopic).front();
  Message expected;
  expected.setKeys(gathered_keys(std::vector<std::string>{result.getMsgId(), "k1", "k2"}));
  EXPECT_EQ(find_property(record.properties, "KEYS"), expected.getKeys());
}

TEST_F(Trace, IsSentByAProducerOfItsOwnWithANumberedGroup) {
  start({}, {"T", "RMQ_SYS_TRACE_TOPIC"});
  auto one = traced(default_profile());
  auto dispatcher = one->impl()->trace_dispatcher();
  ASSERT_NE(dispatcher, nullptr);
  ASSERT_NE(dispatcher->trace_producer(), nullptr);
  EXPECT_EQ(dispatcher->trace_producer()->config().getInstanceName(),
            "PID_CLIENT_INNER_TRACE_PRODUCER_" + namesrv_->address());
  one->send(Message("T", "x"));
  one->shutdown();
  EXPECT_EQ(traces().size(), 1u);
}

TEST_F(Trace, LeavesInBatchesIn533) {
  start({}, {"T", "RMQ_SYS_TRACE_TOPIC"});
  auto producer = traced(default_profile());
  for (int i = 0; i < 25; ++i) producer->send(Message("T", "x"));
  runtime_.run_for(millis(100));
  EXPECT_EQ(traces().size(), 20u);
  EXPECT_EQ(stored(kDefaultTraceTopic).size(), 2u);
  runtime_.run_for(millis(4800));
  EXPECT_EQ(traces().size(), 20u);
  runtime_.run_for(millis(300));
  EXPECT_EQ(traces().size(), 25u);
  producer->shutdown();
}

TEST_F(Trace, LeavesHalfASecondAfterTheFirstIn498) {
  start({}, {"T", "RMQ_SYS_TRACE_TOPIC"});
  auto producer = traced(java_498());
  for (int i = 0; i < 25; ++i) producer->send(Message("T", "x"));
  runtime_.run_for(millis(450));
  EXPECT_TRUE(traces().empty());
  runtime_.run_for(millis(200));
  EXPECT_EQ(traces().size(), 25u);
  EXPECT_EQ(stored(kDefaultTraceTopic).size(), 1u);
  producer->shutdown();
}

TEST_F(Trace, IsSilentAboutFailuresOnewaySendsAndBrokersThatSwitchItOff) {
  start({answer("broker-a", ResponseCode::SYSTEM_ERROR)}, {"T", "Traces"});
  brokers_[1]->set_config("traceOn", "false");
  auto producer = traced(default_profile(), "Traces");
  Message refused("T", "x");
  EXPECT_THROW(producer->send(refused, MessageQueue("T", "broker-a", 0)), MQBrokerException);
  Message untold("T", "x");
  EXPECT_FALSE(producer->send(untold, MessageQueue("T", "broker-b", 0)).isTraceOn());
  producer->sendOneway(Message("T", "x"));
  producer->shutdown();
  EXPECT_TRUE(traces("Traces").empty());
}

TEST_F(Trace, GoesToATopicPerRegionInTheCloud) {
  start({}, {"T", "rmq_sys_TRACE_DATA_DefaultRegion"});
  auto producer = make();
  producer->setEnableTrace(true);
  producer->setAccessChannel(AccessChannel::CLOUD);
  producer->start();
  producer->send(Message("T", "x"));
  producer->shutdown();
  EXPECT_EQ(traces("rmq_sys_TRACE_DATA_DefaultRegion").size(), 1u);
}

TEST_F(Trace, OfAnAsyncSendIsWrittenOnce) {
  for (const Profile* profile : {&default_profile(), &java_498()}) {
    if (brokers_.empty()) start({}, {"T", "RMQ_SYS_TRACE_TOPIC"});
    const std::size_t before = traces().size();
    auto producer = traced(*profile);
    producer->send(Message("T", "x"), std::make_shared<Counting>());
    runtime_.run_for(millis(20));
    producer->shutdown();
    EXPECT_EQ(traces().size(), before + 1);
  }
}

TEST_F(Trace, BeyondTheQueueIsLost) {
  start({}, {"T", "RMQ_SYS_TRACE_TOPIC"});
  auto producer = traced(default_profile());
  auto* dispatcher = producer->impl()->trace_dispatcher();
  for (std::size_t i = 0; i < default_profile().trace_queue_capacity; ++i) EXPECT_TRUE(dispatcher->append({}));
  EXPECT_FALSE(dispatcher->append({}));
  EXPECT_EQ(dispatcher->discarded(), 1u);
}

TEST_F(Trace, ThatNobodyTakesHoldsNothingUp) {
  start();  // no trace topic, and none is made
  auto producer = traced(default_profile());
  producer->send(Message("T", "x"));
  producer->shutdown();
  EXPECT_EQ(producer->impl()->state(), ServiceState::SHUTDOWN_ALREADY);
}

TEST_F(Trace, IsSignedWhenTheProducerIs) {
  start({}, {"T", "RMQ_SYS_TRACE_TOPIC"}, [](BrokerConfig& config) { config.accounts = {Account{{"k", "s", {}}, {}}}; });
  struct Counter : RPCHook {
    void doBeforeRequest(const std::string&, RemotingCommand& request) override {
      traces += request.ext_fields.get("b") == kDefaultTraceTopic;
    }
    int traces = 0;
  };
  auto hook = std::make_shared<Counter>();
  auto producer = make(default_profile(), hook);
  producer->setEnableTrace(true);
  producer->start();
  EXPECT_THROW(producer->send(Message("T", "x")), MQClientException);
  producer->impl()->trace_dispatcher()->append({});
  producer->shutdown();
  EXPECT_GE(hook->traces, 1);
}

}  // namespace trace_test
}  // namespace rmqsim
