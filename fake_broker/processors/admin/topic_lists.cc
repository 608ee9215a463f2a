// Lists of topics: GET_ALL_TOPIC_CONFIG (21), GET_SYSTEM_TOPIC_LIST_FROM_BROKER (305), QUERY_TOPICS_BY_CONSUMER (343).
#include <set>

#include "fake_broker/processors/processors.h"
#include "fake_broker/registration.h"
#include "fake_broker/store/transactions.h"
#include "producer/remoting/bodies/topic_route_data.h"

namespace rmqsim {
namespace {

void process_all_topics(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  answer(broker, request, reply).body = topic_config_wrapper(broker).encode();
}

/// Those that no broker lets anybody make, and those that this one made by itself.
void process_system_topics(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  std::set<std::string> topics = {std::string(kAutoCreateTopicKeyTopic),
                                  std::string(kHalfTopic),
                                  std::string(kOpHalfTopic),
                                  std::string(kCheckMaxTimeTopic),
                                  "SCHEDULE_TOPIC_XXXX",
                                  "BenchmarkTest",
                                  "RMQ_SYS_TRACE_TOPIC",
                                  "SELF_TEST_TOPIC",
                                  "OFFSET_MOVED_EVENT"};
  if (broker.profile().has_checkpoint_topic) topics.insert("CHECKPOINT_TOPIC");
  const BrokerConfig& c = broker.config;
  TopicConfigManager own;
  own.add_system_topics(broker.profile(), c.broker_cluster_name, c.broker_name, c.default_topic_queue_nums, true);
  for (const auto& [topic, config] : own.table()) topics.insert(topic);
  answer(broker, request, reply).body = encode_topic_list({topics.begin(), topics.end()});
}

void process_topics_of_consumer(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                Reply& reply) {
  const std::vector<std::string> topics = broker.consumer_offsets.topics_of_group(request.ext_fields.get("group"));
  answer(broker, request, reply).body = encode_topic_list(topics, broker.store_host.to_string());
}

}  // namespace

ProcessorRows topic_lists_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::GET_ALL_TOPIC_CONFIG, MQVersion::V4_9_8, process_all_topics},
      {RequestCode::GET_SYSTEM_TOPIC_LIST_FROM_BROKER, MQVersion::V4_9_8, process_system_topics},
      {RequestCode::QUERY_TOPICS_BY_CONSUMER, MQVersion::V5_0_0, process_topics_of_consumer},
  };
  return kRows;
}

}  // namespace rmqsim
