// A message as a broker hands it to a client: with where it is stored and who sent it (MessageExt). What a transaction
// check shows to its listener, and what a reply is.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "producer/client/api/message.h"
#include "producer/profile/profile.h"
#include "producer/remoting/bodies/stored_message.h"

namespace rmqsim {

class MessageExt : public Message {
 public:
  const std::string& getBrokerName() const { return broker_name; }
  std::int32_t getQueueId() const { return queue_id; }
  std::int64_t getQueueOffset() const { return queue_offset; }
  std::int64_t getCommitLogOffset() const { return commit_log_offset; }
  std::int32_t getSysFlag() const { return sys_flag; }
  std::int64_t getBornTimestamp() const { return born_timestamp; }
  const std::string& getBornHost() const { return born_host; }
  std::int64_t getStoreTimestamp() const { return store_timestamp; }
  const std::string& getStoreHost() const { return store_host; }
  std::int32_t getReconsumeTimes() const { return reconsume_times; }
  std::int64_t getPreparedTransactionOffset() const { return prepared_transaction_offset; }
  const std::string& getOffsetMsgId() const { return offset_msg_id; }
  /// UNIQ_KEY, or the broker's id when the message has none.
  std::string getMsgId() const { return uniq_key().empty() ? offset_msg_id : std::string(uniq_key()); }

  std::string broker_name;
  std::int32_t queue_id = 0;
  std::int64_t queue_offset = 0;
  std::int64_t commit_log_offset = 0;
  std::int32_t sys_flag = 0;
  std::int64_t born_timestamp = 0;   ///< ms
  std::string born_host;             ///< "ip:port"
  std::int64_t store_timestamp = 0;  ///< ms
  std::string store_host;            ///< "ip:port"
  std::int32_t reconsume_times = 0;
  std::int64_t prepared_transaction_offset = 0;
  std::string offset_msg_id;
};

/// Inflates `body` when `sys_flag` says that it is compressed: by its type bits, or as zlib where the profile knows
/// nothing else. False when it is not of that format; `body` is then as before.
bool decompress_body(const Profile& profile, std::int32_t sys_flag, std::string& body);

/// MessageDecoder.decode: nullopt when the record does not parse or its body does not inflate.
std::optional<MessageExt> decode_message_ext(const Profile& profile, std::string_view record);
/// Records one after the other; those behind one that does not decode are lost.
std::vector<MessageExt> decode_message_exts(const Profile& profile, std::string_view records);

}  // namespace rmqsim
