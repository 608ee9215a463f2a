// HEART_BEAT and UNREGISTER_CLIENT (wire §2.3): who can be reached for checks and replies, and who consumes
// what.
#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/heartbeat_data.h"
#include "producer/remoting/headers/broker_headers.h"

namespace rmqsim {

namespace {

/// A heartbeat above this is taken for garbage: a real one has a few hundred bytes.
constexpr std::size_t kMaxBody = 1024 * 1024;
/// So is a client id above this: it is kept once per group. Groups with longer names are not kept.
constexpr std::size_t kMaxClientId = 4096;
constexpr std::size_t kMaxGroupName = 255;

/// The consumer part of a heartbeat. True when the fingerprint of a v2 heartbeat is not the one known.
bool register_consumers(BrokerState& broker, const HeartbeatData& heartbeat, const ClientChannelInfo& client,
                        TimePoint now) {
  const std::int32_t fingerprint = heartbeat.heartbeat_fingerprint.value_or(0);
  const bool v2 = broker.profile().has_heartbeat_v2 && fingerprint != 0;
  const bool with_subscriptions = !v2 || !heartbeat.without_sub.value_or(false);
  bool changed = false;
  for (const ConsumerData& consumer : heartbeat.consumer_data_set) {
    const std::string& group = consumer.group_name;
    const SubscriptionGroupConfig* const config =
        broker.subscription_groups.find_or_create(group, broker.config.auto_create_subscription_group, now);
    if (config == nullptr) continue;
    find_or_create_group_topic(broker, std::string(kRetryGroupTopicPrefix) + group, now, config->retry_queue_nums);
    if (broker.consumers.register_consumer(consumer, client, with_subscriptions) &&
        config->notify_consumer_ids_changed_enable) {
      notify_consumers(broker, group);
    }
    if (v2 && broker.consumers.take_fingerprint(group, fingerprint)) changed = true;
  }
  for (const std::string& group : broker.consumers.expire(now)) notify_consumers(broker, group);
  return !v2 || changed;
}

void process_heart_beat(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                        Reply& reply) {
  if (request.body.empty()) {
    answer_null_pointer(broker, request,
                        "Cannot invoke \"org.apache.rocketmq.remoting.protocol.heartbeat.HeartbeatData.getClientID()\"",
                        "\"<local4>\"",
                        "org.apache.rocketmq.broker.processor.ClientManageProcessor.heartBeat("
                        "ClientManageProcessor.java:83)",
                        reply);
    return;
  }
  HeartbeatData heartbeat;
  if (request.body.size() > kMaxBody || HeartbeatData::decode(request.body, heartbeat) ||
      heartbeat.client_id.size() > kMaxClientId) {
    answer_exception(broker, request,
                     "com.alibaba.fastjson.JSONException: syntax error, "
                     "com.alibaba.fastjson.parser.JSONLexerBase.nextTokenWithChar(JSONLexerBase.java:398)",
                     reply);
    return;
  }
  if (heartbeat.client_id.empty() && !(heartbeat.producer_data_set.empty() && heartbeat.consumer_data_set.empty())) {
    answer_exception(broker, request,
                     "java.lang.NullPointerException, "
                     "java.base/java.util.concurrent.ConcurrentHashMap.putVal(ConcurrentHashMap.java:1011)",
                     reply);
    return;
  }
  const ClientChannelInfo client{peer.connection, heartbeat.client_id,       request.language,
                                 request.version, std::string(peer.address), now};
  for (const ProducerData& producer : heartbeat.producer_data_set) {
    if (producer.group_name.size() > kMaxGroupName) continue;
    broker.producers.register_producer(producer.group_name, client);
  }
  const bool subscriptions_changed = register_consumers(broker, heartbeat, client, now);
  RemotingCommand& response = answer(broker, request, reply);
  if (broker.profile().has_heartbeat_v2) {
    response.ext().append("IS_SUPPORT_HEART_BEAT_V2", "true");
    response.ext().append("IS_SUB_CHANGE", subscriptions_changed ? "true" : "false");
  }
}

void process_unregister_client(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint,
                               Reply& reply) {
  const auto header = UnregisterClientRequestHeader::from_ext(request.ext_fields);
  if (header.producer_group) broker.producers.unregister_producer(*header.producer_group, peer.connection);
  if (header.consumer_group && broker.consumers.unregister_consumer(*header.consumer_group, peer.connection)) {
    const SubscriptionGroupConfig* const config = broker.subscription_groups.find(*header.consumer_group);
    if (config == nullptr || config->notify_consumer_ids_changed_enable) {
      notify_consumers(broker, *header.consumer_group);
    }
  }
  answer(broker, request, reply).ext();
}

}  // namespace

ProcessorRows heart_beat_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::HEART_BEAT, MQVersion::V4_9_8, process_heart_beat},
      {RequestCode::UNREGISTER_CLIENT, MQVersion::V4_9_8, process_unregister_client},
  };
  return kRows;
}

}  // namespace rmqsim
