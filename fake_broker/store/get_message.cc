// The walk along a queue.
#include "fake_broker/store/get_message.h"

#include <algorithm>

#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/java_hash.h"

namespace rmqsim {

std::string_view to_string(GetMessageStatus status) {
  static constexpr std::string_view kNames[] = {"FOUND",
                                                "NO_MATCHED_MESSAGE",
                                                "OFFSET_OVERFLOW_BADLY",
                                                "OFFSET_OVERFLOW_ONE",
                                                "OFFSET_TOO_SMALL",
                                                "NO_MESSAGE_IN_QUEUE"};
  return kNames[static_cast<std::size_t>(status)];
}

std::int32_t tags_code(const StoredRecord& record) {
  const auto tags = find_property(record.properties, MessageConst::PROPERTY_TAGS);
  return tags ? java_hash(*tags) : 0;
}

GetMessageResult get_message(const MessageStore& store, std::string_view topic, std::int32_t queue_id,
                             std::int64_t offset, std::int32_t max_count, std::size_t max_bytes,
                             const TagFilter& filter, const HostAddress& store_host, std::string& body) {
  GetMessageResult result;
  result.min_offset = store.min_offset(topic, queue_id);
  result.max_offset = store.max_offset(topic, queue_id);
  if (result.max_offset == 0) return result;
  if (offset < result.min_offset) {
    result.status = GetMessageStatus::OFFSET_TOO_SMALL;
    result.next_begin_offset = result.min_offset;
    return result;
  }
  if (offset >= result.max_offset) {
    result.status =
        offset == result.max_offset ? GetMessageStatus::OFFSET_OVERFLOW_ONE : GetMessageStatus::OFFSET_OVERFLOW_BADLY;
    result.next_begin_offset = result.max_offset;
    return result;
  }
  result.status = GetMessageStatus::NO_MATCHED_MESSAGE;
  const std::int32_t limit = std::min(max_count, kMaxTransferCount);
  const std::size_t limit_bytes = std::min(max_bytes, kMaxTransferBytes);
  const std::int64_t last = std::min(result.max_offset, offset + std::max<std::int64_t>(kMaxFilterCount, limit));
  std::int32_t count = 0;
  std::int64_t at = offset;
  for (; at < last; ++at) {
    const auto record = store.find_in_queue(topic, queue_id, at);
    if (!record) break;
    if (!filter.all && !filter.matches(tags_code(*record))) continue;
    const StoredMessage message = to_stored_message(*record, store_host);
    if (count > 0 && (count >= limit || body.size() + message.encoded_size() > limit_bytes)) break;
    if (message.encode_to(body)) ++count;
  }
  if (count > 0) result.status = GetMessageStatus::FOUND;
  result.next_begin_offset = at;
  return result;
}

}  // namespace rmqsim
