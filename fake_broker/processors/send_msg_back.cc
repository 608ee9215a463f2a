// CONSUMER_SEND_MSG_BACK (36): a message that a consumer could not handle is stored once more, for its group alone, to
// come again later or to lie in the dead letter queue (wire §2.6; texts observed-servers §3).
#include <algorithm>

#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/headers/consumer_headers.h"

namespace rmqsim {
namespace {

void refuse_back(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string remark,
                 Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = std::move(remark);
}

struct BackTo {
  std::int32_t level;  ///< < 0: the dead letter queue
  std::int32_t queue;  ///< of the retry topic
};

/// Stores a copy of `origin` for the group.
void store_copy(BrokerState& broker, const StoredRecord& origin, const std::string& group, BackTo to, TimePoint now) {
  const bool dead = to.level < 0;
  const std::string topic = std::string(dead ? kDlqGroupTopicPrefix : kRetryGroupTopicPrefix) + group;
  MessageProperties properties = MessageProperties::decode(origin.properties);
  if (!properties.contains(MessageConst::PROPERTY_RETRY_TOPIC)) {
    properties.set(MessageConst::PROPERTY_RETRY_TOPIC, origin.topic);
  }
  properties.set(MessageConst::PROPERTY_WAIT_STORE_MSG_OK, "false");
  if (!properties.contains(MessageConst::PROPERTY_ORIGIN_MESSAGE_ID)) {
    std::string id;
    broker.append_msg_id(origin.physical_offset, id);
    properties.set(MessageConst::PROPERTY_ORIGIN_MESSAGE_ID, id);
  }
  const std::vector<std::int64_t>& levels = broker.config.delay_levels;
  const std::int32_t clamped = std::min<std::int32_t>(to.level, static_cast<std::int32_t>(levels.size()));
  properties.set(MessageConst::PROPERTY_DELAY_TIME_LEVEL, std::to_string(dead ? 0 : clamped));
  if (!dead) {
    properties.set(MessageConst::PROPERTY_REAL_TOPIC, topic);
    properties.set(MessageConst::PROPERTY_REAL_QUEUE_ID, std::to_string(to.queue));
  }
  const std::string text = properties.encode(broker.profile().properties_end_with_separator);
  const std::string body(origin.body), born_host(origin.born_host);  // the origin may be evicted by its copy
  NewMessage message;
  message.topic = dead ? std::string_view(topic) : kScheduleTopic;
  message.queue_id = dead ? 0 : clamped - 1;
  message.flag = origin.flag;
  message.sys_flag = origin.sys_flag;
  message.born_timestamp = origin.born_timestamp;
  message.born_host = born_host;
  message.store_timestamp = to_millis(now);
  message.reconsume_times = origin.reconsume_times + 1;
  message.body = body;
  message.properties = text;
  const Appended appended = broker.store.append(message);
  if (dead) return;
  broker.delayed.add(to_millis(now) + levels[static_cast<std::size_t>(clamped - 1)], appended.number);
}

void missing_number(BrokerState& broker, const RemotingCommand& request, const std::string& what,
                    const std::string& getter, Reply& reply) {
  answer_null_pointer(broker, request, "Cannot invoke \"" + what + "\"",
                      "the return value of \"" + std::string(broker.profile().header_package) +
                          "ConsumerSendMsgBackRequestHeader." + getter + "\"",
                      "org.apache.rocketmq.broker.processor." + std::string(broker.profile().send_back_handler), reply);
}

void process_send_msg_back(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now,
                           Reply& reply) {
  const auto header = ConsumerSendMsgBackRequestHeader::from_ext(request.ext_fields);
  if (broker.is_slave() && broker.profile().has_acting_master) {  // its master would be in the same process
    return refuse_back(broker, request, ResponseCode::SYSTEM_ERROR,
                       "no master available along with " + broker.store_host.ip_to_string(), reply);
  }
  if (!header.group) return answer_null_key(broker, request, reply);
  const std::string& group = *header.group;
  const SubscriptionGroupConfig* const config =
      broker.subscription_groups.find_or_create(group, broker.config.auto_create_subscription_group, now);
  if (config == nullptr) {
    return refuse_back(broker, request, ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST,
                       with_faq(broker, "subscription group not exist, " + group + " "), reply);
  }
  if (!PermName::is_writeable(broker.config.broker_permission)) {
    return refuse_back(broker, request, ResponseCode::NO_PERMISSION,
                       "the broker[" + broker.store_host.ip_to_string() + "] sending message is forbidden", reply);
  }
  if (config->retry_queue_nums <= 0) {
    answer(broker, request, reply);
    return;
  }
  const std::string retry_topic = std::string(kRetryGroupTopicPrefix) + group;
  const TopicConfig* const topic = find_or_create_group_topic(broker, retry_topic, now, config->retry_queue_nums);
  if (topic == nullptr) {
    return refuse_back(broker, request, ResponseCode::SYSTEM_ERROR, "topic[" + retry_topic + "] not exist", reply);
  }
  if (!PermName::is_writeable(topic->perm)) {
    return refuse_back(broker, request, ResponseCode::NO_PERMISSION,
                       "the topic[" + retry_topic + "] sending message is forbidden", reply);
  }
  if (!header.offset) return missing_number(broker, request, "java.lang.Long.longValue()", "getOffset()", reply);
  const auto origin = broker.store.find_physical(*header.offset);
  if (!origin) {
    return refuse_back(broker, request, ResponseCode::SYSTEM_ERROR,
                       "look message by offset failed, " + std::to_string(*header.offset), reply);
  }
  if (!header.delay_level) {
    return missing_number(broker, request, "java.lang.Integer.intValue()", "getDelayLevel()", reply);
  }
  std::int32_t most = config->retry_max_times;
  if (request.version >= MQVersion::V3_4_9) most = header.max_reconsume_times.value_or(most);
  std::int32_t level = *header.delay_level;
  if (origin->reconsume_times >= most || level < 0) {
    level = -1;
    find_or_create_group_topic(broker, std::string(kDlqGroupTopicPrefix) + group, now);
  } else if (level == 0) {
    level = 3 + origin->reconsume_times;
  }
  const auto queues = static_cast<std::uint64_t>(config->retry_queue_nums);
  const auto queue = queues == 1 ? 0 : static_cast<std::int32_t>(broker.random.next() % queues);
  store_copy(broker, *origin, group, {level, queue}, now);
  answer(broker, request, reply);
}

}  // namespace

ProcessorRows send_msg_back_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::CONSUMER_SEND_MSG_BACK, MQVersion::V4_9_8, process_send_msg_back},
  };
  return kRows;
}

}  // namespace rmqsim
