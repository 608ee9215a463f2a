// INVOKE_BROKER_TO_RESET_OFFSET (222). 5.x sets a group's offsets by itself and sends its next pull there
// (useServerSideResetOffset, on by default); 4.x works out the offsets and tells the group's members to go there
// (RESET_CONSUMER_CLIENT_OFFSET, 220).
#include <algorithm>

#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/offset_tables.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

using Offsets = std::map<QueueOfBroker, std::int64_t>;

struct Question {
  std::string topic, group;
  std::int64_t timestamp = 0;
  bool force = false;
  std::int32_t queue_id = -1;
  std::int64_t offset = -1;
};

Question question_of(const RemotingCommand& request) {
  const ExtFields& ext = request.ext_fields;
  Question q;
  q.topic = ext.get("topic");
  q.group = ext.get("group");
  q.timestamp = ext.find_int("timestamp").value_or(0);
  q.force = ext.get_bool("isForce");
  q.queue_id = text::parse_int32(ext.get("queueId")).value_or(-1);
  q.offset = ext.find_int("offset").value_or(-1);
  return q;
}

void fail(RemotingCommand& response, std::int32_t code, std::string remark) {
  response.code = code;
  response.remark = std::move(remark);
}

std::int64_t offset_at(const BrokerState& broker, const Question& q, std::int32_t queue) {
  using Boundary = MessageStore::Boundary;
  const ServerProfile& profile = broker.profile();
  const bool latest = profile.any_negative_time_is_latest ? q.timestamp < 0 : q.timestamp == -1;
  if (latest) return broker.store.max_offset(q.topic, queue);
  return broker.store.search_offset(q.topic, queue, q.timestamp,
                                    profile.search_takes_boundary ? Boundary::lower : Boundary::nearest);
}

void reset_here(BrokerState& broker, const Question& q, RemotingCommand& response) {
  if (broker.is_slave()) return fail(response, ResponseCode::SYSTEM_ERROR, "Can not reset offset in slave broker");
  const TopicConfig* const topic = broker.topics.find(q.topic);
  if (topic == nullptr) {
    return fail(response, ResponseCode::TOPIC_NOT_EXIST, "Topic " + q.topic + " does not exist");
  }
  if (!broker.subscription_groups.contains(q.group)) {
    return fail(response, ResponseCode::SUBSCRIPTION_GROUP_NOT_EXIST, "Group " + q.group + " does not exist");
  }
  Offsets table;
  const auto put = [&](std::int32_t queue, std::int64_t offset) {
    table.emplace(QueueOfBroker{q.topic, broker.config.broker_name, queue}, offset);
  };
  if (q.queue_id >= 0 && q.offset != -1) {
    const std::int64_t min = broker.store.min_offset(q.topic, q.queue_id);
    const std::int64_t max = broker.store.max_offset(q.topic, q.queue_id);
    if (q.offset < min || q.offset > max + 1) {
      return fail(response, ResponseCode::SYSTEM_ERROR,
                  "Target offset " + std::to_string(q.offset) + " not in consume queue range [" + std::to_string(min) +
                      "-" + std::to_string(max) + "]");
    }
    put(q.queue_id, q.offset);
  } else if (q.queue_id >= 0) {
    put(q.queue_id, offset_at(broker, q, q.queue_id));
  } else {
    for (std::int32_t queue = 0; queue < topic->read_queue_nums; ++queue) put(queue, offset_at(broker, q, queue));
  }
  if (table.empty()) return fail(response, ResponseCode::SYSTEM_ERROR, "No queues to reset.");
  for (const auto& [queue, offset] : table) {
    broker.consumer_offsets.reset_offset(q.group, q.topic, queue.queue_id, offset);
  }
  response.body = encode_reset_offsets(table);
}

void tell_members(BrokerState& broker, const Question& q, const Offsets& table, bool for_c,
                  const ConsumerGroupInfo& group) {
  for (const auto& [connection, client] : group.clients) {
    ServerRequest notice;
    notice.connection = connection;
    notice.command = RemotingCommand::request(RequestCode::RESET_CONSUMER_CLIENT_OFFSET, broker.profile().version);
    ExtFields& ext = notice.command.ext();
    ext.set("topic", q.topic);
    ext.set("group", q.group);
    ext.set("timestamp", std::to_string(q.timestamp));
    ext.set("isForce", "false");
    notice.command.body = for_c ? encode_reset_offsets_for_c(table) : encode_reset_offsets(table);
    broker.outbox.requests.push_back(std::move(notice));
  }
}

void reset_at_clients(BrokerState& broker, const Question& q, bool for_c, RemotingCommand& response) {
  const TopicConfig* const topic = broker.topics.find(q.topic);
  if (topic == nullptr) {
    return fail(response, ResponseCode::TOPIC_NOT_EXIST,
                "[reset-offset] reset offset failed, no topic in this broker. topic=" + q.topic);
  }
  Offsets table;
  for (std::int32_t queue = 0; queue < topic->write_queue_nums; ++queue) {
    const std::int64_t consumed = broker.consumer_offsets.query_offset(q.group, q.topic, queue);
    if (consumed == -1) {
      return fail(response, ResponseCode::SYSTEM_ERROR, "THe consumer group <" + q.group + "> not exist");
    }
    const std::int64_t wanted = offset_at(broker, q, queue);
    table.emplace(QueueOfBroker{q.topic, broker.config.broker_name, queue},
                  q.force ? wanted : std::min(wanted, consumed));
  }
  const ConsumerGroupInfo* const group = broker.consumers.find(q.group);
  if (group == nullptr || group->clients.empty()) {
    return fail(response, ResponseCode::CONSUMER_NOT_ONLINE,
                "Consumer not online, so can not reset offset, Group: " + q.group + " Topic: " + q.topic +
                    " Timestamp: " + std::to_string(q.timestamp));
  }
  tell_members(broker, q, table, for_c, *group);
  response.remark = "not set any response code";  // sets the code of a fresh response only
  response.body = encode_reset_offsets(table);
}

void process_reset_offset(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  if (!request.ext_fields.contains("topic")) return answer_null_key(broker, request, reply);
  RemotingCommand& response = answer(broker, request, reply);
  const Question question = question_of(request);
  if (broker.profile().resets_offsets_itself) return reset_here(broker, question, response);
  reset_at_clients(broker, question, request.language == LanguageCode::CPP, response);
}

}  // namespace

ProcessorRows reset_offset_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::INVOKE_BROKER_TO_RESET_OFFSET, MQVersion::V4_9_8, process_reset_offset},
  };
  return kRows;
}

}  // namespace rmqsim
