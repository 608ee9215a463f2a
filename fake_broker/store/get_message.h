// Reading from a queue: DefaultMessageStore.getMessage as far as a consumer notices (wire §2.6). Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "fake_broker/store/consumer_manager.h"
#include "fake_broker/store/message_store.h"

namespace rmqsim {

enum class GetMessageStatus {
  FOUND,
  NO_MATCHED_MESSAGE,
  OFFSET_OVERFLOW_BADLY,
  OFFSET_OVERFLOW_ONE,
  OFFSET_TOO_SMALL,
  NO_MESSAGE_IN_QUEUE,
};
std::string_view to_string(GetMessageStatus status);

struct GetMessageResult {
  GetMessageStatus status = GetMessageStatus::NO_MESSAGE_IN_QUEUE;
  std::int64_t next_begin_offset = 0;
  std::int64_t min_offset = 0;
  std::int64_t max_offset = 0;
};

/// What is read at most: maxTransferCountOnMessageInMemory, maxTransferBytesOnMessageInMemory, and entries of the
/// queue that are looked at (maxFilterMessageSize).
inline constexpr std::int32_t kMaxTransferCount = 32;
inline constexpr std::size_t kMaxTransferBytes = 256 * 1024;
inline constexpr std::int64_t kMaxFilterCount = 800;

/// Reads from `offset` on what `filter` lets through and appends it to `body`. The first message is read however long
/// it is.
GetMessageResult get_message(const MessageStore& store, std::string_view topic, std::int32_t queue_id,
                             std::int64_t offset, std::int32_t max_count, std::size_t max_bytes,
                             const TagFilter& filter, const HostAddress& store_host, std::string& body);

/// Hash of the record's tag, 0 without one.
std::int32_t tags_code(const StoredRecord& record);

}  // namespace rmqsim
