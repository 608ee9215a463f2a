// Waiting records, delivery and recall.
#include "fake_broker/store/delayed_messages.h"

#include "fake_broker/broker_state.h"
#include "producer/remoting/bodies/message_properties.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {

void DelayedMessages::add(std::int64_t deliver_ms, std::uint64_t record) {
  if (by_record_.emplace(record, deliver_ms).second) waiting_.emplace(deliver_ms, record);
}

void DelayedMessages::forget_before(std::uint64_t first_record) {
  while (!by_record_.empty() && by_record_.begin()->first < first_record) {
    waiting_.erase({by_record_.begin()->second, by_record_.begin()->first});
    by_record_.erase(by_record_.begin());
    ++lost_;
  }
}

std::optional<TimePoint> DelayedMessages::next() const {
  if (waiting_.empty()) return std::nullopt;
  return TimePoint(millis(waiting_.begin()->first));
}

std::optional<std::uint64_t> DelayedMessages::take_due(TimePoint now) {
  if (waiting_.empty() || TimePoint(millis(waiting_.begin()->first)) > now) return std::nullopt;
  const std::uint64_t record = waiting_.begin()->second;
  waiting_.erase(waiting_.begin());
  by_record_.erase(record);
  ++delivered_;
  return record;
}

void deliver_delayed(BrokerState& broker, TimePoint now) {
  for (;;) {
    broker.delayed.forget_before(broker.store.first_number());
    const auto number = broker.delayed.take_due(now);
    if (!number) return;
    const auto record = broker.store.find(*number);
    if (!record) continue;
    std::string properties(record->properties);
    if (record->topic == kTimerTopic) {
      MessageProperties timed = MessageProperties::decode(properties);
      timed.set(MessageConst::PROPERTY_TIMER_ENQUEUE_MS, std::to_string(record->store_timestamp));
      timed.set(MessageConst::PROPERTY_TIMER_DEQUEUE_MS, std::to_string(to_millis(now)));
      properties = timed.encode(broker.profile().properties_end_with_separator);
    }
    // What is appended may evict the record.
    const std::string topic(find_property(properties, MessageConst::PROPERTY_REAL_TOPIC).value_or(""));
    const auto queue = find_property(properties, MessageConst::PROPERTY_REAL_QUEUE_ID);
    const std::string body(record->body), born_host(record->born_host);
    NewMessage message;
    message.topic = topic;
    message.queue_id = queue ? text::parse_int32(*queue).value_or(0) : 0;
    message.flag = record->flag;
    message.sys_flag = record->sys_flag;
    message.born_timestamp = record->born_timestamp;
    message.born_host = born_host;
    message.store_timestamp = to_millis(now);
    message.reconsume_times = record->reconsume_times;
    message.body = body;
    message.properties = properties;
    broker.store.append(message);
  }
}

bool recall_timer_message(BrokerState& broker, std::string_view topic, std::string_view uniq_key,
                          std::int64_t timer_out_ms) {
  return broker.delayed.remove(timer_out_ms + kTimerPrecisionMs, [&](std::uint64_t number) {
    const auto record = broker.store.find(number);
    if (!record || record->topic != kTimerTopic) return false;
    return find_property(record->properties, MessageConst::PROPERTY_REAL_TOPIC) == topic &&
           find_property(record->properties, MessageConst::PROPERTY_UNIQ_CLIENT_MESSAGE_ID_KEYIDX) == uniq_key;
  });
}

}  // namespace rmqsim
