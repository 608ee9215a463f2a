// Typed headers of the requests by which consumers read: pulls, their offsets, messages given back, and lookups by key
// (wire §2.5, §2.6). Decoding follows Java's slow path: a missing or malformed field is absent.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// PullSysFlag.
namespace PullSysFlag {
inline constexpr std::int32_t COMMIT_OFFSET = 0x1;
inline constexpr std::int32_t SUSPEND = 0x2;
inline constexpr std::int32_t SUBSCRIPTION = 0x4;
inline constexpr std::int32_t LITE_PULL_MESSAGE = 0x10;
}  // namespace PullSysFlag

/// Codes 11 and 361.
struct PullMessageRequestHeader {
  std::optional<std::string> consumer_group;
  std::optional<std::string> topic;
  std::optional<std::int32_t> queue_id;
  std::optional<std::int64_t> queue_offset;
  std::optional<std::int32_t> max_msg_nums;
  std::optional<std::int32_t> sys_flag;
  std::optional<std::int64_t> commit_offset;
  std::optional<std::int64_t> suspend_timeout_millis;
  std::optional<std::string> subscription;
  std::optional<std::int64_t> sub_version;
  std::optional<std::string> expression_type;
  std::optional<std::int32_t> max_msg_bytes;
  std::optional<std::string> broker_name;  // bname

  void to_ext(ExtFields& ext) const;
  static PullMessageRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const PullMessageRequestHeader&) const = default;
};

/// Answers to 11 and 361 with code 0, 19, 20 or 21.
struct PullMessageResponseHeader {
  std::optional<std::int64_t> suggest_which_broker_id;
  std::optional<std::int64_t> next_begin_offset;
  std::optional<std::int64_t> min_offset;
  std::optional<std::int64_t> max_offset;
  std::optional<std::int32_t> topic_sys_flag;  ///< 5.x
  std::optional<std::int32_t> group_sys_flag;  ///< 5.x

  void to_ext(ExtFields& ext) const;
  static PullMessageResponseHeader from_ext(const ExtFields& ext);
  bool operator==(const PullMessageResponseHeader&) const = default;
};

/// Codes 14 and 15; the latter has commitOffset.
struct ConsumerOffsetRequestHeader {
  std::optional<std::string> consumer_group;
  std::optional<std::string> topic;
  std::optional<std::int32_t> queue_id;
  std::optional<std::int64_t> commit_offset;
  std::optional<bool> set_zero_if_not_found;

  void to_ext(ExtFields& ext) const;
  static ConsumerOffsetRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const ConsumerOffsetRequestHeader&) const = default;
};

/// Code 36.
struct ConsumerSendMsgBackRequestHeader {
  std::optional<std::int64_t> offset;  ///< physical
  std::optional<std::string> group;
  std::optional<std::int32_t> delay_level;
  std::optional<std::string> origin_msg_id;
  std::optional<std::string> origin_topic;
  std::optional<bool> unit_mode;
  std::optional<std::int32_t> max_reconsume_times;

  void to_ext(ExtFields& ext) const;
  static ConsumerSendMsgBackRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const ConsumerSendMsgBackRequestHeader&) const = default;
};

/// Code 12.
struct QueryMessageRequestHeader {
  std::optional<std::string> topic;
  std::optional<std::string> key;
  std::optional<std::int32_t> max_num;
  std::optional<std::int64_t> begin_timestamp;  ///< ms
  std::optional<std::int64_t> end_timestamp;    ///< ms

  void to_ext(ExtFields& ext) const;
  static QueryMessageRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const QueryMessageRequestHeader&) const = default;
};

}  // namespace rmqsim
