// PULL_MESSAGE (11) and LITE_PULL_MESSAGE (361): the checks of PullMessageProcessor in their order, reading, and long
// polling (wire §2.6, corrected by observed-servers C21, C22).
#include <algorithm>
#include <limits>

#include "fake_broker/processors/processors.h"
#include "fake_broker/store/get_message.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/headers/consumer_headers.h"

namespace rmqsim {
namespace {

/// ForbiddenType.
enum class Forbidden { none = 0, broker = 1, group = 2, topic = 3, broadcasting = 4 };

constexpr std::int64_t kLongestSuspendMs = 24LL * 3600 * 1000;

void refuse_pull(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string remark,
                 Reply& reply, Forbidden forbidden = Forbidden::none) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = std::move(remark);
  response.ext();
  if (broker.profile().pull_refusal_has_type && forbidden != Forbidden::none) {
    response.ext().append("forbiddenType", static_cast<std::int64_t>(forbidden));
  }
}

/// What a real one meets as a malformed number while it reads the header. False when the request is refused.
bool check_pull_numbers(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  for (const char* field : {"queueId", "queueOffset", "maxMsgNums", "sysFlag", "commitOffset", "suspendTimeoutMillis",
                            "subVersion", "maxMsgBytes"}) {
    const auto text = request.ext_fields.find(field);
    if (!text || request.ext_fields.find_int(field)) continue;
    answer_number_format(broker, request, *text, reply);
    return false;
  }
  return true;
}

/// A number that is missing is a null pointer where it is first used.
void answer_missing(BrokerState& broker, const RemotingCommand& request, const char* type, const std::string& getter,
                    Reply& reply) {
  answer_null_pointer(broker, request, "Cannot invoke \"java.lang." + std::string(type) + "()\"",
                      "the return value of \"" + std::string(broker.profile().header_package) +
                          "PullMessageRequestHeader." + getter + "()\"",
                      "org.apache.rocketmq.broker.processor.PullMessageProcessor.processRequest", reply);
}

/// Those that are used after the topic is known. False when the request is refused.
bool check_later_numbers(BrokerState& broker, const RemotingCommand& request, const PullMessageRequestHeader& header,
                         Reply& reply) {
  if (!header.sys_flag) {
    answer_missing(broker, request, "Integer.intValue", "getSysFlag", reply);
  } else if (!header.queue_offset) {
    answer_missing(broker, request, "Long.longValue", "getQueueOffset", reply);
  } else if (!header.max_msg_nums) {
    answer_missing(broker, request, "Integer.intValue", "getMaxMsgNums", reply);
  } else {
    return true;
  }
  return false;
}

/// The checks that concern broker, group, topic and queue. nullptr when the request is refused.
const TopicConfig* check_place(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                               const PullMessageRequestHeader& header, Reply& reply) {
  const std::string topic = header.topic.value_or("");
  const std::string group = header.consumer_group.value_or("");
  if (!PermName::is_readable(broker.config.broker_permission)) {
    refuse_pull(broker, request, ResponseCode::NO_PERMISSION,
                "the broker[" + broker.store_host.ip_to_string() + "] pulling message is forbidden", reply,
                Forbidden::broker);
    return nullptr;
  }
  if (!header.consumer_group) {
    answer_null_key(broker, request, reply);
    return nullptr;
  }
  const SubscriptionGroupConfig* const settings =
      broker.subscription_groups.find_or_create(group, broker.config.auto_create_subscription_group, now);
  if (settings == nullptr) {
    refuse_pull(broker, request, ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST,
                with_faq(broker, "subscription group [" + group + "] does not exist, "), reply);
    return nullptr;
  }
  if (!settings->consume_enable) {
    refuse_pull(broker, request, ResponseCode::NO_PERMISSION, "subscription group no permission, " + group, reply,
                Forbidden::group);
    return nullptr;
  }
  if (broker.profile().pull_reads_sys_flag_first && !header.sys_flag) {
    answer_missing(broker, request, "Integer.intValue", "getSysFlag", reply);
    return nullptr;
  }
  if (!header.topic) {
    answer_null_key(broker, request, reply);
    return nullptr;
  }
  const TopicConfig* const config = broker.topics.find(topic);
  if (config == nullptr) {
    refuse_pull(broker, request, ResponseCode::TOPIC_NOT_EXIST,
                with_faq(broker, "topic[" + topic + "] not exist, apply first please! "), reply);
    return nullptr;
  }
  if (!PermName::is_readable(config->perm)) {
    refuse_pull(broker, request, ResponseCode::NO_PERMISSION, "the topic[" + topic + "] pulling message is forbidden",
                reply, Forbidden::topic);
    return nullptr;
  }
  if (!header.queue_id) {
    answer_missing(broker, request, "Integer.intValue", "getQueueId", reply);
    return nullptr;
  }
  if (*header.queue_id < 0 || *header.queue_id >= config->read_queue_nums) {
    refuse_pull(broker, request, broker.profile().invalid_parameter_code,
                "queueId[" + std::to_string(*header.queue_id) + "] is illegal, topic:[" + topic +
                    "] topicConfig.readQueueNums:[" + std::to_string(config->read_queue_nums) + "] consumer:[/" +
                    std::string(peer.address) + "]",
                reply);
    return nullptr;
  }
  return check_later_numbers(broker, request, header, reply) ? config : nullptr;
}

bool is_tag_type(std::string_view expression_type) { return expression_type.empty() || expression_type == "TAG"; }

/// Whose subscription counts: the request's, or what the group's last heartbeat said. False when refused.
bool find_filter(BrokerState& broker, const RemotingCommand& request, const PullMessageRequestHeader& header,
                 Reply& reply, TagFilter& filter) {
  SubscriptionData subscription;
  if ((*header.sys_flag & PullSysFlag::SUBSCRIPTION) != 0) {
    const std::string type = header.expression_type.value_or("TAG");
    if (is_tag_type(type)) {
      if (build_subscription_data(*header.topic, header.subscription.value_or(""), subscription)) {
        refuse_pull(broker, request, ResponseCode::SUBSCRIPTION_PARSE_FAILED,
                    "parse the consumer's subscription failed", reply);
        return false;
      }
    } else {
      subscription.expression_type = type;
    }
  } else {
    const ConsumerGroupInfo* const group = broker.consumers.find(*header.consumer_group);
    if (group == nullptr) {
      refuse_pull(broker, request, ResponseCode::SUBSCRIPTION_NOT_EXIST,
                  with_faq(broker, "the consumer's group info not exist"), reply);
      return false;
    }
    const SubscriptionGroupConfig* const settings = broker.subscription_groups.find(*header.consumer_group);
    if (settings != nullptr && !settings->consume_broadcast_enable &&
        group->message_model == MessageModel::BROADCASTING) {
      refuse_pull(broker, request, ResponseCode::NO_PERMISSION,
                  "the consumer group[" + *header.consumer_group + "] can not consume by broadcast way", reply,
                  Forbidden::broadcasting);
      return false;
    }
    const auto known = group->subscriptions.find(*header.topic);
    if (known == group->subscriptions.end()) {
      refuse_pull(broker, request, ResponseCode::SUBSCRIPTION_NOT_EXIST,
                  with_faq(broker, "the consumer's subscription not exist"), reply);
      return false;
    }
    if (known->second.sub_version < header.sub_version.value_or(0)) {
      refuse_pull(broker, request, ResponseCode::SUBSCRIPTION_NOT_LATEST, "the consumer's subscription not latest",
                  reply);
      return false;
    }
    subscription = known->second;
  }
  if (!is_tag_type(subscription.expression_type)) {
    refuse_pull(broker, request, ResponseCode::SYSTEM_ERROR,
                "The broker does not support consumer to filter message by " + subscription.expression_type, reply);
    return false;
  }
  filter = TagFilter::of(subscription);
  return true;
}

std::int32_t code_of(const GetMessageResult& result, std::int64_t asked) {
  switch (result.status) {
    case GetMessageStatus::FOUND:
      return ResponseCode::SUCCESS;
    case GetMessageStatus::NO_MATCHED_MESSAGE:
      return ResponseCode::PULL_RETRY_IMMEDIATELY;
    case GetMessageStatus::NO_MESSAGE_IN_QUEUE:
      return asked == 0 ? ResponseCode::PULL_NOT_FOUND : ResponseCode::PULL_OFFSET_MOVED;
    case GetMessageStatus::OFFSET_OVERFLOW_ONE:
      return ResponseCode::PULL_NOT_FOUND;
    default:
      return ResponseCode::PULL_OFFSET_MOVED;
  }
}

/// Number of the held pull, or 0 when it cannot be held.
std::uint64_t suspend(BrokerState& broker, const RemotingCommand& request, const Peer& peer,
                      const PullMessageRequestHeader& header, TagFilter filter, TimePoint now) {
  HeldPull pull;
  pull.request = request;
  pull.request.body.clear();
  pull.connection = peer.connection;
  pull.address = peer.address;
  pull.topic = *header.topic;
  pull.queue_id = *header.queue_id;
  pull.queue_offset = *header.queue_offset;
  pull.filter = std::move(filter);
  const std::int64_t timeout =
      std::clamp<std::int64_t>(header.suspend_timeout_millis.value_or(0), 0, kLongestSuspendMs);
  return broker.held_pulls.hold(std::move(pull), now + millis(timeout));
}

/// The rest of an answer: where the queue begins and ends, and where to go on.
void add_offsets(const BrokerState& broker, const TopicConfig& topic, const PullMessageRequestHeader& header,
                 const GetMessageResult& result, RemotingCommand& response) {
  PullMessageResponseHeader fields;
  fields.suggest_which_broker_id = 0;
  fields.next_begin_offset = result.next_begin_offset;
  fields.min_offset = result.min_offset;
  fields.max_offset = result.max_offset;
  if (broker.profile().pull_answer_has_sys_flags) {
    fields.topic_sys_flag = topic.topic_sys_flag;
    const SubscriptionGroupConfig* const group = broker.subscription_groups.find(*header.consumer_group);
    fields.group_sys_flag = group != nullptr && group->since5 ? group->since5->group_sys_flag : 0;
  }
  fields.to_ext(response.ext());
}

/// The group's offset was reset (222): its first pull after that is sent there. False when it was not.
bool send_to_reset_offset(BrokerState& broker, const TopicConfig& topic, const PullMessageRequestHeader& header,
                          RemotingCommand& response) {
  const auto offset = broker.consumer_offsets.take_reset(*header.consumer_group, *header.topic, *header.queue_id);
  if (!offset) return false;
  GetMessageResult result;
  result.next_begin_offset = *offset;
  result.min_offset = broker.store.min_offset(*header.topic, *header.queue_id);
  result.max_offset = broker.store.max_offset(*header.topic, *header.queue_id);
  response.code = ResponseCode::PULL_OFFSET_MOVED;
  response.remark = "OFFSET_RESET";
  add_offsets(broker, topic, header, result, response);
  return true;
}

void pull(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now, bool may_suspend,
          Reply& reply) {
  const auto header = PullMessageRequestHeader::from_ext(request.ext_fields);
  if (!check_pull_numbers(broker, request, reply)) return;
  const TopicConfig* const topic = check_place(broker, request, peer, now, header, reply);
  if (topic == nullptr) return;
  TagFilter filter;
  if (!find_filter(broker, request, header, reply, filter)) return;
  RemotingCommand& response = answer(broker, request, reply);
  if (send_to_reset_offset(broker, *topic, header, response)) return;
  const std::int32_t max_bytes = header.max_msg_bytes.value_or(std::numeric_limits<std::int32_t>::max());
  const GetMessageResult result =
      get_message(broker.store, *header.topic, *header.queue_id, *header.queue_offset, *header.max_msg_nums,
                  static_cast<std::size_t>(std::max(max_bytes, 0)), filter, broker.store_host, response.body);
  const bool slave = broker.config.broker_id != 0;
  if (may_suspend && !slave && (*header.sys_flag & PullSysFlag::COMMIT_OFFSET) != 0 && header.commit_offset) {
    broker.consumer_offsets.commit_offset(*header.consumer_group, *header.topic, *header.queue_id,
                                          *header.commit_offset);
  }
  // A slave that is not to be read from (slaveReadEnable=false) sends the consumer to the master.
  response.code = slave ? ResponseCode::PULL_RETRY_IMMEDIATELY : code_of(result, *header.queue_offset);
  if (slave) response.body.clear();
  if (response.code == ResponseCode::PULL_NOT_FOUND && may_suspend && !request.is_oneway() &&
      (*header.sys_flag & PullSysFlag::SUSPEND) != 0) {
    reply.held = suspend(broker, request, peer, header, std::move(filter), now);
    if (reply.held != 0) {
      reply.has_response = false;
      return;
    }
  }
  response.remark = std::string(to_string(result.status));
  add_offsets(broker, *topic, header, result, response);
}

void process_pull(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) {
  pull(broker, request, peer, now, true, reply);
}

}  // namespace

ProcessorRows pull_message_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::PULL_MESSAGE, MQVersion::V4_9_8, process_pull},
      {RequestCode::LITE_PULL_MESSAGE, MQVersion::V5_0_0, process_pull},
  };
  return kRows;
}

void resume_pull(BrokerState& broker, std::uint64_t number, TimePoint now, Reply& reply) {
  const auto held = broker.held_pulls.take(number);
  if (held) pull(broker, held->request, Peer{held->connection, held->address}, now, false, reply);
}

}  // namespace rmqsim
