// One function per kind of request.
#include "tests/fakes/recorded_reads.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "fake_broker/fake_broker.h"
#include "producer/remoting/headers/consumer_headers.h"

namespace rmqsim {
namespace recorded_reads {

using json = nlohmann::json;

void store(FakeBroker& broker, std::string_view topic, std::int32_t queue, std::string_view properties,
           std::int64_t time, std::string_view body = "body") {
  NewMessage m;
  m.topic = topic;
  m.queue_id = queue;
  m.born_host = "127.0.0.1:50000";
  m.properties = properties;
  m.body = body;
  m.born_timestamp = m.store_timestamp = time;
  broker.state().store.append(m);
}

std::int64_t recorded_int(const json& recorded, const char* field, std::int64_t otherwise) {
  if (!recorded.is_object() || !recorded.contains("extFields") || !recorded["extFields"].contains(field)) {
    return otherwise;
  }
  return std::stoll(recorded["extFields"][field].get<std::string>());
}

void prepare_pull(FakeBroker& broker, const RemotingCommand& request, const json& recorded, TimePoint now) {
  const auto header = PullMessageRequestHeader::from_ext(request.ext_fields);
  const std::string topic = header.topic.value_or("");
  const std::int32_t code = recorded.is_object() ? recorded["code"].get<std::int32_t>() : 0;
  if (code == ResponseCode::NO_PERMISSION) broker.put_topic(topic, 4, 2, now);
  if (topic == "GoldCons" || topic.rfind("%RETRY%", 0) == 0) broker.put_topic(topic, 4, 6, now);
  if (topic == "GoldPull") broker.put_topic(topic, 2, 6, now);
  const std::int64_t messages = recorded_int(recorded, "maxOffset", 0);
  for (std::int64_t i = 0; i < messages; ++i) {
    store(broker, topic, *header.queue_id, i < 5 ? "TAGS\x01TagA\x02" : "TAGS\x01TagB\x02", to_millis(now) + i);
  }
  if (!header.consumer_group || code == ResponseCode::SUBSCRIPTION_NOT_EXIST) return;
  ConsumerData consumer;
  consumer.group_name = *header.consumer_group;
  SubscriptionData subscription;
  subscription.topic = topic;
  subscription.sub_string = "*";
  subscription.sub_version = header.sub_version.value_or(0) - (code == ResponseCode::SUBSCRIPTION_NOT_LATEST ? 1 : 0);
  consumer.subscription_data_set.push_back(subscription);
  broker.state().consumers.register_consumer(consumer, {1, "client", LanguageCode::JAVA, 479, "", now}, true);
}

void prepare_query(FakeBroker& broker, const RemotingCommand& request, TimePoint now) {
  const auto header = QueryMessageRequestHeader::from_ext(request.ext_fields);
  const bool unique = request.ext_fields.get_bool("_UNIQUE_KEY_QUERY");
  const std::string key = *header.key;
  store(broker, *header.topic, 0, unique ? "UNIQ_KEY\x01" + key + "\x02" : "KEYS\x01other " + key + "\x02",
        std::min(std::max(to_millis(now), *header.begin_timestamp), *header.end_timestamp));
}

/// Puts a record at a physical offset.
void prepare_view(FakeBroker& broker, std::int64_t offset, TimePoint now) {
  if (offset > MessageStore::kRecordOverhead) {
    const std::string filler(static_cast<std::size_t>(offset - MessageStore::kRecordOverhead - 1), 'x');
    store(broker, "x", 0, "", to_millis(now), filler);
  }
  store(broker, "GoldTopic", 0, "", to_millis(now));
}

void prepare_group(FakeBroker& broker, const std::string& group, TimePoint now) {
  ConsumerData consumer;
  consumer.group_name = group;
  SubscriptionData subscription;
  subscription.topic = "GoldTopic";
  consumer.subscription_data_set.push_back(subscription);
  broker.state().consumers.register_consumer(consumer, {1, "192.0.2.2@rrc", LanguageCode::JAVA, 479, "", now}, true);
}

}  // namespace recorded_reads

void prepare_reads(FakeBroker& broker, const RemotingCommand& request, const nlohmann::json& recorded,
                   std::string_view title, TimePoint now) {
  using namespace recorded_reads;
  const std::int32_t code = recorded.is_object() ? recorded["code"].get<std::int32_t>() : 0;
  const ExtFields& ext = request.ext_fields;
  switch (request.code) {
    case RequestCode::PULL_MESSAGE:
    case RequestCode::LITE_PULL_MESSAGE:
      return prepare_pull(broker, request, recorded, now);
    case RequestCode::QUERY_MESSAGE:
      if (code == ResponseCode::SUCCESS) prepare_query(broker, request, now);
      return;
    case RequestCode::QUERY_CONSUMER_OFFSET:
      if (code == ResponseCode::SUCCESS) {
        store(broker, ext.get("topic"), static_cast<std::int32_t>(*ext.find_int("queueId")), "", to_millis(now));
      }
      return;
    case RequestCode::UPDATE_CONSUMER_OFFSET:
      if (code != ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST) {
        broker.state().subscription_groups.put(ext.get("consumerGroup"));
      }
      return;
    case RequestCode::VIEW_MESSAGE_BY_ID:
      if (title == "view_not_found") return;
      return prepare_view(broker, title == "view_misaligned" ? 0 : *ext.find_int("offset"), now);
    case RequestCode::CONSUMER_SEND_MSG_BACK:
      return prepare_view(broker, 0, now);
    case RequestCode::GET_CONSUMER_LIST_BY_GROUP:
      if (code == ResponseCode::SUCCESS) prepare_group(broker, std::string(ext.get("consumerGroup")), now);
      return;
    case RequestCode::LOCK_BATCH_MQ:
      if (title == "lock_batch_other_client") {
        LockBatchRequestBody body;
        ASSERT_FALSE(LockBatchRequestBody::decode(request.body, body));
        broker.state().locks.try_lock(body.consumer_group, body.mq_set, "raw@1", now);
      }
      return;
    case RequestCode::QUERY_TOPIC_CONSUME_BY_WHO:
      return prepare_group(broker, "g_cons", now);
    default:
      return;
  }
}

void process_to_the_end(FakeBroker& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                        Reply& reply) {
  broker.process(request, peer, now, reply);
  if (reply.held == 0) return;
  const std::uint64_t number = reply.held;
  ASSERT_FALSE(reply.has_response);
  const TimePoint due = *broker.next_due();
  EXPECT_GE(due - now, millis(request.ext_fields.find_int("suspendTimeoutMillis").value_or(0)));
  broker.run_due(due);
  ASSERT_EQ(broker.outbox()->woken, std::vector<std::uint64_t>{number});
  reply.clear();
  broker.resume(number, due, reply);
}

}  // namespace rmqsim
