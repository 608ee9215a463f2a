// RECALL_MESSAGE (370, 5.3+): takes a timer message back before its time (wire §2.2, observed-servers §2,
// §3). As on a real broker a record in the timer topic names the message to delete; one that does not wait (any more)
// is recalled with the same answer.
#include "fake_broker/processors/processors.h"
#include "fake_broker/processors/send_request.h"
#include "fake_broker/store/delay_destination.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/bodies/recall_handle.h"
#include "producer/remoting/headers/broker_headers.h"

namespace rmqsim {
namespace {

constexpr const char* kUnavailable = "recall failed, broker service not available";

RemotingCommand& respond(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string remark,
                         Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = std::move(remark);
  response.ext().append("MSG_REGION", broker.config.region_id);
  return response;
}

/// The timer message that asks for the deletion. False when the store does not take it.
bool put_deletion(BrokerState& broker, const RecallHandle& handle, const Peer& peer, TimePoint now) {
  const std::string key = handle.topic + "+" + handle.message_id, due = std::to_string(handle.timestamp);
  SendProperties sent;
  sent.timer_del_uniq_key = key;
  sent.timer_deliver_ms = due;
  const DelayDestination to = delay_destination(broker, sent, now);
  if (to.kind != DelayDestination::Kind::timer || lacks_replicas(broker, sent.wait)) return false;
  MessageProperties properties;
  properties.set("TIMER_DEL_UNIQKEY", key);
  properties.set(MessageConst::PROPERTY_TIMER_OUT_MS, std::to_string(to.timer_out_ms));
  properties.set(MessageConst::PROPERTY_REAL_TOPIC, handle.topic);
  const std::string encoded = properties.encode();
  NewMessage message;
  message.topic = to.topic;
  message.born_timestamp = message.store_timestamp = to_millis(now);
  message.born_host = peer.address;
  message.body = "0";
  message.properties = encoded;
  broker.store.append(message);
  recall_timer_message(broker, handle.topic, handle.message_id, to.timer_out_ms);
  return true;
}

void process_recall(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                    Reply& reply) {
  if (!broker.config.recall_message_enable) {
    respond(broker, request, ResponseCode::NO_PERMISSION, "recall failed, operation is forbidden", reply);
    return;
  }
  if (broker.is_slave()) {
    respond(broker, request, ResponseCode::SLAVE_NOT_AVAILABLE, kUnavailable, reply);
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
  if (handle->broker_name != broker.config.broker_name) return illegal(kUnavailable);
  const std::int64_t now_ms = to_millis(now);
  if (handle->timestamp <= now_ms || handle->timestamp >= now_ms + kTimerMaxDelayMs) {
    return illegal("recall failed, timestamp invalid");
  }
  if (!put_deletion(broker, *handle, peer, now)) {
    respond(broker, request, ResponseCode::SYSTEM_ERROR, "recall failed, execute error", reply);
    return;
  }
  RemotingCommand& response =
      respond(broker, request, ResponseCode::SUCCESS, "not set any response code", reply);
  response.ext().append("msgId", handle->message_id);
  wait_for_store(broker, {}, reply);
  response.code = ResponseCode::SUCCESS;  // whatever it has waited for
}

}  // namespace

ProcessorRows recall_message_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::RECALL_MESSAGE, MQVersion::V5_3_2, process_recall},
  };
  return kRows;
}

}  // namespace rmqsim
