// The checks before a message is stored, in the order of a real broker, and the form of answers to sends.
#include "fake_broker/processors/send_request.h"

#include <algorithm>

#include "fake_broker/processors/send_name.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/topic_route_data.h"

namespace rmqsim {

namespace {

constexpr std::string_view kTimerDelUniqKey = "TIMER_DEL_UNIQKEY";
constexpr std::string_view kProcessor = "org.apache.rocketmq.broker.processor.AbstractSendMessageProcessor.";

void missing_field(BrokerState& broker, const RemotingCommand& request, std::string_view unboxed,
                   std::string_view getter, std::string_view where, Reply& reply) {
  const std::string what = "Cannot invoke \"java.lang." + std::string(unboxed) + "\"";
  std::string why = "the return value of \"";
  why.append(broker.profile().header_package).append("SendMessageRequestHeader.").append(getter).append("()\"");
  answer_null_pointer(broker, request, what, why, std::string(kProcessor) + std::string(where), reply);
}

/// Steps 1 and 2; without them a missing topic is met only in msgCheck, and an empty body accepted (C8, C23).
bool check_header(BrokerState& broker, const RemotingCommand& request, const SendMessageRequestHeader& header,
                  Reply& reply) {
  if (!broker.profile().reads_send_header_first) return true;
  if (!header.topic) {
    answer_null_pointer(broker, request, "Cannot invoke \"Object.hashCode()\"", "\"key\"",
                        "java.base/java.util.concurrent.ConcurrentHashMap.get(ConcurrentHashMap.java:936)", reply);
    return false;
  }
  if (request.body.empty()) {
    answer_null_pointer(broker, request, "Cannot read the array length",
                        "the return value of \"org.apache.rocketmq.remoting.protocol.RemotingCommand.getBody()\"",
                        "org.apache.rocketmq.broker.processor.AbstractSendMessageProcessor.buildMsgContext("
                        "AbstractSendMessageProcessor.java:361)",
                        reply);
    return false;
  }
  if (!header.born_timestamp) {
    missing_field(broker, request, "Long.longValue()", "getBornTimestamp",
                  "buildMsgContext(AbstractSendMessageProcessor.java:367)", reply);
    return false;
  }
  return true;
}

/// Row 6: the topic's configuration, created when that is possible.
const TopicConfig* find_or_create(BrokerState& broker, const SendMessageRequestHeader& header, std::string_view topic,
                                  TimePoint now) {
  if (const TopicConfig* config = broker.topics.find(topic)) return config;
  if (const TopicConfig* config = broker.topics.create_in_send_message(
          broker.profile(), topic, header.default_topic.value_or(std::string_view{}),
          header.default_topic_queue_nums.value_or(0), now)) {
    return config;
  }
  if (topic.substr(0, kRetryGroupTopicPrefix.size()) == kRetryGroupTopicPrefix) {
    return broker.topics.create_retry_topic(broker.profile(), topic, 1, now);
  }
  return nullptr;
}

/// msgCheck, rows 1 to 7 of §3.2.
bool check_message(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply,
                   CheckedSend& out) {
  const std::string_view topic = out.header.topic.value_or(std::string_view{});
  if (!PermName::is_writeable(broker.config.broker_permission)) {
    const TopicConfig* config = broker.topics.find(topic);
    if (config != nullptr && config->order) {
      refuse_send(broker, request, ResponseCode::NO_PERMISSION,
                  "the broker[" + broker.store_host.ip_to_string() + "] sending message is forbidden", reply);
      return false;
    }
  }
  if (const auto error = topic_name_error(topic)) {
    refuse_send(broker, request, broker.profile().invalid_parameter_code, std::string(*error), reply);
    return false;
  }
  if (is_topic_not_allowed_to_send(topic)) {
    refuse_send(broker, request, ResponseCode::NO_PERMISSION,
                "Sending message to topic[" + std::string(topic) + "] is forbidden.", reply);
    return false;
  }
  out.topic = find_or_create(broker, out.header, topic, now);
  if (out.topic == nullptr) {
    refuse_send(
        broker, request, ResponseCode::TOPIC_NOT_EXIST,
        "topic[" + std::string(topic) + "] not exist, apply first please!" + std::string(broker.profile().faq_sentence),
        reply);
    return false;
  }
  if (!out.header.queue_id) {
    missing_field(broker, request, "Integer.intValue()", "getQueueId", broker.profile().msg_check_place, reply);
    return false;
  }
  const std::int32_t limit = std::max(out.topic->read_queue_nums, out.topic->write_queue_nums);
  if (broker.config.check_queue_id && *out.header.queue_id >= limit) {
    refuse_send(broker, request, broker.profile().invalid_parameter_code,
                "request queueId[" + std::to_string(*out.header.queue_id) + "] is illegal, " +
                    to_string(*out.topic, broker.profile()) + " Producer: " + std::string(peer.address),
                reply);
    return false;
  }
  out.queue_id = *out.header.queue_id;
  if (out.queue_id < 0) {
    const auto queues = static_cast<std::uint64_t>(std::max(1, out.topic->write_queue_nums));
    out.queue_id = static_cast<std::int32_t>(broker.random.below(queues));
  }
  return true;
}

/// Where the value of a property goes that matters; null: it does not. Few names are of one length.
std::string_view* place_of(std::string_view key, SendProperties& out, std::string_view& mark) {
  switch (key.size()) {
    case MessageConst::PROPERTY_WAIT_STORE_MSG_OK.size():
      return key == MessageConst::PROPERTY_WAIT_STORE_MSG_OK ? &out.wait : nullptr;
    case MessageConst::PROPERTY_DELAY_TIME_LEVEL.size():
      return key == MessageConst::PROPERTY_DELAY_TIME_LEVEL ? &out.delay : nullptr;
    case MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX.size():
      return key == MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX ? &out.uniq_key
             : key == MessageConst::PROPERTY_TRANSACTION_PREPARED         ? &out.transaction
                                                                          : nullptr;
    case kSendNameProperty.size():
      return key == kSendNameProperty ? &mark : nullptr;
    case MessageConst::PROPERTY_TIMER_DELAY_MS.size():
      return key == MessageConst::PROPERTY_TIMER_DELAY_MS ? &out.timer_delay_ms : nullptr;
    case MessageConst::PROPERTY_TIMER_DELAY_SEC.size():
      return key == MessageConst::PROPERTY_TIMER_DELAY_SEC ? &out.timer_delay_sec : nullptr;
    case MessageConst::PROPERTY_TIMER_DELIVER_MS.size():
      return key == MessageConst::PROPERTY_TIMER_DELIVER_MS ? &out.timer_deliver_ms : nullptr;
    case kTimerDelUniqKey.size():
      return key == kTimerDelUniqKey ? &out.timer_del_uniq_key : nullptr;
    default:
      return nullptr;
  }
}

void append_pair(std::string& out, std::string_view key, std::string_view value) {
  if (!out.empty() && out.back() != '\x02') out += '\x02';
  out.append(key).append(1, '\x01').append(value).append(1, '\x02');
}

}  // namespace

SendProperties scan_properties(std::string_view properties) {
  SendProperties out;
  std::string_view mark;
  while (!properties.empty()) {
    const auto end = properties.find('\x02');
    const std::string_view piece = properties.substr(0, end);
    properties.remove_prefix(end == std::string_view::npos ? properties.size() : end + 1);
    const auto split = piece.find('\x01');
    if (piece.size() < 3 || split == std::string_view::npos || split == 0 || split + 1 == piece.size()) continue;
    if (std::string_view* const place = place_of(piece.substr(0, split), out, mark)) *place = piece.substr(split + 1);
  }
  if (!mark.empty()) out.uniq_key = mark;
  return out;
}

void append_region(const BrokerState& broker, ExtFields& ext) {
  ext.append("TRACE_ON", broker.config.trace_on ? "true" : "false");
  ext.append("MSG_REGION", broker.config.region_id);
}

void refuse_send(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string remark,
                 Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = std::move(remark);
  append_region(broker, response.ext());
}

void refuse_illegal_message(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  refuse_send(broker, request, ResponseCode::MESSAGE_ILLEGAL,
              "the message is illegal, maybe msg body or properties length not matched. msg body length limit " +
                  std::to_string(broker.config.max_message_size) + "B, msg properties length limit 32KB.",
              reply);
}

void refuse_unavailable(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  refuse_send(broker, request, ResponseCode::SERVICE_NOT_AVAILABLE,
              "service not available now. It may be caused by one of the following reasons: the broker's disk is full "
              "[CL:  0.21 CQ:  0.21 INDEX:  0.21], messages are put to the slave, message store has been shut down, "
              "etc.",
              reply);
}

bool lacks_replicas(const BrokerState& broker, std::string_view wait) {
  const BrokerConfig& c = broker.config;
  return broker.profile().has_acting_master && c.sync_master && c.enable_slave_acting_master &&
         c.in_sync_replicas > 1 && wait != "false";
}

bool refuse_without_replicas(BrokerState& broker, const RemotingCommand& request, std::string_view wait, Reply& reply) {
  if (!lacks_replicas(broker, wait)) return false;
  refuse_send(broker, request, ResponseCode::SYSTEM_ERROR, "in-sync replicas not enough", reply);
  return true;
}

void wait_for_store(const BrokerState& broker, std::string_view wait, Reply& reply) {
  const BrokerConfig& c = broker.config;
  if (wait == "false" || reply.response.code != ResponseCode::SUCCESS) return;
  if (c.sync_flush && c.sync_flush_timeout <= 0) reply.response.code = ResponseCode::FLUSH_DISK_TIMEOUT;
  if (!c.sync_master) return;
  if (!broker.profile().waits_for_in_sync_replicas) {
    reply.response.code = ResponseCode::SLAVE_NOT_AVAILABLE;
  } else if (c.in_sync_replicas > 1) {
    reply.response.code = ResponseCode::FLUSH_SLAVE_TIMEOUT;
    reply.delay = millis(c.slave_timeout);
  }
}

bool reject_at_slave(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  static constexpr std::int32_t kCodes[] = {RequestCode::SEND_MESSAGE, RequestCode::SEND_MESSAGE_V2,
                                            RequestCode::SEND_BATCH_MESSAGE, RequestCode::CONSUMER_SEND_MSG_BACK};
  const bool sends = std::find(std::begin(kCodes), std::end(kCodes), request.code) != std::end(kCodes);
  if (!broker.is_slave() || !sends || !broker.profile().plain_slave_rejects_sends ||
      broker.config.enable_slave_acting_master) {
    return false;
  }
  RemotingCommand& response = answer(broker, request, reply);
  response.code = ResponseCode::SYSTEM_BUSY;
  response.remark = "[REJECTREQUEST]system busy, start flow control for a while";
  return true;
}

bool check_send(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply,
                CheckedSend& out, SlaveRule slave) {
  std::string_view malformed;
  if (out.header.from_ext(request.ext_fields, send_header_form(request.code), &malformed)) {
    answer_number_format(broker, request, malformed, reply);
    return false;
  }
  if (!check_header(broker, request, out.header, reply)) return false;
  if (!check_message(broker, request, peer, now, reply, out)) return false;
  if (!out.header.sys_flag) {
    missing_field(broker, request, "Integer.intValue()", "getSysFlag", "sendMessage", reply);
    return false;
  }
  if (!out.header.born_timestamp) {
    missing_field(broker, request, "Long.longValue()", "getBornTimestamp", "sendMessage", reply);
    return false;
  }
  if (!out.header.flag) {
    missing_field(broker, request, "Integer.intValue()", "getFlag", "sendMessage", reply);
    return false;
  }
  out.sys_flag = *out.header.sys_flag;
  if (out.topic->topic_filter_type == "MULTI_TAG") out.sys_flag |= MessageSysFlag::MULTI_TAGS_FLAG;
  if (broker.is_slave() && slave == SlaveRule::refuse) {
    refuse_unavailable(broker, request, reply);
    return false;
  }
  return true;
}

void append_outcome(const BrokerState& broker, const StoredAnswer& outcome, RemotingCommand& response) {
  ExtFields& ext = response.ext();
  const bool added = broker.profile().send_answer_has_added_fields;
  if (!added && response.serialize_type == SerializeType::ROCKETMQ) {
    ext.append("msgId", outcome.msg_id);
    ext.append("queueId", outcome.queue_id);
    ext.append("queueOffset", outcome.queue_offset);
    append_region(broker, ext);
    return;
  }
  ext.append("queueId", outcome.queue_id);
  if (!added) {
    append_region(broker, ext);
    ext.append("msgId", outcome.msg_id);
    ext.append("queueOffset", outcome.queue_offset);
    return;
  }
  if (!outcome.transaction_id.empty()) ext.append("transactionId", outcome.transaction_id);
  ext.append("msgId", outcome.msg_id);
  append_region(broker, ext);
  if (!outcome.recall_handle.empty()) ext.append("recallHandle", outcome.recall_handle);
  ext.append("queueOffset", outcome.queue_offset);
}

void answer_stored(BrokerState& broker, const RemotingCommand& request, const StoredAnswer& outcome, Reply& reply) {
  append_outcome(broker, outcome, answer(broker, request, reply));
}

void make_stored_properties(BrokerState& broker, std::string_view properties, bool single) {
  const ServerProfile& profile = broker.profile();
  std::string& out = broker.stored_properties;
  out.clear();
  if (profile.stored_properties_lack_wait && single) {
    // Everything else is taken over as it is.
    while (!properties.empty()) {
      const auto end = properties.find('\x02');
      const std::string_view piece = properties.substr(0, end);
      properties.remove_prefix(end == std::string_view::npos ? properties.size() : end + 1);
      if (piece.substr(0, 5) == "WAIT\x01") continue;
      if (!piece.empty()) out.append(piece).append(1, '\x02');
    }
  } else {
    out.append(properties);
  }
  if (profile.stored_properties_have_region) {
    append_pair(out, MessageConst::PROPERTY_MSG_REGION, broker.config.region_id);
    append_pair(out, MessageConst::PROPERTY_TRACE_SWITCH, broker.config.trace_on ? "true" : "false");
  }
  append_pair(out, MessageConst::PROPERTY_CLUSTER, broker.config.broker_cluster_name);
  if (!profile.properties_end_with_separator) out.pop_back();
}

void add_stored_property(BrokerState& broker, std::string_view key, std::string_view value) {
  append_pair(broker.stored_properties, key, value);
  if (!broker.profile().properties_end_with_separator) broker.stored_properties.pop_back();
}

}  // namespace rmqsim
