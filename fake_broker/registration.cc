// Builds the requests that brokers send to nameservers from the broker's state.
#include "fake_broker/registration.h"

#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/remoting/headers/namesrv_headers.h"

namespace rmqsim {

namespace {

/// The port that a real broker keeps for replication; nothing listens there.
std::string ha_address(const HostAddress& host) {
  HostAddress ha = host;
  ha.port = host.port + 1;
  return ha.to_string();
}

}  // namespace

RemotingCommand make_register_broker(const BrokerState& broker, const std::string& address,
                                     const std::string& only_topic) {
  const BrokerConfig& config = broker.config;
  RegisterBrokerBody body;
  const bool masked =
      !PermName::is_readable(config.broker_permission) || !PermName::is_writeable(config.broker_permission);
  TopicConfigSerializeWrapper& wrapper = body.topic_config_serialize_wrapper;
  for (const auto& [name, topic] : broker.topics.table()) {
    if (!only_topic.empty() && name != only_topic) continue;
    TopicConfig registered = topic;
    if (masked) registered.perm &= config.broker_permission;
    wrapper.topic_config_table.emplace(name, std::move(registered));
  }
  wrapper.data_version = broker.topics.data_version();
  if (broker.is_5()) {
    wrapper.mapping_data_version.emplace();
    wrapper.topic_queue_mapping_detail_map = "{}";
    wrapper.topic_queue_mapping_info_map = "{}";
  }
  RemotingCommand request =
      RemotingCommand::request(RequestCode::REGISTER_BROKER, server_version_number(config.version));
  request.body = body.encode();
  RegisterBrokerRequestHeader header;
  header.broker_name = config.broker_name;
  header.broker_addr = address;
  header.cluster_name = config.broker_cluster_name;
  header.ha_server_addr = ha_address(broker.store_host);
  header.broker_id = config.broker_id;
  header.compressed = false;
  header.body_crc32 = static_cast<std::int32_t>(crc32(request.body));
  if (broker.is_5()) header.enable_acting_master = false;
  header.to_ext(request.ext());
  return request;
}

RemotingCommand make_unregister_broker(const BrokerState& broker, const std::string& address) {
  const BrokerConfig& config = broker.config;
  RemotingCommand request =
      RemotingCommand::request(RequestCode::UNREGISTER_BROKER, server_version_number(config.version));
  UnregisterBrokerRequestHeader header;
  header.broker_name = config.broker_name;
  header.broker_addr = address;
  header.cluster_name = config.broker_cluster_name;
  header.broker_id = config.broker_id;
  header.to_ext(request.ext());
  return request;
}

}  // namespace rmqsim
