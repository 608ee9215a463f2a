#include "scenarios/harness/http_control/saved_message.h"

#include <algorithm>
#include <charconv>

#include "producer/remoting/bodies/message_properties.h"
#include "scenarios/harness/file/text/source_text.h"

namespace rmqsim {
namespace {

/// As many as are looked through while nothing else happens.
constexpr std::uint64_t kMostLookedAt = 200'000;
constexpr std::int64_t kMostMillis = 31'536'000'000;  ///< that a file may say

/// Of a property; 0: there is none, or it is none.
std::int64_t number_in(std::string_view properties, std::string_view key) {
  const std::string_view text = find_property(properties, key).value_or("");
  std::int64_t number = 0;
  const auto [end, wrong] = std::from_chars(text.data(), text.data() + text.size(), number);
  return wrong == std::errc() && end == text.data() + text.size() ? number : 0;
}

TransactionState end_of(const TransactionFate* fate) {
  if (fate != nullptr && fate->committed > 0) return TransactionState::commit;
  return fate != nullptr && fate->rolled_back > 0 ? TransactionState::rollback : TransactionState::unknown;
}

}  // namespace

void SavedMessage::tried(const JournalEntry& entry) {
  last = entry;
  if (is_batch()) batch = std::max(batch, entry.stored);
}

bool is_usable_topic(std::string_view topic) {
  return !topic.empty() && topic.size() <= 255 && !find_invalid_utf8(topic);
}

void look_up_kinds(const BrokerState& broker, std::map<std::string_view, MessageKind>& kinds) {
  const MessageStore& store = broker.store;
  const std::uint64_t end = store.next_number();
  const std::uint64_t begin = std::max(store.first_number(), end > kMostLookedAt ? end - kMostLookedAt : 0);
  for (std::uint64_t n = begin; n < end; ++n) {
    const auto record = store.find(n);
    const auto wanted = record ? kinds.find(record->uniq_key) : kinds.end();
    if (wanted == kinds.end()) continue;
    MessageKind& kind = wanted->second;
    const std::int64_t level = number_in(record->properties, MessageConst::PROPERTY_DELAY_TIME_LEVEL);
    const std::int64_t ms = number_in(record->properties, MessageConst::PROPERTY_TIMER_DELAY_MS);
    const std::int64_t seconds = number_in(record->properties, MessageConst::PROPERTY_TIMER_DELAY_SEC);
    if (level > 0 && level <= 18) kind.delay_level = static_cast<std::int32_t>(level);
    if (ms > 0 && ms <= kMostMillis) kind.delay = millis(ms);
    if (seconds > 0 && seconds <= kMostMillis / 1000) kind.delay = millis(1000 * seconds);
    if (find_property(record->properties, MessageConst::PROPERTY_TRANSACTION_PREPARED) == "true") {
      kind.transaction = end_of(broker.half_messages.fate(record->uniq_key));
    }
  }
}

std::optional<QueueIndexSpec> first_queue(const ClusterSpec& cluster, const JournalEntry& entry) {
  const TopicSpec* topic = cluster.find_topic(entry.topic);
  const BrokerSpec* broker = cluster.find_broker(entry.server);
  if (topic == nullptr || broker == nullptr || !entry.queue_id) return std::nullopt;
  std::map<std::string, std::int32_t> queues(topic->queues.begin(), topic->queues.end());
  std::int32_t position = 0;
  for (const auto& [name, n] : queues) {
    if (name == broker->broker_name()) {
      QueueIndexSpec index;
      index.start = position + *entry.queue_id - 1;
      return index;
    }
    position += n;
  }
  return std::nullopt;
}

}  // namespace rmqsim
