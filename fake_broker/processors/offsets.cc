// Where a queue begins and ends, by offset and by time, and single messages: codes 29 to 33 (wire §2.5,
// §2.6). GET_MAX_OFFSET is also what the 5.x client's detector sends as its probe.
#include "fake_broker/processors/processors.h"
#include "producer/remoting/headers/broker_headers.h"

namespace rmqsim {

namespace {

/// The two request headers differ only in a field that nobody looks at here.
std::optional<GetMaxOffsetRequestHeader> parse(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  auto header = GetMaxOffsetRequestHeader::from_ext(request.ext_fields);
  if (header.topic && header.queue_id) return header;
  if (!header.topic) {
    answer_null_key(broker, request, reply);
  } else {
    answer_null_pointer(broker, request, "Cannot invoke \"java.lang.Integer.intValue()\"",
                        "the return value of \"getQueueId()\"",
                        "org.apache.rocketmq.broker.processor.AdminBrokerProcessor.processRequest", reply);
  }
  return std::nullopt;
}

void process_max_offset(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto header = parse(broker, request, reply);
  if (!header) return;
  RemotingCommand& response = answer(broker, request, reply);
  response.ext().append("offset", broker.store.max_offset(*header->topic, *header->queue_id));
}

void process_min_offset(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto header = parse(broker, request, reply);
  if (!header) return;
  RemotingCommand& response = answer(broker, request, reply);
  response.ext().append("offset", broker.store.min_offset(*header->topic, *header->queue_id));
  if (broker.profile().min_offset_has_remark) response.remark = "";
}

void process_search_offset(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto header = parse(broker, request, reply);
  if (!header) return;
  const auto timestamp = request.ext_fields.find_int("timestamp");
  if (!timestamp) {
    answer_null_pointer(broker, request, "Cannot invoke \"java.lang.Long.longValue()\"",
                        "the return value of \"SearchOffsetRequestHeader.getTimestamp()\"",
                        "org.apache.rocketmq.broker.processor.AdminBrokerProcessor.processRequest", reply);
    return;
  }
  using Boundary = MessageStore::Boundary;
  std::string type(request.ext_fields.get("boundaryType"));
  for (char& c : type) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  const Boundary boundary = !broker.profile().search_takes_boundary ? Boundary::nearest
                            : type == "upper"                       ? Boundary::upper
                                                                    : Boundary::lower;
  RemotingCommand& response = answer(broker, request, reply);
  response.ext().append("offset", broker.store.search_offset(*header->topic, *header->queue_id, *timestamp, boundary));
}

void process_earliest_msg_store_time(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                     Reply& reply) {
  const auto header = parse(broker, request, reply);
  if (!header) return;
  RemotingCommand& response = answer(broker, request, reply);
  response.ext().append("timestamp", broker.store.earliest_store_time(*header->topic, *header->queue_id));
}

void process_view_message(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto offset = request.ext_fields.find_int("offset");
  if (!offset) {
    answer_null_pointer(broker, request, "Cannot invoke \"java.lang.Long.longValue()\"",
                        "the return value of \"ViewMessageRequestHeader.getOffset()\"",
                        "org.apache.rocketmq.broker.processor.QueryMessageProcessor.viewMessageById", reply);
    return;
  }
  RemotingCommand& response = answer(broker, request, reply);
  const auto record = broker.store.find_physical(*offset);
  response.body.clear();
  if (record && to_stored_message(*record, broker.store_host).encode_to(response.body)) return;
  const MessageStore& store = broker.store;
  const auto oldest = store.find(store.first_number());
  if (oldest && *offset > oldest->physical_offset && *offset < store.next_physical_offset()) {
    // Somewhere within a record, whose bytes are then taken for lengths.
    answer_exception(broker, request,
                     "java.lang.IllegalArgumentException: newLimit < 0: (-1491850395 < 0), "
                     "java.base/java.nio.Buffer.createLimitException(Buffer.java:395)",
                     reply);
    return;
  }
  response.code = ResponseCode::SYSTEM_ERROR;
  response.remark = "can not find message by the offset, " + std::to_string(*offset);
}

}  // namespace

ProcessorRows offsets_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::GET_MAX_OFFSET, MQVersion::V4_9_8, process_max_offset},
      {RequestCode::GET_MIN_OFFSET, MQVersion::V4_9_8, process_min_offset},
      {RequestCode::SEARCH_OFFSET_BY_TIMESTAMP, MQVersion::V4_9_8, process_search_offset},
      {RequestCode::GET_EARLIEST_MSG_STORETIME, MQVersion::V4_9_8, process_earliest_msg_store_time},
      {RequestCode::VIEW_MESSAGE_BY_ID, MQVersion::V4_9_8, process_view_message},
  };
  return kRows;
}

}  // namespace rmqsim
