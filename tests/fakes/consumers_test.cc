// Consumers as a broker sees them: groups and their members, subscriptions, offsets, locks, lookups by key; and what
// each client family makes of a heartbeat.
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "producer/remoting/bodies/message_properties.h"
#include "tests/fakes/consumer_world.h"

namespace rmqsim {
namespace consumers_test {

SendBuilder message(const std::string& key, const std::string& more = {}) {
  SendBuilder b;
  b.properties = "UNIQ_KEY\x01" + key + "\x02" + more;
  return b;
}

std::size_t notices(const RawClient& client, const std::string& group) {
  std::size_t n = 0;
  for (const RemotingCommand& c : client.received) {
    n += c.code == RequestCode::NOTIFY_CONSUMER_IDS_CHANGED && !c.is_response() && c.is_oneway() &&
                 c.ext_fields.get("consumerGroup") == group
             ? 1
             : 0;
  }
  return n;
}

TEST(ConsumerGroups, AHeartbeatTellsTheGroupBeforeItIsAnswered) {
  ConsumerWorld w;
  auto one = w.connect(), two = w.connect();
  w.ask(*one, consumer_heartbeat("c1", "CG"));
  ASSERT_EQ(one->received.size(), 2u);
  EXPECT_EQ(one->received[0].code, RequestCode::NOTIFY_CONSUMER_IDS_CHANGED);
  EXPECT_TRUE(one->received[1].is_response());
  w.ask(*two, consumer_heartbeat("c2", "CG"));
  EXPECT_EQ(notices(*one, "CG"), 2u);
  EXPECT_EQ(notices(*two, "CG"), 1u);
  w.ask(*two, consumer_heartbeat("c2", "CG"));
  EXPECT_EQ(notices(*one, "CG"), 2u) << "nothing changed";
  w.ask(*one, request_of(RequestCode::GET_CONSUMER_LIST_BY_GROUP, {{"consumerGroup", "CG"}}));
  ConsumerIdList list;
  ASSERT_FALSE(ConsumerIdList::decode(w.answer(*one, 200)->body, list));
  EXPECT_EQ(list.consumer_id_list, (std::vector<std::string>{"c1", "c2"}));
}

TEST(ConsumerGroups, WhoStaysIsToldWhenAMemberLeaves) {
  ConsumerWorld w;
  auto one = w.connect(), two = w.connect(), three = w.connect();
  w.ask(*one, consumer_heartbeat("c1", "CG"));
  w.ask(*two, consumer_heartbeat("c2", "CG"));
  w.ask(*three, consumer_heartbeat("c3", "CG"));
  const std::size_t before = notices(*one, "CG");
  w.ask(*two, request_of(RequestCode::UNREGISTER_CLIENT,
                         {{"clientID", "c2"}, {"producerGroup", ""}, {"consumerGroup", "CG"}}));
  EXPECT_EQ(w.answer(*two, 200)->code, ResponseCode::SUCCESS);
  EXPECT_EQ(notices(*one, "CG"), before + 1);
  three.reset();
  w.run(5);
  EXPECT_EQ(notices(*one, "CG"), before + 2);
  one.reset();
  w.run(5);
  EXPECT_EQ(w.broker->broker().state().consumers.find("CG"), nullptr);
}

TEST(ConsumerGroups, ASilentMemberIsForgottenAfterTwoMinutes) {
  ConsumerManager consumers;
  ConsumerData consumer;
  consumer.group_name = "CG";
  const TimePoint start(millis(1'000'000));
  EXPECT_TRUE(consumers.register_consumer(consumer, {1, "c1", LanguageCode::JAVA, 479, "", start}, true));
  const TimePoint later = start + std::chrono::seconds(119);
  EXPECT_TRUE(consumers.register_consumer(consumer, {2, "c2", LanguageCode::JAVA, 479, "", later}, true));
  EXPECT_TRUE(consumers.expire(later).empty());
  EXPECT_EQ(consumers.expire(start + std::chrono::seconds(130)), std::vector<std::string>{"CG"});
  EXPECT_EQ(consumers.find("CG")->clients.size(), 1u);
  EXPECT_TRUE(consumers.expire(start + std::chrono::seconds(250)).empty()) << "nobody is left to be told";
  EXPECT_EQ(consumers.find("CG"), nullptr);
}

TEST(ConsumerGroups, GetARetryTopicThatNameserversLearn) {
  ConsumerWorld w;
  auto one = w.connect();
  w.ask(*one, consumer_heartbeat("c1", "CG"));
  w.run(10);
  EXPECT_TRUE(w.namesrv->routes().route("%RETRY%CG").has_value());
}

TEST(ConsumerGroups, CppSendsOrdinalsAndTextVersionsAndOmitsEmptyArrays) {
  ConsumerWorld w;
  auto one = w.connect();
  w.ask(*one, request_of(RequestCode::HEART_BEAT, {},
                         R"({"clientID":"cpp","consumerDataSet":[{"groupName":"CG","consumeType":1,"messageModel":1,)"
                         R"("consumeFromWhere":4,"subscriptionDataSet":[{"topic":"TopicTest","subString":"TagA",)"
                         R"("subVersion":"1700000000000","tagsSet":["TagA"],"codeSet":["2598919"]}]}]})"));
  ASSERT_EQ(w.answer(*one, 200)->code, ResponseCode::SUCCESS);
  const ConsumerGroupInfo* group = w.broker->broker().state().consumers.find("CG");
  ASSERT_NE(group, nullptr);
  EXPECT_EQ(group->consume_type, ConsumeType::CONSUME_PASSIVELY);
  EXPECT_EQ(group->consume_from_where, ConsumeFromWhere::CONSUME_FROM_FIRST_OFFSET);
  EXPECT_EQ(group->subscriptions.at("TopicTest").sub_version, 1700000000000);
  EXPECT_TRUE(TagFilter::of(group->subscriptions.at("TopicTest")).matches(2598919));
}

TEST(ConsumerGroups, AHeartbeatWithoutSubscriptionsKeepsThem) {
  ConsumerWorld w;
  auto one = w.connect();
  RemotingCommand heartbeat = consumer_heartbeat("c1", "CG");
  HeartbeatData data;
  ASSERT_FALSE(HeartbeatData::decode(heartbeat.body, data));
  data.heartbeat_fingerprint = 77;
  data.without_sub = false;
  heartbeat.body = data.encode();
  w.ask(*one, heartbeat);
  EXPECT_EQ(w.answer(*one, 300)->ext_fields.get("IS_SUB_CHANGE"), "true");
  one->received.clear();
  data.without_sub = true;
  data.consumer_data_set[0].subscription_data_set.clear();
  heartbeat.body = data.encode();
  w.ask(*one, heartbeat);
  EXPECT_EQ(w.answer(*one, 300)->ext_fields.get("IS_SUB_CHANGE"), "false");
  EXPECT_EQ(w.broker->broker().state().consumers.find("CG")->subscriptions.size(), 1u);
  data.without_sub = false;
  heartbeat.body = data.encode();
  w.ask(*one, heartbeat);
  EXPECT_TRUE(w.broker->broker().state().consumers.find("CG")->subscriptions.empty());
}

TEST(ConsumerGroups, AClientIdThatIsNoneIsRefusedAndLongNamesGetNoPlace) {
  ConsumerWorld w;
  auto client = w.connect();
  w.ask(*client, consumer_heartbeat(std::string(10'000, 'c'), "CG"));
  EXPECT_EQ(w.answer(*client, 300)->code, ResponseCode::SYSTEM_ERROR);
  EXPECT_EQ(w.broker->broker().state().consumers.find("CG"), nullptr);
  w.ask(*client, consumer_heartbeat("c1", std::string(300, 'G'), "TopicTest", "*", 301));
  EXPECT_EQ(w.answer(*client, 301)->code, ResponseCode::SUCCESS);
  EXPECT_EQ(w.broker->broker().state().consumers.find(std::string(300, 'G')), nullptr);
  RebalanceLockManager locks;
  EXPECT_TRUE(locks.try_lock("G", {{std::string(300, 'T'), "b", 0}}, "c", TimePoint{}).empty());
  EXPECT_TRUE(locks.try_lock(std::string(300, 'G'), {{"T", "b", 0}}, "c", TimePoint{}).empty());
}

TEST(ConsumerGroups, HostileHeartbeatsStayWithinTheBounds) {
  ConsumerManager consumers;
  ConsumerData consumer;
  SubscriptionData subscription;
  subscription.sub_string = std::string(1024 * 1024, 'x');
  std::size_t kept = 0;
  for (int i = 0; i < 100; ++i) {
    consumer.group_name = "G" + std::to_string(i);
    subscription.topic = "T";
    consumer.subscription_data_set = {subscription};
    consumers.register_consumer(consumer, {1, "c", LanguageCode::JAVA, 479, "", TimePoint{}}, true);
    kept += consumers.find(consumer.group_name)->subscriptions.size();
  }
  EXPECT_LT(kept, 65u);
}

TEST(Pulls, FilterByTheSubscriptionOfTheHeartbeat) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  for (const char* tag : {"TagA", "TagB", "TagA"}) {
    w.ask(*producer, message(tag, std::string("TAGS\x01") + tag + "\x02").build());
  }
  w.ask(*consumer, consumer_heartbeat("c1", "CG", "TopicTest", "TagA"));
  PullBuilder pull;
  pull.sys_flag = PullSysFlag::SUSPEND;
  w.ask(*consumer, pull.build());
  const RemotingCommand* answer = w.answer(*consumer, 100);
  ASSERT_NE(answer, nullptr);
  EXPECT_EQ(records_of(*answer).size(), 2u);
  EXPECT_EQ(answer->ext_fields.get("nextBeginOffset"), "3");
}

TEST(Pulls, ReturnAtMostTheCountAndTheBytesAskedForButAlwaysOneMessage) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  SendBuilder big = message("K");
  big.body = std::string(200'000, 'x');
  for (int i = 0; i < 3; ++i) w.ask(*producer, big.build());
  w.ask(*consumer, PullBuilder{}.build());
  EXPECT_EQ(records_of(*w.answer(*consumer, 100)).size(), 1u) << "256 KiB";
  RemotingCommand small = PullBuilder{}.build();
  small.opaque = 101;
  small.ext().set("maxMsgBytes", "10");
  w.ask(*consumer, small);
  EXPECT_EQ(records_of(*w.answer(*consumer, 101)).size(), 1u);
  for (int i = 0; i < 40; ++i) {
    SendBuilder b = message("S");
    b.queue_id = 1;
    w.ask(*producer, b.build());
  }
  PullBuilder many;
  many.queue_id = 1;
  many.max_nums = 1000;
  many.opaque = 102;
  w.ask(*consumer, many.build());
  EXPECT_EQ(records_of(*w.answer(*consumer, 102)).size(), 32u);
}

TEST(Pulls, SeeOnlyWhatRetentionHasLeft) {
  FakeBrokerServerOptions options;
  options.broker.max_store_bytes = 50'000;
  ConsumerWorld w(options);
  auto consumer = w.connect(), producer = w.connect();
  SendBuilder big = message("K");
  big.body = std::string(10'000, 'x');
  for (int i = 0; i < 10; ++i) w.ask(*producer, big.build());
  EXPECT_EQ(w.store().evicted(), 6u);
  PullBuilder pull;
  w.ask(*consumer, pull.build());
  const RemotingCommand* answer = w.answer(*consumer, 100);
  EXPECT_EQ(answer->code, ResponseCode::PULL_OFFSET_MOVED);
  EXPECT_EQ(answer->remark, "OFFSET_TOO_SMALL");
  EXPECT_EQ(answer->ext_fields.get("nextBeginOffset"), "6");
  EXPECT_EQ(answer->ext_fields.get("minOffset"), "6");
  EXPECT_EQ(answer->ext_fields.get("maxOffset"), "10");
  pull.offset = 6;
  pull.opaque = 101;
  w.ask(*consumer, pull.build());
  EXPECT_EQ(records_of(*w.answer(*consumer, 101)).at(0).queue_offset, 6);
}

TEST(Pulls, CommitTheOffsetThatTheyCarry) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  w.ask(*producer, message("K1").build());
  PullBuilder pull;
  pull.sys_flag |= PullSysFlag::COMMIT_OFFSET;
  pull.commit_offset = 1;
  w.ask(*consumer, pull.build());
  EXPECT_EQ(w.broker->broker().state().consumer_offsets.query_offset("CG", "TopicTest", 0), 1);
}

TEST(Pulls, ASlaveSendsConsumersToItsMaster) {
  FakeBrokerServerOptions options;
  options.broker.broker_id = 1;
  ConsumerWorld w(options);
  auto consumer = w.connect();
  w.ask(*consumer, PullBuilder{}.build());
  ASSERT_EQ(consumer->received.size(), 1u);
  EXPECT_EQ(consumer->received[0].code, ResponseCode::PULL_RETRY_IMMEDIATELY);
  EXPECT_EQ(consumer->received[0].ext_fields.get("suggestWhichBrokerId"), "0");
}

TEST(Pulls, FiltersOtherThanTagsAreRefused) {
  ConsumerWorld w;
  auto consumer = w.connect();
  RemotingCommand pull = PullBuilder{}.build();
  pull.ext().set("expressionType", "SQL92");
  w.ask(*consumer, pull);
  EXPECT_EQ(w.answer(*consumer, 100)->code, ResponseCode::SYSTEM_ERROR);
  EXPECT_EQ(w.answer(*consumer, 100)->remark, "The broker does not support consumer to filter message by SQL92");
  CheckClientRequestBody check;
  check.has_subscription = true;
  check.subscription_data.topic = "TopicTest";
  w.ask(*consumer, request_of(RequestCode::CHECK_CLIENT_CONFIG, {}, check.encode(), 201));
  EXPECT_EQ(w.answer(*consumer, 201)->code, ResponseCode::SUCCESS);
  check.subscription_data.expression_type = "SQL92";
  w.ask(*consumer, request_of(RequestCode::CHECK_CLIENT_CONFIG, {}, check.encode(), 202));
  EXPECT_EQ(w.answer(*consumer, 202)->code, ResponseCode::SYSTEM_ERROR);
}

TEST(Offsets, AreThoseCommittedOrZeroForANewGroupOrNotFound) {
  ConsumerWorld w;
  auto consumer = w.connect(), producer = w.connect();
  const auto query = [&](std::int32_t opaque) {
    w.ask(*consumer, request_of(RequestCode::QUERY_CONSUMER_OFFSET,
                                {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}}, {}, opaque));
    return *w.answer(*consumer, opaque);
  };
  EXPECT_EQ(query(1).code, ResponseCode::QUERY_NOT_FOUND) << "an empty queue";
  w.ask(*producer, message("K1").build());
  EXPECT_EQ(query(2).ext_fields.get("offset"), "0") << "nothing of the queue is gone";
  const auto commit =
      request_of(RequestCode::UPDATE_CONSUMER_OFFSET,
                 {{"consumerGroup", "CG"}, {"topic", "TopicTest"}, {"queueId", "0"}, {"commitOffset", "1"}}, {}, 3);
  w.ask(*consumer, commit);
  EXPECT_EQ(w.answer(*consumer, 3)->code, ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST);
  w.ask(*consumer, consumer_heartbeat("c1", "CG"));
  RemotingCommand again = commit;
  again.opaque = 4;
  w.ask(*consumer, again);
  EXPECT_EQ(w.answer(*consumer, 4)->code, ResponseCode::SUCCESS);
  EXPECT_EQ(query(5).ext_fields.get("offset"), "1");
  under(w.runtime, [&] {
    w.broker->crash();
    w.broker->restart();
  });
  w.run(10);
  consumer = w.connect();
  EXPECT_EQ(query(6).ext_fields.get("offset"), "1") << "offsets are in a file";
}

TEST(Offsets, AreFoundByTime) {
  MessageStore store;
  NewMessage m;
  m.topic = "T";
  for (const std::int64_t time : {100, 200, 200, 300}) {
    m.store_timestamp = time;
    store.append(m);
  }
  using Boundary = MessageStore::Boundary;
  EXPECT_EQ(store.search_offset("T", 0, 50), 0);
  EXPECT_EQ(store.search_offset("T", 0, 200), 1);
  EXPECT_EQ(store.search_offset("T", 0, 250), 3);
  EXPECT_EQ(store.search_offset("T", 0, 400), 4);
  EXPECT_EQ(store.search_offset("T", 0, 50, Boundary::upper), 0);
  EXPECT_EQ(store.search_offset("T", 0, 200, Boundary::upper), 2);
  EXPECT_EQ(store.search_offset("T", 0, 400, Boundary::upper), 3);
  EXPECT_EQ(store.search_offset("T", 0, 210, Boundary::nearest), 2);
  EXPECT_EQ(store.search_offset("T", 0, 290, Boundary::nearest), 3);
  EXPECT_EQ(store.search_offset("T", 0, 400, Boundary::nearest), 3);
  EXPECT_EQ(store.search_offset("T", 9, 400), 0);
}

TEST(Locks, BelongToOneClientUntilTheyAreGivenBackOrExpire) {
  RebalanceLockManager locks;
  const std::vector<QueueOfBroker> queues = {{"T", "broker-a", 0}, {"T", "broker-a", 1}};
  const TimePoint start(millis(1'000'000));
  EXPECT_EQ(locks.try_lock("G", queues, "c1", start).size(), 2u);
  EXPECT_EQ(locks.try_lock("G", queues, "c1", start).size(), 2u);
  EXPECT_TRUE(locks.try_lock("G", queues, "c2", start + std::chrono::seconds(60)).empty());
  EXPECT_EQ(locks.try_lock("other", queues, "c2", start).size(), 2u);
  locks.unlock("G", {queues[0]}, "c2");
  EXPECT_TRUE(locks.try_lock("G", queues, "c2", start).empty()) << "only the holder can give it back";
  locks.unlock("G", {queues[0]}, "c1");
  EXPECT_EQ(locks.try_lock("G", queues, "c2", start), std::vector<QueueOfBroker>{queues[0]});
  EXPECT_EQ(locks.try_lock("G", queues, "c2", start + std::chrono::seconds(61)).size(), 2u);
}

TEST(Lookups, FindMessagesByKeyAndByUniqKey) {
  ConsumerWorld w;
  auto client = w.connect();
  w.ask(*client, message("U1", "KEYS\x01order-1 order-2\x02").build());
  w.ask(*client, message("U2", "KEYS\x01order-2\x02").build());
  const auto query = [&](const std::string& key, const char* unique, std::int32_t opaque) {
    w.ask(*client, request_of(RequestCode::QUERY_MESSAGE,
                              {{"topic", "TopicTest"},
                               {"key", key},
                               {"maxNum", "10"},
                               {"beginTimestamp", "0"},
                               {"endTimestamp", "9223372036854775807"},
                               {"_UNIQUE_KEY_QUERY", unique}},
                              {}, opaque));
    return *w.answer(*client, opaque);
  };
  EXPECT_EQ(records_of(query("order-1", "false", 1)).size(), 1u);
  EXPECT_EQ(records_of(query("order-2", "false", 2)).size(), 2u);
  EXPECT_EQ(property(records_of(query("U2", "true", 3)).at(0), "UNIQ_KEY"), "U2");
  EXPECT_EQ(query("order", "false", 4).code, ResponseCode::QUERY_NOT_FOUND);
}

}  // namespace consumers_test
}  // namespace rmqsim
