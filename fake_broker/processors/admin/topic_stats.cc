// GET_TOPIC_STATS_INFO (202): where each queue of a topic begins and ends, and when its last message came.
#include <algorithm>

#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/offset_tables.h"

namespace rmqsim {
namespace {

void process_topic_stats(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  if (!request.ext_fields.contains("topic")) return answer_null_key(broker, request, reply);
  const std::string topic(request.ext_fields.get("topic"));
  RemotingCommand& response = answer(broker, request, reply);
  const TopicConfig* const config = broker.topics.find(topic);
  if (config == nullptr) {
    response.code = ResponseCode::TOPIC_NOT_EXIST;
    response.remark = "topic[" + topic + "] not exist";
    return;
  }
  const MessageStore& store = broker.store;
  const std::int32_t queues = broker.profile().topic_stats_have_read_queues
                                  ? std::max(config->read_queue_nums, config->write_queue_nums)
                                  : config->write_queue_nums;
  std::map<QueueOfBroker, TopicOffset> table;
  for (std::int32_t id = 0; id < queues; ++id) {
    TopicOffset offset;
    offset.min_offset = store.min_offset(topic, id);
    offset.max_offset = store.max_offset(topic, id);
    if (offset.max_offset > 0) offset.last_update_timestamp = store.store_time(topic, id, offset.max_offset - 1);
    table.emplace(QueueOfBroker{topic, broker.config.broker_name, id}, offset);
  }
  response.body = encode_topic_stats(table, broker.profile().topic_stats_have_tps);
}

}  // namespace

ProcessorRows topic_stats_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::GET_TOPIC_STATS_INFO, MQVersion::V4_9_8, process_topic_stats},
  };
  return kRows;
}

}  // namespace rmqsim
