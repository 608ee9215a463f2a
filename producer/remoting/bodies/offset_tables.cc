// Keys of objects come in the order of the alphabet, as Java writes them; queues in their order.
#include "producer/remoting/bodies/offset_tables.h"

#include "producer/remoting/codec/json_body.h"

namespace rmqsim {
namespace {

using json_body::Writer;

std::string text_of(const QueueOfBroker& queue) {
  std::string out;
  Writer w(out);
  w.open('{');
  w.field("brokerName", std::string_view(queue.broker_name));
  w.field("queueId", std::int64_t{queue.queue_id});
  w.field("topic", std::string_view(queue.topic));
  w.close('}');
  return out;
}

/// "offsetTable":{{queue}:value,…}
template <class Value, class Write>
void write_table(Writer& w, const std::map<QueueOfBroker, Value>& table, const Write& write) {
  std::string entries;
  for (const auto& [queue, value] : table) {
    if (!entries.empty()) entries += ',';
    entries += text_of(queue) + ':';
    write(entries, value);
  }
  w.key("offsetTable");
  w.raw("{" + entries + "}");
}

}  // namespace

std::string encode_topic_stats(const std::map<QueueOfBroker, TopicOffset>& table, bool with_tps) {
  std::string out;
  Writer w(out);
  w.open('{');
  write_table(w, table, [](std::string& to, const TopicOffset& offset) {
    Writer value(to);
    value.open('{');
    value.field("lastUpdateTimestamp", offset.last_update_timestamp);
    value.field("maxOffset", offset.max_offset);
    value.field("minOffset", offset.min_offset);
    value.close('}');
  });
  if (with_tps) {
    w.key("topicPutTps");
    w.raw("0.0");
  }
  w.close('}');
  return out;
}

std::string encode_consume_stats(const std::map<QueueOfBroker, OffsetWrapper>& table) {
  std::string out;
  Writer w(out);
  w.open('{');
  w.key("consumeTps");
  w.raw("0.0");
  write_table(w, table, [](std::string& to, const OffsetWrapper& offset) {
    Writer value(to);
    value.open('{');
    value.field("brokerOffset", offset.broker_offset);
    value.field("consumerOffset", offset.consumer_offset);
    value.field("lastTimestamp", offset.last_timestamp);
    if (offset.pull_offset) value.field("pullOffset", *offset.pull_offset);
    value.close('}');
  });
  w.close('}');
  return out;
}

std::string encode_reset_offsets(const std::map<QueueOfBroker, std::int64_t>& table) {
  std::string out;
  Writer w(out);
  w.open('{');
  write_table(w, table, [](std::string& to, std::int64_t offset) { to += std::to_string(offset); });
  w.close('}');
  return out;
}

std::string encode_reset_offsets_for_c(const std::map<QueueOfBroker, std::int64_t>& table) {
  std::string out;
  Writer w(out);
  w.open('{');
  w.key("offsetTable");
  w.open('[');
  for (const auto& [queue, offset] : table) {
    w.open('{');
    w.field("brokerName", std::string_view(queue.broker_name));
    w.field("offset", offset);
    w.field("queueId", std::int64_t{queue.queue_id});
    w.field("topic", std::string_view(queue.topic));
    w.close('}');
  }
  w.close(']');
  w.close('}');
  return out;
}

}  // namespace rmqsim
