// Typed headers of broker requests other than SEND: transactions, client management, offsets, replies, topic creation.
// They travel rarely, so they own their strings. Decoding follows Java's slow path: a missing or malformed field is
// absent, never an error (wire §1.6); whoever needs the field decides what its absence means.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// commitOrRollback of END_TRANSACTION: MessageSysFlag values.
namespace TransactionFlag {
inline constexpr std::int32_t NOT_TYPE = 0;
inline constexpr std::int32_t COMMIT_TYPE = 0x8;
inline constexpr std::int32_t ROLLBACK_TYPE = 0xC;
}  // namespace TransactionFlag

/// Code 37 (wire §2.2).
struct EndTransactionRequestHeader {
  std::optional<std::string> topic;
  std::optional<std::string> producer_group;
  std::optional<std::int64_t> tran_state_table_offset;
  std::optional<std::int64_t> commit_log_offset;
  std::optional<std::int32_t> commit_or_rollback;
  std::optional<bool> from_transaction_check;
  std::optional<std::string> msg_id;
  std::optional<std::string> transaction_id;
  std::optional<std::string> broker_name;  // bname

  void to_ext(ExtFields& ext) const;
  static EndTransactionRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const EndTransactionRequestHeader&) const = default;
};

/// Code 39, broker → client, one-way; the body is one stored record.
struct CheckTransactionStateRequestHeader {
  std::optional<std::string> topic;
  std::optional<std::int64_t> tran_state_table_offset;
  std::optional<std::int64_t> commit_log_offset;
  std::optional<std::string> msg_id;
  std::optional<std::string> transaction_id;
  std::optional<std::string> offset_msg_id;
  std::optional<std::string> broker_name;  // bname

  void to_ext(ExtFields& ext) const;
  static CheckTransactionStateRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const CheckTransactionStateRequestHeader&) const = default;
};

/// Code 35.
struct UnregisterClientRequestHeader {
  std::optional<std::string> client_id;  // clientID
  std::optional<std::string> producer_group;
  std::optional<std::string> consumer_group;
  std::optional<std::string> broker_name;  // bname

  void to_ext(ExtFields& ext) const;
  static UnregisterClientRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const UnregisterClientRequestHeader&) const = default;
};

/// Code 30.
struct GetMaxOffsetRequestHeader {
  std::optional<std::string> topic;
  std::optional<std::int32_t> queue_id;
  std::optional<bool> committed;
  std::optional<std::string> broker_name;  // bname

  void to_ext(ExtFields& ext) const;
  static GetMaxOffsetRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const GetMaxOffsetRequestHeader&) const = default;
};

/// Answers to 29, 30, 31 and 14 look alike.
struct GetMaxOffsetResponseHeader {
  std::optional<std::int64_t> offset;

  void to_ext(ExtFields& ext) const;
  static GetMaxOffsetResponseHeader from_ext(const ExtFields& ext);
  bool operator==(const GetMaxOffsetResponseHeader&) const = default;
};

/// Code 326, broker → requesting producer (wire §3.8).
struct ReplyMessageRequestHeader {
  std::optional<std::string> producer_group;
  std::optional<std::string> topic;
  std::optional<std::string> default_topic;
  std::optional<std::int32_t> default_topic_queue_nums;
  std::optional<std::int32_t> queue_id;
  std::optional<std::int32_t> sys_flag;
  std::optional<std::int64_t> born_timestamp;
  std::optional<std::int32_t> flag;
  std::optional<std::string> properties;
  std::optional<std::int32_t> reconsume_times;
  std::optional<bool> unit_mode;
  std::optional<std::string> born_host;
  std::optional<std::string> store_host;
  std::optional<std::int64_t> store_timestamp;
  std::optional<std::string> broker_name;  // bname

  void to_ext(ExtFields& ext) const;
  static ReplyMessageRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const ReplyMessageRequestHeader&) const = default;
};

/// Code 17 (CreateTopicRequestHeader).
struct CreateTopicRequestHeader {
  std::optional<std::string> topic;
  std::optional<std::string> default_topic;
  std::optional<std::int32_t> read_queue_nums;
  std::optional<std::int32_t> write_queue_nums;
  std::optional<std::int32_t> perm;
  std::optional<std::string> topic_filter_type;  ///< SINGLE_TAG or MULTI_TAG
  std::optional<std::int32_t> topic_sys_flag;
  std::optional<bool> order;
  std::optional<std::string> attributes;
  std::optional<bool> force;

  void to_ext(ExtFields& ext) const;
  static CreateTopicRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const CreateTopicRequestHeader&) const = default;
};

/// Code 370 (5.3+).
struct RecallMessageRequestHeader {
  std::optional<std::string> producer_group;
  std::optional<std::string> topic;
  std::optional<std::string> recall_handle;
  std::optional<std::string> broker_name;  // bname

  void to_ext(ExtFields& ext) const;
  static RecallMessageRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const RecallMessageRequestHeader&) const = default;
};

}  // namespace rmqsim
