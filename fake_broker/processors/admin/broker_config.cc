// GET_BROKER_CONFIG (26): the properties of a broker. Those that the fake has, as they are; of the rest only what tells
// operators where it is.
#include <map>

#include "fake_broker/processors/processors.h"
#include "fake_broker/settings/broker_settings.h"

namespace rmqsim {
namespace {

void process_broker_config(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const BrokerConfig& c = broker.config;
  std::map<std::string, std::string> p = {
      {"brokerClusterName", c.broker_cluster_name},
      {"brokerIP1", broker.store_host.ip_to_string()},
      {"brokerId", std::to_string(c.broker_id)},
      {"brokerName", c.broker_name},
      {"defaultTopicQueueNums", std::to_string(c.default_topic_queue_nums)},
      {"listenPort", std::to_string(broker.store_host.port)},
  };
  const ServerProfile& profile = broker.profile();
  for (const BrokerSettingRow& row : broker_settings()) {
    if (row.in == nullptr || profile.*row.in) p[std::string(row.name)] = row.get(c);
  }
  if (c.broker_id != 0) p["brokerRole"] = "SLAVE";
  RemotingCommand& response = answer(broker, request, reply);
  for (const auto& [name, value] : p) response.body.append(name).append("=").append(value).append("\n");
  DataVersion version;
  version.timestamp = to_millis(broker.booted);
  if (!profile.data_version_has_state) version.state_version.reset();
  response.ext().append("version", version.encode());
}

}  // namespace

ProcessorRows broker_config_rows() {
  static constexpr ProcessorRow kRows[] = {
      {RequestCode::GET_BROKER_CONFIG, MQVersion::V4_9_8, process_broker_config},
  };
  return kRows;
}

}  // namespace rmqsim
