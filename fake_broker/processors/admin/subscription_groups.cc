// Consumer groups as operators see and set them: UPDATE_AND_CREATE_SUBSCRIPTIONGROUP (200),
// GET_ALL_SUBSCRIPTIONGROUP_CONFIG (201), DELETE_SUBSCRIPTIONGROUP (207), GET_SUBSCRIPTIONGROUP_CONFIG (352).
#include "fake_broker/processors/processors.h"
#include "fake_broker/store/attributes.h"

namespace rmqsim {
namespace {

constexpr std::int32_t kMaxRetryQueues = 65536;    // as for topics: what a fake is willing to list in a route
constexpr std::size_t kMaxConfigBody = 64 * 1024;  // a real one has some hundred bytes

void process_update_group(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now,
                          Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  if (refuse_change_of_slave(broker, response)) return;
  SubscriptionGroupConfig config;
  if (request.body.size() > kMaxConfigBody ||
      SubscriptionGroupConfig::decode(request.body, broker.profile().groups_have_added_fields, config)) {
    return answer_exception(broker, request,
                            "com.alibaba.fastjson.JSONException: syntax error, "
                            "com.alibaba.fastjson.parser.DefaultJSONParser.parseObject",
                            reply);
  }
  if (config.group_name.empty()) return answer_null_key(broker, request, reply);
  if (config.since5) {  // which knows no attribute of groups
    const Attributes none;
    const bool new_group = !broker.subscription_groups.contains(config.group_name);
    Attributes& changes = config.since5->attributes;
    if (const auto error = alter_attributes({}, new_group ? nullptr : &none, changes, changes)) {
      return answer_exception(broker, request,
                              "java.lang.RuntimeException: " + *error +
                                  ", org.apache.rocketmq.common.attribute.AttributeUtil.alterCurrentAttributes",
                              reply);
    }
  }
  if (config.retry_queue_nums > kMaxRetryQueues || !broker.subscription_groups.put(std::move(config), now)) {
    response.code = ResponseCode::SYSTEM_ERROR;
    response.remark = "too many groups or retry queues for a fake broker";
  }
}

void process_all_groups(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const SubscriptionGroupManager& groups = broker.subscription_groups;
  answer(broker, request, reply).body =
      encode_subscription_groups(groups.table(), groups.data_version(), broker.profile().groups_have_added_fields);
}

void process_delete_group(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now,
                          Reply& reply) {
  RemotingCommand& response = answer(broker, request, reply);
  if (refuse_change_of_slave(broker, response)) return;
  const auto group = request.ext_fields.find("groupName");
  if (!group) return answer_null_key(broker, request, reply);
  broker.subscription_groups.remove(*group, now);
  if (request.ext_fields.get_bool(broker.profile().clean_offset_field)) {
    broker.consumer_offsets.remove_group(*group);
  }
}

/// A group that is asked for is there from then on, as for a pull.
void process_group_config(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now,
                          Reply& reply) {
  const auto group = request.ext_fields.find("group");
  if (!group) return answer_null_key(broker, request, reply);
  RemotingCommand& response = answer(broker, request, reply);
  const SubscriptionGroupConfig* const config =
      broker.subscription_groups.find_or_create(*group, broker.config.auto_create_subscription_group, now);
  if (config != nullptr) {
    response.body = config->encode();
    return;
  }
  response.code = ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST;
  response.remark = "No group in this broker";
}

}  // namespace

ProcessorRows subscription_groups_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, MQVersion::V4_9_8, process_update_group},
      {RequestCode::GET_ALL_SUBSCRIPTIONGROUP_CONFIG, MQVersion::V4_9_8, process_all_groups},
      {RequestCode::DELETE_SUBSCRIPTIONGROUP, MQVersion::V4_9_8, process_delete_group},
      {RequestCode::GET_SUBSCRIPTIONGROUP_CONFIG, MQVersion::V5_0_0, process_group_config},
  };
  return kRows;
}

}  // namespace rmqsim
