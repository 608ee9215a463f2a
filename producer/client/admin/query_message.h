// Stored messages by key (MQAdminImpl.queryMessage): one broker of each group of the route is asked at the same time,
// and what they found is put together.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "producer/client/api/message_ext.h"
#include "producer/client/send/default_mq_producer_impl.h"

namespace rmqsim {

/// Messages that matched, in the order in which brokers answered, and when (ms) an index last grew.
struct QueryResult {
  std::int64_t index_last_update_timestamp = 0;
  std::vector<MessageExt> messages;

  std::int64_t getIndexLastUpdateTimestamp() const { return index_last_update_timestamp; }
  const std::vector<MessageExt>& getMessageList() const { return messages; }
};

/// `key` is one of a message's KEYS, or with `by_uniq_key` its UNIQ_KEY; `begin` and `end` bound the store time (ms);
/// each broker returns at most `max_num`. Waits up to 24 s for slow brokers and leaves out those that fail.
/// MQClientException: code 17 without a route, 208 (NO_MESSAGE) when nothing was found.
struct MessageQuery {
  std::string topic;
  std::string key;
  std::int32_t max_num = 32;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  bool by_uniq_key = false;
};
using QueryHandler = Function<void(std::variant<QueryResult, MQError>)>;
void query_message(const std::shared_ptr<DefaultMQProducerImpl>& producer, MessageQuery query, QueryHandler handler);

/// Where the search for a UNIQ_KEY begins: three days back in 5.x; in 4.9.8 a second before the time inside the key,
/// which must then be a well-formed one (else nullopt, where Java's is an unchecked exception).
std::optional<std::int64_t> begin_of_uniq_key_query(const Profile& profile, std::string_view uniq_key,
                                                    std::int64_t now_millis);

}  // namespace rmqsim
