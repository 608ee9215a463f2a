// GET_MAX_OFFSET and GET_MIN_OFFSET (wire-and-servers §2.5). The first is also what the 5.x client's detector sends as
// its probe.
#include "fake_broker/processors.h"
#include "producer/remoting/broker_headers.h"

namespace rmqsim {

namespace {

/// The two request headers differ only in a field that nobody looks at here.
std::optional<GetMaxOffsetRequestHeader> parse(BrokerState& broker, const RemotingCommand& request, Reply& reply) {
  auto header = GetMaxOffsetRequestHeader::from_ext(request.ext_fields);
  if (header.topic && header.queue_id) return header;
  if (!header.topic) {
    answer_null_pointer(broker, request, "Cannot invoke \"Object.hashCode()\"", "\"key\"",
                        "java.base/java.util.concurrent.ConcurrentHashMap.get(ConcurrentHashMap.java:936)", reply);
  } else {
    answer_null_pointer(broker, request, "Cannot invoke \"java.lang.Integer.intValue()\"",
                        "the return value of \"getQueueId()\"",
                        "org.apache.rocketmq.broker.processor.AdminBrokerProcessor.processRequest", reply);
  }
  return std::nullopt;
}

}  // namespace

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
  if (broker.is_5()) response.remark = "";  // observed-servers §1, last paragraph
}

}  // namespace rmqsim
