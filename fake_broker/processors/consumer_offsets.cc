// How far a group has come: QUERY_CONSUMER_OFFSET (14) and UPDATE_CONSUMER_OFFSET (15) (wire §2.5,
// corrected by observed-servers C17, C18).
#include "fake_broker/processors/processors.h"
#include "producer/remoting/headers/consumer_headers.h"

namespace rmqsim {
namespace {

/// `what` is the name of the request's header and, in camel case, of its handler.
void answer_missing_number(BrokerState& broker, const RemotingCommand& request, const std::string& what,
                           const std::string& getter, Reply& reply) {
  std::string handler = what;
  handler[0] = static_cast<char>(handler[0] - 'A' + 'a');
  answer_null_pointer(broker, request,
                      getter == "getQueueId" ? "Cannot invoke \"java.lang.Integer.intValue()\""
                                             : "Cannot invoke \"java.lang.Long.longValue()\"",
                      "the return value of \"" + std::string(broker.profile().header_package) + what +
                          "RequestHeader." + getter + "()\"",
                      "org.apache.rocketmq.broker.processor.ConsumerManageProcessor." + handler, reply);
}

void refuse_offset(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string remark,
                   Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = std::move(remark);
  response.ext();
}

/// A group that never committed starts at 0 when nothing of the queue is gone; not every release minds that there is no
/// message at all.
bool begins_at_zero(const BrokerState& broker, const ConsumerOffsetRequestHeader& header) {
  if (broker.store.min_offset(*header.topic, *header.queue_id) > 0) return false;
  return broker.profile().empty_queue_begins_at_zero || broker.store.max_offset(*header.topic, *header.queue_id) > 0;
}

void process_query_consumer_offset(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                   Reply& reply) {
  const auto header = ConsumerOffsetRequestHeader::from_ext(request.ext_fields);
  if (!header.topic) return answer_null_key(broker, request, reply);
  if (!header.queue_id) return answer_missing_number(broker, request, "QueryConsumerOffset", "getQueueId", reply);
  const std::string group = header.consumer_group.value_or("null");
  std::int64_t offset = broker.consumer_offsets.query_offset(group, *header.topic, *header.queue_id);
  if (offset < 0) {
    if (broker.profile().takes_set_zero_if_not_found && !header.set_zero_if_not_found.value_or(true)) {
      return refuse_offset(broker, request, ResponseCode::QUERY_NOT_FOUND,
                           "Not found, do not set to zero, maybe this group boot first", reply);
    }
    if (!begins_at_zero(broker, header)) {
      return refuse_offset(broker, request, ResponseCode::QUERY_NOT_FOUND,
                           "Not found, V3_0_6_SNAPSHOT maybe this group consumer boot first", reply);
    }
    offset = 0;
  }
  answer(broker, request, reply).ext().append("offset", offset);
}

void process_update_consumer_offset(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                    Reply& reply) {
  const auto header = ConsumerOffsetRequestHeader::from_ext(request.ext_fields);
  // Java puts both names into one text, a missing one as "null".
  const std::string topic = header.topic.value_or("null");
  const std::string group = header.consumer_group.value_or("null");
  if (broker.profile().commit_checks_names) {
    if (!header.topic) return answer_null_key(broker, request, reply);
    if (!header.consumer_group || !broker.subscription_groups.contains(group)) {
      return refuse_offset(broker, request, ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST,
                           "Group " + group + " not exist!", reply);
    }
    if (broker.topics.find(topic) == nullptr) {
      return refuse_offset(broker, request, ResponseCode::TOPIC_NOT_EXIST, "Topic " + topic + " not exist!", reply);
    }
    if (!header.queue_id) {
      return refuse_offset(broker, request, ResponseCode::INVALID_PARAMETER, "QueueId is null, topic is " + topic,
                           reply);
    }
    if (!header.commit_offset) {
      return refuse_offset(broker, request, ResponseCode::INVALID_PARAMETER, "Offset is null, topic is " + topic,
                           reply);
    }
  } else if (!header.queue_id || !header.commit_offset) {
    const char* const getter = header.queue_id ? "getCommitOffset" : "getQueueId";
    return answer_missing_number(broker, request, "UpdateConsumerOffset", getter, reply);
  }
  if (broker.profile().resets_offsets_itself && broker.consumer_offsets.is_reset(group, topic, *header.queue_id)) {
    return refuse_offset(broker, request, ResponseCode::SUCCESS, "Offset has been previously reset", reply);
  }
  broker.consumer_offsets.commit_offset(group, topic, *header.queue_id, *header.commit_offset);
  answer(broker, request, reply).ext();
}

}  // namespace

ProcessorRows consumer_offsets_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::QUERY_CONSUMER_OFFSET, MQVersion::V4_9_8, process_query_consumer_offset},
      {RequestCode::UPDATE_CONSUMER_OFFSET, MQVersion::V4_9_8, process_update_consumer_offset},
  };
  return kRows;
}

}  // namespace rmqsim
