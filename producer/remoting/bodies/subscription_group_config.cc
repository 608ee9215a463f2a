#include "producer/remoting/bodies/subscription_group_config.h"

#include "producer/remoting/codec/json_body.h"

namespace rmqsim {

using json_body::Json;
using json_body::Reader;
using json_body::Writer;

std::string SubscriptionGroupConfig::encode() const {
  std::string out;
  Writer w(out);
  w.open('{');
  if (since5) {
    w.key("attributes");
    w.text_map(since5->attributes);
  }
  w.field("brokerId", broker_id);
  w.field_bool("consumeBroadcastEnable", consume_broadcast_enable);
  w.field_bool("consumeEnable", consume_enable);
  w.field_bool("consumeFromMinEnable", consume_from_min_enable);
  if (since5) {
    w.field_bool("consumeMessageOrderly", since5->consume_message_orderly);
    w.field("consumeTimeoutMinute", std::int64_t{since5->consume_timeout_minute});
  }
  w.field("groupName", std::string_view(group_name));
  if (since5) {
    w.key("groupRetryPolicy");
    w.raw(since5->group_retry_policy);
    w.field("groupSysFlag", std::int64_t{since5->group_sys_flag});
  }
  w.field_bool("notifyConsumerIdsChangedEnable", notify_consumer_ids_changed_enable);
  w.field("retryMaxTimes", std::int64_t{retry_max_times});
  w.field("retryQueueNums", std::int64_t{retry_queue_nums});
  if (since5) w.field_raw("subscriptionDataSet", since5->subscription_data_set);
  w.field("whichBrokerWhenConsumeSlowly", which_broker_when_consume_slowly);
  w.close('}');
  return out;
}

error_code SubscriptionGroupConfig::decode(std::string_view body, bool v5, SubscriptionGroupConfig& out) {
  out = {};
  Json json;
  bool ok = json_body::parse(body, json);
  const Reader r(json, ok);
  r.text("groupName", out.group_name);
  r.flag("consumeEnable", out.consume_enable);
  r.flag("consumeFromMinEnable", out.consume_from_min_enable);
  r.flag("consumeBroadcastEnable", out.consume_broadcast_enable);
  r.number("retryQueueNums", out.retry_queue_nums);
  r.number("retryMaxTimes", out.retry_max_times);
  r.number("brokerId", out.broker_id);
  r.number("whichBrokerWhenConsumeSlowly", out.which_broker_when_consume_slowly);
  r.flag("notifyConsumerIdsChangedEnable", out.notify_consumer_ids_changed_enable);
  if (v5) {
    Since5& s = out.since5.emplace();
    std::optional<std::string> policy;
    r.flag("consumeMessageOrderly", s.consume_message_orderly);
    r.raw("groupRetryPolicy", policy);
    if (policy) s.group_retry_policy = *policy;
    r.number("groupSysFlag", s.group_sys_flag);
    r.number("consumeTimeoutMinute", s.consume_timeout_minute);
    r.raw("subscriptionDataSet", s.subscription_data_set);
    r.text_map("attributes", s.attributes);
  }
  return ok ? error_code{} : error_code{RemotingError::bad_body};
}

std::string encode_subscription_groups(const SubscriptionGroupTable& groups, const DataVersion& version, bool v5) {
  std::string out;
  Writer w(out);
  w.open('{');
  w.key("dataVersion");
  w.raw(version.encode());
  if (v5) {
    w.key("forbiddenTable");
    w.raw("{}");
  }
  w.key("subscriptionGroupTable");
  w.open('{');
  for (const auto& [name, config] : groups) {
    w.key(name);
    w.raw(config.encode());
  }
  w.close('}');
  w.close('}');
  return out;
}

}  // namespace rmqsim
