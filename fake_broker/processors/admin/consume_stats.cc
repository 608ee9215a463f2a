// GET_CONSUME_STATS (208): how far a consumer group has come in each queue of its topics. Nothing is said of a topic
// that a connected group has not subscribed to, unless the request lists topics and the release reads such a list.
#include <algorithm>
#include <set>

#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/offset_tables.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

/// Java's split at ';': what is empty counts, but not at the end.
std::set<std::string> listed_topics(const BrokerState& broker, const RemotingCommand& request) {
  std::set<std::string> topics;
  if (!broker.profile().consume_stats_take_topic_list) return topics;
  std::string_view list = request.ext_fields.get("topicList");
  if (text::is_blank(list)) return topics;
  while (!list.empty()) {
    const std::size_t end = std::min(list.find(';'), list.size());
    topics.emplace(list.substr(0, end));
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return topics;
}

std::set<std::string> topics_of(const BrokerState& broker, const RemotingCommand& request, const std::string& group) {
  std::set<std::string> topics = listed_topics(broker, request);
  if (!topics.empty()) return topics;
  const std::string topic(request.ext_fields.get("topic"));
  if (text::is_blank(topic)) {
    for (std::string& known : broker.consumer_offsets.topics_of_group(group)) topics.insert(std::move(known));
  } else {
    topics.insert(topic);
  }
  const ConsumerGroupInfo* const info = broker.consumers.find(group);
  if (info == nullptr || info->subscriptions.empty()) return topics;
  std::erase_if(topics, [&](const std::string& t) { return !info->subscriptions.contains(t); });
  return topics;
}

void process_consume_stats(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  if (!request.ext_fields.contains("consumerGroup")) return answer_null_key(broker, request, reply);
  const std::string group(request.ext_fields.get("consumerGroup"));
  const MessageStore& store = broker.store;
  std::map<QueueOfBroker, OffsetWrapper> table;
  for (const std::string& topic : topics_of(broker, request, group)) {
    const TopicConfig* const config = broker.topics.find(topic);
    if (config == nullptr) continue;
    for (std::int32_t id = 0; id < config->read_queue_nums; ++id) {
      OffsetWrapper offset;
      offset.broker_offset = store.max_offset(topic, id);
      offset.consumer_offset = std::max<std::int64_t>(broker.consumer_offsets.query_offset(group, topic, id), 0);
      if (broker.profile().consume_stats_have_pull_offset) offset.pull_offset = offset.consumer_offset;
      if (offset.consumer_offset > 0) {
        offset.last_timestamp = std::max<std::int64_t>(store.store_time(topic, id, offset.consumer_offset - 1), 0);
      }
      table.emplace(QueueOfBroker{topic, broker.config.broker_name, id}, offset);
    }
  }
  answer(broker, request, reply).body = encode_consume_stats(table);
}

}  // namespace

ProcessorRows consume_stats_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::GET_CONSUME_STATS, MQVersion::V4_9_8, process_consume_stats},
  };
  return kRows;
}

}  // namespace rmqsim
