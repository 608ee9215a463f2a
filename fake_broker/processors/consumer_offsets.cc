// How far a group has come: QUERY_CONSUMER_OFFSET (14) and UPDATE_CONSUMER_OFFSET (15) (wire-and-servers §2.5,
// corrected by observed-servers C17, C18).
#include "fake_broker/processors/processors.h"
#include "producer/remoting/headers/consumer_headers.h"

namespace rmqsim {
namespace {

bool check_names(BrokerState& broker, const RemotingCommand& request, const ConsumerOffsetRequestHeader& header,
                 Reply& reply) {
  if (header.consumer_group && header.topic) return true;
  answer_null_pointer(broker, request, "Cannot invoke \"Object.hashCode()\"", "\"key\"",
                      "java.base/java.util.concurrent.ConcurrentHashMap.get(ConcurrentHashMap.java:936)", reply);
  return false;
}

void refuse_offset(BrokerState& broker, const RemotingCommand& request, std::int32_t code, std::string remark,
                   Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  response.code = code;
  response.remark = std::move(remark);
  response.ext();
}

/// A group that never committed starts at 0 when nothing of the queue is gone; 4.9.8 does not mind that there is no
/// message at all.
bool begins_at_zero(const BrokerState& broker, const ConsumerOffsetRequestHeader& header) {
  if (header.set_zero_if_not_found && !*header.set_zero_if_not_found) return false;
  if (broker.store.min_offset(*header.topic, *header.queue_id) > 0) return false;
  return !broker.is_5() || broker.store.max_offset(*header.topic, *header.queue_id) > 0;
}

}  // namespace

void process_query_consumer_offset(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                   Reply& reply) {
  const auto header = ConsumerOffsetRequestHeader::from_ext(request.ext_fields);
  if (!check_names(broker, request, header, reply)) return;
  if (!header.queue_id) {
    answer_null_pointer(broker, request, "Cannot invoke \"java.lang.Integer.intValue()\"",
                        "the return value of \"QueryConsumerOffsetRequestHeader.getQueueId()\"",
                        "org.apache.rocketmq.broker.processor.ConsumerManageProcessor.queryConsumerOffset", reply);
    return;
  }
  std::int64_t offset = broker.consumer_offsets.query_offset(*header.consumer_group, *header.topic, *header.queue_id);
  if (offset < 0) {
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
  if (!check_names(broker, request, header, reply)) return;
  const std::string& topic = *header.topic;
  if (broker.is_5()) {
    if (!broker.subscription_groups.contains(*header.consumer_group)) {
      return refuse_offset(broker, request, ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST,
                           "Group " + *header.consumer_group + " not exist!", reply);
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
    answer_null_pointer(broker, request, "Cannot invoke \"java.lang.Integer.intValue()\"",
                        "the return value of \"UpdateConsumerOffsetRequestHeader.getQueueId()\"",
                        "org.apache.rocketmq.broker.processor.ConsumerManageProcessor.updateConsumerOffset", reply);
    return;
  }
  if (broker.is_5() && broker.consumer_offsets.is_reset(*header.consumer_group, topic, *header.queue_id)) {
    return refuse_offset(broker, request, ResponseCode::SUCCESS, "Offset has been previously reset", reply);
  }
  broker.consumer_offsets.commit_offset(*header.consumer_group, topic, *header.queue_id, *header.commit_offset);
  answer(broker, request, reply).ext();
}

}  // namespace rmqsim
