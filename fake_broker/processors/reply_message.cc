// SEND_REPLY_MESSAGE (324) and SEND_REPLY_MESSAGE_V2 (325): a reply goes to the requesting client's own connection as
// PUSH_REPLY_MESSAGE_TO_CLIENT (326), and the replier hears what became of that (wire §3.8). The reply is
// stored as well, on a master.
#include "fake_broker/processors/processors.h"
#include "fake_broker/processors/send_request.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/headers/broker_headers.h"

namespace rmqsim {
namespace {

/// How long a real broker waits for the requester's own answer.
constexpr Duration kPushPatience = std::chrono::seconds(10);

void append_property(std::string& properties, std::string_view key, std::string_view value) {
  if (!properties.empty() && properties.back() != '\x02') properties += '\x02';
  properties.append(key).append(1, '\x01').append(value).append(1, '\x02');
}

/// As the requester gets them: without CLUSTER, which only stored messages have.
std::string pushed_properties(const BrokerState& broker, std::string_view properties, std::int64_t now_ms) {
  std::string out(properties);
  if (broker.profile().stored_properties_have_region) {
    append_property(out, MessageConst::PROPERTY_MSG_REGION, broker.config.region_id);
    append_property(out, MessageConst::PROPERTY_TRACE_SWITCH, broker.config.trace_on ? "true" : "false");
  }
  append_property(out, MessageConst::PROPERTY_PUSH_REPLY_TIME, std::to_string(now_ms));
  if (!broker.profile().properties_end_with_separator) out.pop_back();
  return out;
}

std::unique_ptr<ServerRequest> push_to(const BrokerState& broker, std::uint64_t connection,
                                       const SendMessageRequestHeader& reply, std::int32_t queue_id,
                                       std::int32_t sys_flag, std::string_view body, const Peer& peer, TimePoint now) {
  ReplyMessageRequestHeader header;
  header.producer_group = reply.producer_group.value_or("");
  header.topic = *reply.topic;
  header.default_topic = reply.default_topic.value_or("");
  header.default_topic_queue_nums = reply.default_topic_queue_nums.value_or(0);
  header.queue_id = queue_id;
  header.sys_flag = sys_flag;
  header.born_timestamp = *reply.born_timestamp;
  header.flag = *reply.flag;
  header.properties = pushed_properties(broker, reply.properties.value_or(""), to_millis(now));
  header.reconsume_times = reply.reconsume_times.value_or(0);
  header.unit_mode = reply.unit_mode.value_or(false);
  header.born_host = std::string(peer.address);
  header.store_host = broker.store_host.to_string();
  header.store_timestamp = to_millis(now);
  auto push = std::make_unique<ServerRequest>();
  push->connection = connection;
  push->command = RemotingCommand::request(RequestCode::PUSH_REPLY_MESSAGE_TO_CLIENT, broker.profile().version);
  header.to_ext(push->command.ext());
  push->command.body = body;
  push->timeout = kPushPatience;
  return push;
}

void process_reply(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) {
  CheckedSend send;
  if (!check_send(broker, request, peer, now, reply, send, SlaveRule::accept)) return;
  const std::string_view properties = send.header.properties.value_or(std::string_view{});
  std::int32_t code = ResponseCode::SUCCESS;
  std::optional<std::string> remark;
  const auto client = find_property(properties, MessageConst::PROPERTY_MESSAGE_REPLY_TO_CLIENT);
  if (!client) {
    code = ResponseCode::SYSTEM_ERROR;
    remark = "reply message properties[REPLY_TO_CLIENT] is null";
  } else if (const auto connection = broker.producers.find_client(*client)) {
    reply.push = push_to(broker, *connection, send.header, send.queue_id, send.sys_flag, request.body, peer, now);
    reply.push->failure_code = ResponseCode::SYSTEM_ERROR;
    reply.push->failure_remark = "push reply message to " + std::string(*client) + "fail.";
  } else {
    code = ResponseCode::SYSTEM_ERROR;
    remark = "push reply message fail, channel of <" + std::string(*client) + "> not found.";
  }
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = std::move(remark);
  if (broker.config.broker_id != 0) return append_region(broker, response.ext());
  make_stored_properties(broker, properties, true);
  NewMessage message;
  message.topic = *send.header.topic;
  message.queue_id = send.queue_id;
  message.flag = *send.header.flag;
  message.sys_flag = send.sys_flag;
  message.born_timestamp = *send.header.born_timestamp;
  message.born_host = peer.address;
  message.store_timestamp = to_millis(now);
  message.body = request.body;
  message.properties = broker.stored_properties;  // no key: a reply is not a message that anybody could lose
  const Appended appended = broker.store.append(message);
  reply.stored = {appended.number, 1};
  broker.msg_ids.clear();
  broker.append_msg_id(appended.physical_offset, broker.msg_ids);
  append_outcome(broker, {broker.msg_ids, send.queue_id, appended.queue_offset, {}, {}}, response);
}

}  // namespace

ProcessorRows reply_message_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::SEND_REPLY_MESSAGE, MQVersion::V4_9_8, process_reply},
      {RequestCode::SEND_REPLY_MESSAGE_V2, MQVersion::V4_9_8, process_reply},
  };
  return kRows;
}

}  // namespace rmqsim
