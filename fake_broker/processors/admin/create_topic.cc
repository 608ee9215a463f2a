// UPDATE_AND_CREATE_TOPIC (wire §2.4; texts observed-servers §3).
#include "fake_broker/processors/processors.h"
#include "fake_broker/store/attributes.h"
#include "producer/remoting/headers/broker_headers.h"

namespace rmqsim {

namespace {

constexpr std::int32_t kMaxQueues = 65536;  // what a fake is willing to list in a route

std::string illegal_filter_type(const BrokerState& broker, const std::string& type) {
  return "org.apache.rocketmq.remoting.exception.RemotingCommandException: topicFilterType = [" + type +
         "] value invalid, " + std::string(broker.profile().header_package) +
         "CreateTopicRequestHeader.checkFields(CreateTopicRequestHeader.java:" +
         std::to_string(broker.profile().create_topic_check_line) + ")";
}

/// With the exception, or with its message.
void answer_missing_queues_or_perm(BrokerState& broker, const RemotingCommand& request,
                                   const CreateTopicRequestHeader& header, Reply& reply) {
  const char* const getter = !header.read_queue_nums    ? "getReadQueueNums"
                             : !header.write_queue_nums ? "getWriteQueueNums"
                                                        : "getPerm";
  const std::string text = "the return value of \"" + std::string(broker.profile().header_package) +
                           "CreateTopicRequestHeader." + getter + "()\"";
  const std::string what = "Cannot invoke \"java.lang.Integer.intValue()\"";
  if (broker.profile().create_topic_catches) {
    return answer_exception(broker, request, what + " because " + text + " is null", reply);
  }
  answer_null_pointer(broker, request, what, text,
                      "org.apache.rocketmq.broker.processor.AdminBrokerProcessor.updateAndCreateTopic", reply);
}

/// What the topic's attributes become. False when they are refused, and `response` says why.
bool alter_topic_attributes(const BrokerState& broker, std::string_view text, TopicConfig& config,
                            RemotingCommand& response) {
  Attributes changes;
  std::optional<std::string> error = parse_attribute_changes(text, changes);
  const auto type = changes.find("+message.type");
  if (!error && !broker.config.enable_mixed_message_type && type != changes.end() && type->second == "MIXED") {
    response.code = broker.profile().invalid_parameter_code;
    response.remark = "MIXED message type is not supported.";
    return false;
  }
  if (!error) {
    const TopicConfig* const former = broker.topics.find(config.topic_name);
    const Attributes current = former == nullptr ? Attributes{} : former->attributes.value_or(Attributes{});
    error = alter_attributes(topic_attributes(), former == nullptr ? nullptr : &current, changes,
                             config.attributes.emplace());
  }
  if (!error) return true;
  response.code = ResponseCode::SYSTEM_ERROR;
  response.remark = std::move(error);
  return false;
}

void process_create_topic(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now,
                          Reply& reply) {
  const auto header = CreateTopicRequestHeader::from_ext(request.ext_fields);
  const std::string filter = header.topic_filter_type.value_or("null");
  if (refuse_change_of_slave(broker, answer(broker, request, reply))) return;
  if (request.has_ext_fields && filter != "SINGLE_TAG" && filter != "MULTI_TAG") {
    return answer_exception(broker, request, illegal_filter_type(broker, filter), reply);
  }
  RemotingCommand& response = answer(broker, request, reply);
  const std::string topic = header.topic.value_or("");
  if (const auto error = topic_name_error(topic)) {
    response.code = broker.profile().invalid_parameter_code;
    response.remark = std::string(*error);
    return;
  }
  if (is_system_topic(topic)) {
    response.code = broker.profile().invalid_parameter_code;
    response.remark = "The topic[" + topic + "] is conflict with system topic.";
    return;
  }
  if (!header.read_queue_nums || !header.write_queue_nums || !header.perm) {
    return answer_missing_queues_or_perm(broker, request, header, reply);
  }
  if (*header.read_queue_nums > kMaxQueues || *header.write_queue_nums > kMaxQueues) {
    response.code = ResponseCode::SYSTEM_ERROR;
    response.remark = "a fake broker makes no topic with more than " + std::to_string(kMaxQueues) + " queues";
    return;
  }
  TopicConfig config;
  config.topic_name = topic;
  config.read_queue_nums = *header.read_queue_nums;
  config.write_queue_nums = *header.write_queue_nums;
  config.perm = *header.perm;
  config.topic_filter_type = filter;
  config.topic_sys_flag = header.topic_sys_flag.value_or(0);
  config.order = broker.profile().create_topic_takes_order && header.order.value_or(false);
  if (broker.profile().topics_have_attributes &&
      !alter_topic_attributes(broker, header.attributes.value_or(""), config, response)) {
    return;
  }
  if (!broker.topics.put(std::move(config), now)) {
    response.code = ResponseCode::SYSTEM_ERROR;
    response.remark = "too many topics for a fake broker";
    return;
  }
  // The handler sets the code of a fresh response but not its remark (observed-servers §3).
  response.remark = "not set any response code";
}

}  // namespace

ProcessorRows create_topic_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::UPDATE_AND_CREATE_TOPIC, MQVersion::V4_9_8, process_create_topic},
  };
  return kRows;
}

}  // namespace rmqsim
