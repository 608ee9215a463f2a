// HEART_BEAT and UNREGISTER_CLIENT (wire-and-servers §2.3): who can be reached for checks and replies. Consumers are
// accepted and not remembered.
#include "fake_broker/processors.h"
#include "producer/remoting/broker_headers.h"
#include "producer/remoting/heartbeat_data.h"

namespace rmqsim {

namespace {

/// A heartbeat above this is taken for garbage: a real one has a few hundred bytes.
constexpr std::size_t kMaxBody = 1024 * 1024;

}  // namespace

void process_heart_beat(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint now,
                        Reply& reply) {
  if (request.body.empty()) {
    answer_null_pointer(broker, request,
                        "Cannot invoke \"org.apache.rocketmq.remoting.protocol.heartbeat.HeartbeatData.getClientID()\"",
                        "\"<local4>\"",
                        "org.apache.rocketmq.broker.processor.ClientManageProcessor.heartBeat("
                        "ClientManageProcessor.java:83)",
                        reply);
    return;
  }
  HeartbeatData heartbeat;
  if (request.body.size() > kMaxBody || HeartbeatData::decode(request.body, heartbeat)) {
    answer_exception(broker, request,
                     "com.alibaba.fastjson.JSONException: syntax error, "
                     "com.alibaba.fastjson.parser.JSONLexerBase.nextTokenWithChar(JSONLexerBase.java:398)",
                     reply);
    return;
  }
  if (heartbeat.client_id.empty() && !heartbeat.producer_data_set.empty()) {
    answer_exception(broker, request,
                     "java.lang.NullPointerException, "
                     "java.base/java.util.concurrent.ConcurrentHashMap.putVal(ConcurrentHashMap.java:1011)",
                     reply);
    return;
  }
  for (const ProducerData& producer : heartbeat.producer_data_set) {
    broker.producers.register_producer(producer.group_name, ClientChannelInfo{peer.connection, heartbeat.client_id,
                                                                              request.language, request.version, now});
  }
  RemotingCommand& response = answer(broker, request, reply);
  if (broker.is_5()) {
    response.ext().append("IS_SUPPORT_HEART_BEAT_V2", "true");
    response.ext().append("IS_SUB_CHANGE", "true");
  }
}

void process_unregister_client(BrokerState& broker, const RemotingCommand& request, const Peer& peer, TimePoint,
                               Reply& reply) {
  const auto header = UnregisterClientRequestHeader::from_ext(request.ext_fields);
  if (header.producer_group) broker.producers.unregister_producer(*header.producer_group, peer.connection);
  answer(broker, request, reply).ext();
}

}  // namespace rmqsim
