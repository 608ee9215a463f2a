// RECALL_MESSAGE (370, 5.3+): takes a timer message back before its time (wire §2.2, observed-servers §2,
// §3). As on a real broker a record in the timer topic names the message to delete; one that does not wait (any more)
// is recalled with the same answer.
#include "fake_broker/processors/processors.h"
#include "fake_broker/processors/send_request.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/codec/text.h"
#include "producer/remoting/headers/broker_headers.h"

namespace rmqsim {
namespace {

RemotingCommand& respond(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string remark,
                         Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = std::move(remark);
  response.ext().append("MSG_REGION", broker.config.region_id);
  return response;
}

void append_deletion(BrokerState& broker, const RecallHandle& handle, const Peer& peer, std::int64_t now_ms) {
  MessageProperties properties;
  properties.set("TIMER_DEL_UNIQKEY", handle.topic + "+" + handle.message_id);
  properties.set(MessageConst::PROPERTY_TIMER_OUT_MS, std::to_string(handle.timestamp - 1));
  properties.set(MessageConst::PROPERTY_REAL_TOPIC, handle.topic);
  const std::string encoded = properties.encode();
  NewMessage message;
  message.topic = kTimerTopic;
  message.born_timestamp = message.store_timestamp = now_ms;
  message.born_host = peer.address;
  message.body = "0";
  message.properties = encoded;
  broker.store.append(message);
}

void process_recall(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                    Reply& reply) {
  if (!broker.config.recall_message_enable) {
    respond(broker, request, ResponseCode::NO_PERMISSION, "recall failed, operation is forbidden", reply);
    return;
  }
  const auto header = RecallMessageRequestHeader::from_ext(request.ext_fields);
  const std::string topic = header.topic.value_or("");
  if (broker.topics.find(topic) == nullptr) {
    respond(broker, request, ResponseCode::TOPIC_NOT_EXIST, "recall failed, the topic[" + topic + "] not exist", reply);
    return;
  }
  const auto handle = RecallHandle::decode(header.recall_handle.value_or(""));
  const auto illegal = [&](const char* remark) {
    respond(broker, request, ResponseCode::ILLEGAL_OPERATION, remark, reply);
  };
  if (!handle) return illegal("recall handle is invalid");
  if (handle->topic != topic) return illegal("recall failed, topic not match");
  const std::int64_t left = handle->timestamp - to_millis(now);
  if (left <= 0 || left > kTimerMaxDelayMs) return illegal("recall failed, timestamp invalid");
  append_deletion(broker, *handle, peer, to_millis(now));
  recall_timer_message(broker, topic, handle->message_id, handle->timestamp - 1);
  respond(broker, request, ResponseCode::SUCCESS, "not set any response code", reply)
      .ext()
      .append("msgId", handle->message_id);
}

}  // namespace

ProcessorRows recall_message_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::RECALL_MESSAGE, MQVersion::V5_3_2, process_recall},
  };
  return kRows;
}

}  // namespace rmqsim
