// What MQAdmin offers a producer besides sending (MQAdminImpl, behaviour §2.9): queues of a topic,
// offsets, a stored message, a new topic. Each function runs under the monitor and calls its handler once.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "producer/client/api/message_ext.h"
#include "producer/client/send/default_mq_producer_impl.h"

namespace rmqsim {

/// The writable queues of a topic, asked from the nameserver every time, within 6 s.
using QueuesHandler = Function<void(std::variant<std::vector<MessageQueue>, MQError>)>;
void fetch_publish_message_queues(const std::shared_ptr<DefaultMQProducerImpl>& producer, const std::string& topic,
                                  QueuesHandler handler);

enum class OffsetQuery : std::uint8_t {
  max_offset,               ///< GET_MAX_OFFSET: the next one to be written
  min_offset,               ///< GET_MIN_OFFSET
  search_offset,            ///< SEARCH_OFFSET_BY_TIMESTAMP: of the first message stored at that time or later
  earliest_msg_store_time,  ///< GET_EARLIEST_MSG_STORETIME: ms, -1 when there is none
};
/// `timestamp` (ms) is for search_offset. MQClientException when the broker is unknown or fails.
void query_offset(const std::shared_ptr<DefaultMQProducerImpl>& producer, OffsetQuery query, MessageQueue queue,
                  std::int64_t timestamp, MQClientAPIImpl::OffsetHandler handler);

/// The message that a broker stored under this offsetMsgId, from the broker that the id names.
using MessageHandler = Function<void(std::variant<MessageExt, MQError>)>;
void view_message(const std::shared_ptr<DefaultMQProducerImpl>& producer, const std::string& topic,
                  const std::string& offset_msg_id, MessageHandler handler);

/// On every master that the route of `key` names, five tries each; an error only when no broker took it.
void create_topic(const std::shared_ptr<DefaultMQProducerImpl>& producer, const std::string& key,
                  const std::string& new_topic, std::int32_t queue_num, std::int32_t topic_sys_flag,
                  Function<void(std::optional<MQError>)> handler);

}  // namespace rmqsim
