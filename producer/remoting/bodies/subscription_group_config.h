// SubscriptionGroupConfig: what operators set for a consumer group (200), and how a broker shows one (352) or all
// (201).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "producer/remoting/bodies/register_broker_body.h"

namespace rmqsim {

/// What 4.x does not have of a SubscriptionGroupConfig.
struct SubscriptionGroupSince5 {
  bool consume_message_orderly = false;
  std::string group_retry_policy = R"({"type":"CUSTOMIZED"})";  ///< JSON, as it was given
  std::int32_t group_sys_flag = 0;
  std::int32_t consume_timeout_minute = 15;
  std::optional<std::string> subscription_data_set;  ///< JSON, as it was given
  std::map<std::string, std::string> attributes;
};

struct SubscriptionGroupConfig {
  std::string group_name;
  bool consume_enable = true;
  bool consume_from_min_enable = true;
  bool consume_broadcast_enable = true;
  std::int32_t retry_queue_nums = 1;
  std::int32_t retry_max_times = 16;
  std::int64_t broker_id = 0;
  std::int64_t which_broker_when_consume_slowly = 1;
  bool notify_consumer_ids_changed_enable = true;
  using Since5 = SubscriptionGroupSince5;
  std::optional<Since5> since5;

  /// Keys sorted, as Java writes it.
  std::string encode() const;
  /// `v5`: takes what 4.x does not have. What is absent keeps its default.
  static error_code decode(std::string_view body, bool v5, SubscriptionGroupConfig& out);
};

using SubscriptionGroupTable = std::map<std::string, SubscriptionGroupConfig, std::less<>>;

/// The answer to 201. `v5`: with the forbiddenTable, empty.
std::string encode_subscription_groups(const SubscriptionGroupTable& groups, const DataVersion& version, bool v5);

}  // namespace rmqsim
