// QUERY_MESSAGE (12): messages of a topic by one of their KEYS or by their UNIQ_KEY (wire §2.6), as a real
// broker's index finds them: newest first.
#include <algorithm>

#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/headers/consumer_headers.h"

namespace rmqsim {
namespace {

/// defaultQueryMaxNum: what a lookup by UNIQ_KEY gets at most.
constexpr std::int32_t kDefaultQueryMaxNum = 32;
/// An answer stays below the limit of a frame.
constexpr std::size_t kMaxAnswerBytes = 8 * 1024 * 1024;

bool has_word(std::string_view text, std::string_view word) {
  while (!text.empty()) {
    const auto blank = text.find(' ');
    if (text.substr(0, blank) == word) return true;
    text.remove_prefix(blank == std::string_view::npos ? text.size() : blank + 1);
  }
  return false;
}

bool has_key(const StoredRecord& record, std::string_view key) {
  const auto uniq = find_property(record.properties, MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX);
  if (uniq && *uniq == key) return true;
  const auto keys = find_property(record.properties, MessageConst::PROPERTY_KEYS);
  return keys && has_word(*keys, key);
}

void process_query_message(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto header = QueryMessageRequestHeader::from_ext(request.ext_fields);
  if (!header.topic || !header.key || !header.max_num || !header.begin_timestamp || !header.end_timestamp) {
    answer_null_pointer(broker, request, "Cannot invoke \"java.lang.Long.longValue()\"",
                        "the return value of \"QueryMessageRequestHeader.getBeginTimestamp()\"",
                        "org.apache.rocketmq.broker.processor.QueryMessageProcessor.queryMessage", reply);
    return;
  }
  const bool unique = request.ext_fields.get_bool("_UNIQUE_KEY_QUERY");
  const std::int32_t most = std::min(unique ? kDefaultQueryMaxNum : *header.max_num, 64);
  const MessageStore& store = broker.store;
  RemotingCommand& response = answer(broker, request, reply);
  std::int32_t found = 0;
  for (std::uint64_t n = store.next_number(); n > store.first_number() && found < most;) {
    const auto record = store.find(--n);
    if (record->topic != *header.topic || record->store_timestamp < *header.begin_timestamp ||
        record->store_timestamp > *header.end_timestamp || !has_key(*record, *header.key)) {
      continue;
    }
    const std::size_t before = response.body.size();
    if (!to_stored_message(*record, broker.store_host).encode_to(response.body)) continue;
    if (found > 0 && response.body.size() > kMaxAnswerBytes) {
      response.body.resize(before);
      break;
    }
    ++found;
  }
  // How far the index has come; zeros when nothing was found in it.
  const auto newest = found > 0 ? store.find(store.next_number() - 1) : std::nullopt;
  response.ext().append("indexLastUpdatePhyoffset", newest ? newest->physical_offset : 0);
  response.ext().append("indexLastUpdateTimestamp", newest ? newest->store_timestamp : 0);
  if (found > 0) return;
  response.code = ResponseCode::QUERY_NOT_FOUND;
  response.remark = "can not find message, maybe time range not correct";
}

}  // namespace

ProcessorRows query_message_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::QUERY_MESSAGE, MQVersion::V4_9_8, process_query_message},
  };
  return kRows;
}

}  // namespace rmqsim
