// The body of HEART_BEAT (wire §2.3): who the client is, and its groups. Encodes as Java 5.3.3 (five keys)
// or as 4.9.8 (three keys); decodes what all four client families send: enums as names or ordinals, subVersion as
// number or text, missing arrays.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

enum class ConsumeType : std::uint8_t { CONSUME_ACTIVELY, CONSUME_PASSIVELY, CONSUME_POP };
enum class MessageModel : std::uint8_t { BROADCASTING, CLUSTERING };
enum class ConsumeFromWhere : std::uint8_t {
  CONSUME_FROM_LAST_OFFSET,
  CONSUME_FROM_LAST_OFFSET_AND_FROM_MIN_WHEN_BOOT_FIRST,
  CONSUME_FROM_MIN_OFFSET,
  CONSUME_FROM_MAX_OFFSET,
  CONSUME_FROM_FIRST_OFFSET,
  CONSUME_FROM_TIMESTAMP,
};
std::string_view to_string(ConsumeType v);
std::string_view to_string(MessageModel v);
std::string_view to_string(ConsumeFromWhere v);

/// The group that every Java client registers besides the user's.
inline constexpr std::string_view kClientInnerProducerGroup = "CLIENT_INNER_PRODUCER";

struct ProducerData {
  std::string group_name;
  bool operator==(const ProducerData&) const = default;
};

struct SubscriptionData {
  std::string topic;
  std::string sub_string;
  std::vector<std::string> tags_set;
  std::vector<std::int32_t> code_set;  ///< String.hashCode of each tag
  std::int64_t sub_version = 0;        ///< ms
  std::string expression_type = "TAG";
  bool class_filter_mode = false;

  /// Keys sorted, as Java writes it.
  std::string encode() const;
  static error_code decode(std::string_view body, SubscriptionData& out);
  bool operator==(const SubscriptionData&) const = default;
};

struct ConsumerData {
  std::string group_name;
  ConsumeType consume_type = ConsumeType::CONSUME_ACTIVELY;
  MessageModel message_model = MessageModel::CLUSTERING;
  ConsumeFromWhere consume_from_where = ConsumeFromWhere::CONSUME_FROM_LAST_OFFSET;
  std::vector<SubscriptionData> subscription_data_set;
  bool unit_mode = false;
  bool operator==(const ConsumerData&) const = default;
};

struct HeartbeatData {
  std::string client_id;  // clientID
  std::vector<ProducerData> producer_data_set;
  std::vector<ConsumerData> consumer_data_set;
  // The two keys of 5.1 and later; absent after decoding an older client's heartbeat.
  std::optional<std::int32_t> heartbeat_fingerprint;
  std::optional<bool> without_sub;

  /// Keys sorted; the last two only when present, so a 4.9.8 client leaves them absent.
  std::string encode() const;
  /// bad_body when it is not JSON of this shape; `out` is then unspecified.
  static error_code decode(std::string_view body, HeartbeatData& out);
  /// HeartbeatData.computeHeartbeatFingerprint: hash of the JSON without clientID, versions and fingerprint.
  std::int32_t compute_heartbeat_fingerprint() const;

  bool operator==(const HeartbeatData&) const = default;
};

}  // namespace rmqsim
