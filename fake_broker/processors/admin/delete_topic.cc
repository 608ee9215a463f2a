// DELETE_TOPIC_IN_BROKER (215): the topic and its queues go, in 5.x the offsets of its consumers, too. One that is not
// there is deleted with the same answer. Nameservers keep it until they are told to forget it (216).
#include "fake_broker/processors/processors.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

/// What is said against it; empty when nothing is.
std::string objection(const BrokerState& broker, const std::string& topic) {
  if (broker.profile().delete_topic_checks_name) {
    if (const auto error = topic_name_error(topic)) return std::string(*error);
  } else if (text::is_blank(topic)) {
    return "The specified topic is blank.";
  }
  return is_system_topic(topic) ? "The topic[" + topic + "] is conflict with system topic." : std::string();
}

void process_delete_topic(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now,
                          Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  if (refuse_change_of_slave(broker, response)) return;
  const std::string topic(request.ext_fields.get("topic"));
  if (std::string text = objection(broker, topic); !text.empty()) {
    response.code = broker.profile().invalid_parameter_code;
    response.remark = std::move(text);
    return;
  }
  broker.topics.remove(topic, now);
  broker.store.remove_topic(topic);
  if (broker.profile().delete_topic_forgets_offsets) broker.consumer_offsets.remove_topic(topic);
}

}  // namespace

ProcessorRows delete_topic_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::DELETE_TOPIC_IN_BROKER, MQVersion::V4_9_8, process_delete_topic},
  };
  return kRows;
}

}  // namespace rmqsim
