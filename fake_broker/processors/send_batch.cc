// The batch path of SEND (wire §3.2 "Batch path differences", §4.5): each entry becomes a record of its own
// with consecutive offsets; the answer lists their offsetMsgIds and the first queue offset.
#include <cstdint>
#include <vector>

#include "fake_broker/processors/send_request.h"
#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {

namespace {

/// java.nio says where the body or the properties that do not fit would end, or that a length is not there.
std::string truncated_text(std::string_view body) {
  constexpr std::uint64_t kBodyLength = 16;
  const char* const underflow =
      "java.nio.BufferUnderflowException, java.base/java.nio.Buffer.nextGetIndex(Buffer.java:699)";
  std::uint64_t position = 0;
  while (position <= body.size()) {
    if (body.size() - position < kBodyLength + 4) return underflow;
    position += kBodyLength + 4 + std::uint64_t{text::load32(body.data() + position + kBodyLength)};
    if (position > body.size()) break;
    if (body.size() - position < 2) return underflow;
    position += 2 + std::uint64_t{text::load16(body.data() + position)};
  }
  return "java.lang.IllegalArgumentException: newPosition > limit: (" + std::to_string(position) + " > " +
         std::to_string(body.size()) + "), java.base/java.nio.Buffer.createPositionException(Buffer.java:341)";
}

bool check_batch(BrokerState& broker, const RemotingCommand& request, const CheckedSend& send,
                 const SendProperties& properties, Reply& reply) {
  const std::string_view topic = *send.header.topic;
  if (broker.profile().batch_refuses_retry_topics && topic.starts_with(kRetryGroupTopicPrefix)) {
    refuse_send(broker, request, ResponseCode::MESSAGE_ILLEGAL,
                "batch request does not support retry group " + std::string(topic), reply);
    return false;
  }
  if (MessageSysFlag::transaction_value(send.sys_flag) != MessageSysFlag::TRANSACTION_NOT_TYPE ||
      text::parse_int32(properties.delay).value_or(0) > 0) {
    refuse_illegal_message(broker, request, reply);
    return false;
  }
  if (request.body.size() > static_cast<std::size_t>(broker.config.max_message_size)) {
    if (broker.profile().too_large_batch_throws) {
      answer_exception(broker, request,
                       "java.lang.RuntimeException: message body size exceeded, "
                       "org.apache.rocketmq.store.MessageExtEncoder.encode(MessageExtEncoder.java:290)",
                       reply);
    } else {
      refuse_illegal_message(broker, request, reply);
    }
    return false;
  }
  return true;
}

}  // namespace

void process_batch(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                   const CheckedSend& send, Reply& reply) {
  const std::string_view text = send.header.properties.value_or(std::string_view{});
  const SendProperties properties = scan_properties(text);
  if (!check_batch(broker, request, send, properties, reply)) return;
  std::vector<BatchEntry> entries;
  if (decode_batch_body(request.body, entries)) {
    answer_exception(broker, request, truncated_text(request.body), reply);
    return;
  }
  make_stored_properties(broker, text, false);
  const std::string common = broker.stored_properties;
  for (const BatchEntry& entry : entries) {
    if (entry.properties.size() + 1 + common.size() > kMaxPropertiesBytes) {
      refuse_illegal_message(broker, request, reply);
      return;
    }
  }
  if (refuse_without_replicas(broker, request, properties.wait, reply)) return;
  NewMessage message;
  message.topic = *send.header.topic;
  message.queue_id = send.queue_id;
  message.sys_flag = send.sys_flag;
  message.born_timestamp = *send.header.born_timestamp;
  message.born_host = peer.address;
  message.store_timestamp = to_millis(now);
  message.reconsume_times = send.header.reconsume_times.value_or(0);
  std::string& ids = broker.msg_ids;
  ids.clear();
  std::int64_t first_offset = 0;
  std::string& stored = broker.stored_properties;
  for (const BatchEntry& entry : entries) {
    stored.assign(entry.properties);
    if (!stored.empty() && stored.back() != '\x02') stored += '\x02';
    stored += common;
    message.flag = entry.flag;
    message.body = entry.body;
    message.properties = stored;
    message.uniq_key = scan_properties(entry.properties).uniq_key;
    const Appended appended = broker.store.append(message);
    if (reply.stored.count++ == 0) {
      reply.stored.first = appended.number;
      first_offset = appended.queue_offset;
    } else {
      ids += ',';
    }
    broker.append_msg_id(appended.physical_offset, ids);
  }
  answer_stored(broker, request, {ids, send.queue_id, first_offset, properties.uniq_key, {}}, reply);
  wait_for_store(broker, properties.wait, reply);
}

}  // namespace rmqsim
