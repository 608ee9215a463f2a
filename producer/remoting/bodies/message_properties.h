// A message's properties and their text form `key 0x01 value 0x02 …` (wire §4.1), and the sysFlag bits.
// Order is that of first appearance; Java's is a HashMap's, so nobody may depend on it.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rmqsim {

/// Keys of MessageConst that this project reads or writes.
namespace MessageConst {
inline constexpr std::string_view PROPERTY_KEYS = "KEYS";
inline constexpr std::string_view PROPERTY_TAGS = "TAGS";
inline constexpr std::string_view PROPERTY_WAIT_STORE_MSG_OK = "WAIT";
inline constexpr std::string_view PROPERTY_DELAY_TIME_LEVEL = "DELAY";
inline constexpr std::string_view PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX = "UNIQ_KEY";
inline constexpr std::string_view PROPERTY_TRANSACTION_PREPARED = "TRAN_MSG";
inline constexpr std::string_view PROPERTY_PRODUCER_GROUP = "PGROUP";
inline constexpr std::string_view PROPERTY_CHECK_IMMUNITY_TIME_IN_SECONDS = "CHECK_IMMUNITY_TIME_IN_SECONDS";
inline constexpr std::string_view PROPERTY_TRANSACTION_ID = "__transactionId__";
inline constexpr std::string_view PROPERTY_TRANSACTION_CHECK_TIMES = "TRANSACTION_CHECK_TIMES";
inline constexpr std::string_view PROPERTY_REAL_TOPIC = "REAL_TOPIC";
inline constexpr std::string_view PROPERTY_REAL_QUEUE_ID = "REAL_QID";
inline constexpr std::string_view PROPERTY_RETRY_TOPIC = "RETRY_TOPIC";
inline constexpr std::string_view PROPERTY_ORIGIN_MESSAGE_ID = "ORIGIN_MESSAGE_ID";
inline constexpr std::string_view PROPERTY_RECONSUME_TIME = "RECONSUME_TIME";
inline constexpr std::string_view PROPERTY_MAX_RECONSUME_TIMES = "MAX_RECONSUME_TIMES";
inline constexpr std::string_view PROPERTY_MSG_REGION = "MSG_REGION";
inline constexpr std::string_view PROPERTY_TRACE_SWITCH = "TRACE_ON";
inline constexpr std::string_view PROPERTY_CLUSTER = "CLUSTER";
inline constexpr std::string_view PROPERTY_CORRELATION_ID = "CORRELATION_ID";
inline constexpr std::string_view PROPERTY_MESSAGE_REPLY_TO_CLIENT = "REPLY_TO_CLIENT";
inline constexpr std::string_view PROPERTY_MESSAGE_TTL = "TTL";
inline constexpr std::string_view PROPERTY_MESSAGE_TYPE = "MSG_TYPE";
inline constexpr std::string_view PROPERTY_PUSH_REPLY_TIME = "PUSH_REPLY_TIME";
inline constexpr std::string_view PROPERTY_REPLY_MESSAGE_ARRIVE_TIME = "ARRIVE_TIME";
inline constexpr std::string_view PROPERTY_TIMER_DELAY_SEC = "TIMER_DELAY_SEC";
inline constexpr std::string_view PROPERTY_TIMER_DELAY_MS = "TIMER_DELAY_MS";
inline constexpr std::string_view PROPERTY_TIMER_DELIVER_MS = "TIMER_DELIVER_MS";
inline constexpr std::string_view PROPERTY_TIMER_OUT_MS = "TIMER_OUT_MS";
inline constexpr std::string_view PROPERTY_TIMER_ENQUEUE_MS = "TIMER_ENQUEUE_MS";
inline constexpr std::string_view PROPERTY_TIMER_DEQUEUE_MS = "TIMER_DEQUEUE_MS";
inline constexpr std::string_view PROPERTY_INSTANCE_ID = "INSTANCE_ID";
inline constexpr std::string_view PROPERTY_STARTDE_LIVER_TIME = "__STARTDELIVERTIME";
}  // namespace MessageConst

/// MessageSysFlag (wire §4.3).
namespace MessageSysFlag {
inline constexpr std::int32_t COMPRESSED_FLAG = 0x1;
inline constexpr std::int32_t MULTI_TAGS_FLAG = 0x2;
inline constexpr std::int32_t TRANSACTION_NOT_TYPE = 0;
inline constexpr std::int32_t TRANSACTION_PREPARED_TYPE = 0x4;
inline constexpr std::int32_t TRANSACTION_COMMIT_TYPE = 0x8;
inline constexpr std::int32_t TRANSACTION_ROLLBACK_TYPE = 0xC;
inline constexpr std::int32_t BORNHOST_V6_FLAG = 0x10;
inline constexpr std::int32_t STOREHOSTADDRESS_V6_FLAG = 0x20;
inline constexpr std::int32_t transaction_value(std::int32_t flag) { return flag & TRANSACTION_ROLLBACK_TYPE; }
inline constexpr std::int32_t reset_transaction_value(std::int32_t flag, std::int32_t type) {
  return (flag & ~TRANSACTION_ROLLBACK_TYPE) | type;
}
}  // namespace MessageSysFlag

/// Ordered string map. Values are never null here: what Java holds as null is absent.
class MessageProperties {
 public:
  using Entry = std::pair<std::string, std::string>;

  MessageProperties() = default;
  MessageProperties(std::initializer_list<Entry> entries);

  /// Replaces the value in place when the key exists.
  void set(std::string_view key, std::string_view value) { slot(key) = value; }
  /// The value of the key, to be written to; empty when the key was absent. Valid until the next change.
  std::string& slot(std::string_view key);
  /// True when something was removed.
  bool remove(std::string_view key);
  const std::string* find(std::string_view key) const;
  std::string_view get(std::string_view key, std::string_view otherwise = {}) const;
  bool contains(std::string_view key) const { return find(key) != nullptr; }
  const std::vector<Entry>& entries() const { return entries_; }
  std::size_t size() const { return entries_.size(); }
  bool empty() const { return entries_.empty(); }
  void clear() { entries_.clear(); }

  /// MessageDecoder.messageProperties2String. 5.3.3 ends with 0x02, 4.9.1 … 5.1.4 do not.
  std::string encode(bool trailing_separator = true) const;
  void encode_to(std::string& out, bool trailing_separator = true) const;
  /// MessageDecoder.string2messageProperties: pieces shorter than three characters, without 0x01, with empty key or
  /// value are ignored; the first 0x01 ends the key; the last duplicate wins. Never fails.
  static MessageProperties decode(std::string_view text);

  /// Same set of pairs, in any order.
  bool same_as(const MessageProperties& other) const;
  bool operator==(const MessageProperties&) const = default;

 private:
  std::vector<Entry> entries_;
};

/// Looks up one key in the text form without decoding the rest; same rules as decode(). nullopt when absent.
std::optional<std::string_view> find_property(std::string_view text, std::string_view key);

}  // namespace rmqsim
