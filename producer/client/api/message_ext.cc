#include "producer/client/api/message_ext.h"

#include <utility>

#include "producer/remoting/codec/compression.h"

namespace rmqsim {

bool decompress_body(const Profile& profile, std::int32_t sys_flag, std::string& body) {
  if ((sys_flag & MessageSysFlag::COMPRESSED_FLAG) == 0) return true;
  const auto type = profile.decompresses_by_type ? compression_type_of(sys_flag) : CompressionType::ZLIB;
  std::string plain;
  if (!type || decompress(*type, body, plain)) return false;
  body = std::move(plain);
  return true;
}

namespace {

/// Advances `records` behind the one that it decodes.
std::optional<MessageExt> next_message(const Profile& profile, std::string_view& records) {
  StoredMessage stored;
  if (StoredMessage::decode(records, stored)) return std::nullopt;
  if (!decompress_body(profile, stored.sys_flag, stored.body)) return std::nullopt;
  MessageExt message;
  message.setTopic(stored.topic);
  message.setFlag(stored.flag);
  const MessageProperties properties = MessageProperties::decode(stored.properties);
  for (const auto& [name, value] : properties.entries()) message.put_property(name, value);
  message.setBody(std::move(stored.body));
  message.queue_id = stored.queue_id;
  message.queue_offset = stored.queue_offset;
  message.commit_log_offset = stored.physical_offset;
  message.sys_flag = stored.sys_flag;
  message.born_timestamp = stored.born_timestamp;
  message.born_host = stored.born_host.to_string();
  message.store_timestamp = stored.store_timestamp;
  message.store_host = stored.store_host.to_string();
  message.reconsume_times = stored.reconsume_times;
  message.prepared_transaction_offset = stored.prepared_transaction_offset;
  message.offset_msg_id = stored.offset_msg_id();
  return message;
}

}  // namespace

std::optional<MessageExt> decode_message_ext(const Profile& profile, std::string_view record) {
  return next_message(profile, record);
}

std::vector<MessageExt> decode_message_exts(const Profile& profile, std::string_view records) {
  std::vector<MessageExt> messages;
  while (!records.empty()) {
    auto message = next_message(profile, records);
    if (!message) break;
    messages.push_back(std::move(*message));
  }
  return messages;
}

}  // namespace rmqsim
