// What consumers of a group need to share its queues: GET_CONSUMER_LIST_BY_GROUP (38), LOCK_BATCH_MQ (41),
// UNLOCK_BATCH_MQ (42), and CHECK_CLIENT_CONFIG (46) for filters other than tags (wire §2.3, §2.6).
#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/consumer_bodies.h"

namespace rmqsim {
namespace {

/// Larger bodies are taken for garbage.
constexpr std::size_t kMaxConsumerBody = 4 * 1024 * 1024;

/// False when the body is refused.
template <class Body>
bool read_body(BrokerState& broker, const RemotingCommand& request, Body& body, Reply& reply) {
  if (!request.body.empty() && request.body.size() <= kMaxConsumerBody && !Body::decode(request.body, body))
    return true;
  if (request.body.empty()) {
    answer_exception(broker, request,
                     "java.lang.NullPointerException, "
                     "org.apache.rocketmq.remoting.protocol.RemotingSerializable.decode",
                     reply);
  } else {
    answer_exception(broker, request,
                     "com.alibaba.fastjson.JSONException: syntax error, "
                     "com.alibaba.fastjson.parser.JSONLexerBase.nextTokenWithChar(JSONLexerBase.java:398)",
                     reply);
  }
  return false;
}

void process_consumer_list(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const auto name = request.ext_fields.find("consumerGroup");
  if (!name) {
    answer_null_pointer(broker, request, "Cannot invoke \"Object.hashCode()\"", "\"key\"",
                        "java.base/java.util.concurrent.ConcurrentHashMap.get(ConcurrentHashMap.java:936)", reply);
    return;
  }
  const ConsumerGroupInfo* const group = broker.consumers.find(*name);
  RemotingCommand& response = answer(broker, request, reply);
  response.ext();
  if (group == nullptr) {
    response.code = ResponseCode::SYSTEM_ERROR;
    response.remark = "no consumer for this group, " + std::string(*name);
    return;
  }
  ConsumerIdList list;
  for (const auto& [connection, client] : group->clients) list.consumer_id_list.push_back(client.client_id);
  response.body = list.encode();
}

void process_lock_batch(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint now, Reply& reply) {
  LockBatchRequestBody body;
  if (!read_body(broker, request, body, reply)) return;
  LockBatchResponseBody locked;
  locked.lock_ok_mq_set = broker.locks.try_lock(body.consumer_group, body.mq_set, body.client_id, now);
  answer(broker, request, reply).body = locked.encode();
}

void process_unlock_batch(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  LockBatchRequestBody body;
  if (!read_body(broker, request, body, reply)) return;
  broker.locks.unlock(body.consumer_group, body.mq_set, body.client_id);
  answer(broker, request, reply);
}

void process_check_client_config(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint,
                                 Reply& reply) {
  CheckClientRequestBody body;  // without a body there is nothing to object to
  if (!request.body.empty() && !read_body(broker, request, body, reply)) return;
  RemotingCommand& response = answer(broker, request, reply);
  const std::string& type = body.subscription_data.expression_type;
  if (!body.has_subscription || type.empty() || type == "TAG") return;
  response.code = ResponseCode::SYSTEM_ERROR;
  response.remark = "The broker does not support consumer to filter message by " + type;
}

}  // namespace

ProcessorRows consumer_requests_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::GET_CONSUMER_LIST_BY_GROUP, MQVersion::V4_9_8, process_consumer_list},
      {RequestCode::LOCK_BATCH_MQ, MQVersion::V4_9_8, process_lock_batch},
      {RequestCode::UNLOCK_BATCH_MQ, MQVersion::V4_9_8, process_unlock_batch},
      {RequestCode::CHECK_CLIENT_CONFIG, MQVersion::V4_9_8, process_check_client_config},
  };
  return kRows;
}

}  // namespace rmqsim
