// What consoles and admin tools ask a broker about itself: GET_BROKER_RUNTIME_INFO (28), GET_CONSUMER_CONNECTION_LIST
// (203), GET_PRODUCER_CONNECTION_LIST (204), QUERY_TOPIC_CONSUME_BY_WHO (300), GET_TOPIC_CONFIG (351).
#include <map>
#include <set>
#include <string>

#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/consumer_bodies.h"

namespace rmqsim {
namespace {

std::string running_for(Duration elapsed) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(elapsed).count();
  return "[ " + std::to_string(seconds / 86400) + " days, " + std::to_string(seconds / 3600 % 24) + " hours, " +
         std::to_string(seconds / 60 % 60) + " minutes, " + std::to_string(seconds % 60) + " seconds ]";
}

ClientConnection connection_of(const ClientChannelInfo& client) {
  return {client.client_id, client.address, client.language, client.version};
}

/// Keys that not every release has.
void add_keys_of_release(std::map<std::string, std::string>& t, const ServerProfile& profile, std::size_t timers) {
  t[std::string(profile.transferred_tps_key)] = "0.0";
  if (profile.has_timers) {
    t["timerCongestNum"] = std::to_string(timers);
    t["timerReadBehind"] = t["timerOffsetBehind"] = "0";
    t["timerEnqueueTps"] = t["timerDequeueTps"] = "0.0";
  }
  if (!profile.runtime_info_has_added_queues) return;
  t["brokerActive"] = "true";
  for (const char* queue : {"litePullThreadPoolQueue", "ackThreadPoolQueue"}) {
    t[std::string(queue) + "Size"] = t[std::string(queue) + "HeadWaitTimeMills"] = "0";
    t[std::string(queue) + "Capacity"] = "100000";
  }
}

void process_runtime_info(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now,
                          Reply& reply) {
  const MessageStore& store = broker.store;
  const auto oldest = store.find(store.first_number());
  KVTable table;
  auto& t = table.table;
  add_keys_of_release(t, broker.profile(), broker.delayed.waiting());
  t["brokerVersion"] = std::to_string(broker.profile().version);
  t["brokerVersionDesc"] = broker.profile().version_desc;
  t["bootTimestamp"] = std::to_string(to_millis(broker.booted));
  t["runtime"] = running_for(now - broker.booted);
  t["commitLogMinOffset"] = std::to_string(oldest ? oldest->physical_offset : -1);
  t["commitLogMaxOffset"] = std::to_string(store.next_physical_offset());
  t["earliestMessageTimeStamp"] = std::to_string(oldest ? oldest->store_timestamp : -1);
  t["putMessageTimesTotal"] = t["msgPutTotalTodayNow"] = std::to_string(store.stored());
  t["msgPutTotalTodayMorning"] = t["msgPutTotalYesterdayMorning"] = "0";
  t["msgGetTotalTodayMorning"] = t["msgGetTotalYesterdayMorning"] = t["msgGetTotalTodayNow"] = "0";
  for (const char* rate : {"putTps", "getFoundTps", "getMissTps", "getTotalTps"}) t[rate] = "0.0";
  for (const char* queue : {"sendThreadPoolQueue", "pullThreadPoolQueue", "queryThreadPoolQueue"}) {
    t[std::string(queue) + "Size"] = t[std::string(queue) + "HeadWaitTimeMills"] = "0";
    t[std::string(queue) + "Capacity"] = "100000";
  }
  for (const char* zero :
       {"pageCacheLockTimeMills", "dispatchBehindBytes", "dispatchMaxBuffer", "getMessageEntireTimeMax",
        "putMessageEntireTimeMax", "putMessageFailedTimes", "EndTransactionQueueSize"}) {
    t[zero] = "0";
  }
  t["EndTransactionThreadPoolQueueCapacity"] = "100000";
  t["putLatency99"] = t["putLatency999"] = "0.00";
  t["putMessageDistributeTime"] = "null";
  t["remainHowManyDataToFlush"] = "0 B";
  t["remainTransientStoreBufferNumbs"] = "2147483647";
  t["commitLogDirCapacity"] = "Total : 0.0 B, Free : 0.0 B.";
  t["putMessageSizeTotal"] = std::to_string(store.bytes());
  t["putMessageAverageSize"] = "0.0";
  t["commitLogDiskRatio"] = t["consumeQueueDiskRatio"] = "0.0";
  t["startAcceptSendRequestTimeStamp"] = "0";
  // The fake's own: what retention has cost.
  t["fakeBrokerStoreBytes"] = std::to_string(store.bytes());
  t["fakeBrokerEvictedMessages"] = std::to_string(store.evicted());
  t["fakeBrokerHeldPulls"] = std::to_string(broker.held_pulls.size());
  answer(broker, request, reply).body = table.encode();
}

void process_consumer_connections(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                  Reply& reply) {
  const std::string name(request.ext_fields.get("consumerGroup"));
  RemotingCommand& response = answer(broker, request, reply);
  const ConsumerGroupInfo* const group = broker.consumers.find(name);
  if (group == nullptr) {
    response.code = ResponseCode::CONSUMER_NOT_ONLINE;
    response.remark = "the consumer group[" + name + "] not online";
    return;
  }
  ConsumerConnectionBody body;
  for (const auto& [connection, client] : group->clients) body.connection_set.push_back(connection_of(client));
  body.subscription_table.insert(group->subscriptions.begin(), group->subscriptions.end());
  body.consume_type = group->consume_type;
  body.message_model = group->message_model;
  body.consume_from_where = group->consume_from_where;
  response.body = body.encode();
}

void process_producer_connections(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                  Reply& reply) {
  const std::string name(request.ext_fields.get("producerGroup"));
  RemotingCommand& response = answer(broker, request, reply);
  ConsumerConnectionBody body;
  for (const ClientChannelInfo& client : broker.producers.clients(name)) {
    body.connection_set.push_back(connection_of(client));
  }
  if (body.connection_set.empty()) {
    response.code = ResponseCode::SYSTEM_ERROR;
    response.remark = "the producer group[" + name + "] not exist";
    return;
  }
  response.body = body.encode_connections();
}

void process_topic_consume_by_who(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                  Reply& reply) {
  const std::string_view topic = request.ext_fields.get("topic");
  std::set<std::string> groups;
  for (std::string& group : broker.consumers.groups_of_topic(topic)) groups.insert(std::move(group));
  for (std::string& group : broker.consumer_offsets.groups_of_topic(topic)) groups.insert(std::move(group));
  answer(broker, request, reply).body = encode_group_list({groups.begin(), groups.end()});
}

void process_topic_config(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  if (!request.ext_fields.contains("topic")) return answer_null_key(broker, request, reply);
  const std::string topic(request.ext_fields.get("topic"));
  RemotingCommand& response = answer(broker, request, reply);
  if (const TopicConfig* const config = broker.topics.find(topic)) {
    response.body = config->encode();
    return;
  }
  response.code = ResponseCode::TOPIC_NOT_EXIST;
  response.remark = "No topic in this broker. topic: " + topic;
}

}  // namespace

ProcessorRows admin_requests_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::GET_BROKER_RUNTIME_INFO, MQVersion::V4_9_8, process_runtime_info},
      {RequestCode::GET_CONSUMER_CONNECTION_LIST, MQVersion::V4_9_8, process_consumer_connections},
      {RequestCode::GET_PRODUCER_CONNECTION_LIST, MQVersion::V4_9_8, process_producer_connections},
      {RequestCode::QUERY_TOPIC_CONSUME_BY_WHO, MQVersion::V4_9_8, process_topic_consume_by_who},
      {RequestCode::GET_TOPIC_CONFIG, MQVersion::V5_0_0, process_topic_config},
  };
  return kRows;
}

}  // namespace rmqsim
