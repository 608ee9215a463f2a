// GET_ALL_PRODUCER_INFO (328): every producer that is connected, by group.
#include "fake_broker/processors/processors.h"
#include "producer/remoting/bodies/consumer_bodies.h"

namespace rmqsim {
namespace {

void process_producer_table(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  ProducerTableInfo table;
  for (const std::string& group : broker.producers.groups()) {
    std::vector<ProducerInfo>& clients = table.data[group];
    for (const ClientChannelInfo& c : broker.producers.clients(group)) {
      clients.push_back({c.client_id, "/" + c.address, c.language, c.version, to_millis(c.last_update)});
    }
  }
  answer(broker, request, reply).body = table.encode();
}

}  // namespace

ProcessorRows producer_table_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::GET_ALL_PRODUCER_INFO, MQVersion::V4_9_8, process_producer_table},
  };
  return kRows;
}

}  // namespace rmqsim
