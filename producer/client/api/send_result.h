// What a send that got an answer returns (org.apache.rocketmq.client.producer.SendResult, behaviour §8.3).
#pragma once

#include <cstdint>
#include <iosfwd>
#include <optional>
#include <string>
#include <string_view>

#include "producer/route/message_queue.h"

namespace rmqsim {

enum class SendStatus : std::uint8_t { SEND_OK, FLUSH_DISK_TIMEOUT, FLUSH_SLAVE_TIMEOUT, SLAVE_NOT_AVAILABLE };

inline std::string_view send_status_name(SendStatus status) {
  switch (status) {
    case SendStatus::SEND_OK: return "SEND_OK";
    case SendStatus::FLUSH_DISK_TIMEOUT: return "FLUSH_DISK_TIMEOUT";
    case SendStatus::FLUSH_SLAVE_TIMEOUT: return "FLUSH_SLAVE_TIMEOUT";
    case SendStatus::SLAVE_NOT_AVAILABLE: return "SLAVE_NOT_AVAILABLE";
  }
  return "SEND_OK";
}

class SendResult {
 public:
  SendStatus getSendStatus() const { return status; }
  const std::string& getMsgId() const { return msg_id; }
  const std::string& getOffsetMsgId() const { return offset_msg_id; }
  const MessageQueue& getMessageQueue() const { return message_queue; }
  std::int64_t getQueueOffset() const { return queue_offset; }
  const std::optional<std::string>& getTransactionId() const { return transaction_id; }
  const std::string& getRegionId() const { return region_id; }
  bool isTraceOn() const { return trace_on; }
  const std::optional<std::string>& getRecallHandle() const { return recall_handle; }

  SendStatus status = SendStatus::SEND_OK;
  std::string msg_id;         ///< UNIQ_KEY; for a batch the comma-joined keys of its messages
  std::string offset_msg_id;  ///< the broker's id
  MessageQueue message_queue;
  std::int64_t queue_offset = 0;
  std::optional<std::string> transaction_id;
  std::string region_id = "DefaultRegion";
  bool trace_on = true;
  std::optional<std::string> recall_handle;
};

std::ostream& operator<<(std::ostream& out, SendStatus status);
/// "SEND_OK at broker-a/1 of TopicTest, offset 7, id 7F00…"
std::ostream& operator<<(std::ostream& out, const SendResult& result);

}  // namespace rmqsim
