// Builds the requests that brokers send to nameservers from the broker's state.
#include "fake_broker/registration.h"

#include <array>

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

/// What a broker says of its topics; with only_topic, of that one alone.
RegisterBrokerBody body_of(const BrokerState& broker, const std::string& only_topic) {
  RegisterBrokerBody body;
  TopicConfigSerializeWrapper& wrapper = body.topic_config_serialize_wrapper;
  wrapper = topic_config_wrapper(broker);
  if (!only_topic.empty()) {
    std::erase_if(wrapper.topic_config_table, [&](const auto& topic) { return topic.first != only_topic; });
  }
  const std::int32_t permission = broker.config.broker_permission;
  if (!PermName::is_readable(permission) || !PermName::is_writeable(permission)) {
    for (auto& [name, topic] : wrapper.topic_config_table) topic.perm &= permission;
  }
  return body;
}

/// What body_of() depends on, without the body.
struct Said {
  TopicConfigManager::Table topics;
  DataVersion version;
  const ServerProfile* profile = nullptr;
  std::int32_t permission = 0;
  std::string only_topic;

  bool is_of(const BrokerState& broker, const std::string& only) const {
    return profile == &broker.profile() && permission == broker.config.broker_permission && only_topic == only &&
           version == broker.topics.data_version() && topics == broker.topics.table();
  }
};
struct EncodedBody {
  Said said;
  std::string bytes;
  std::int32_t crc = 0;
};

/// A broker says the same at each registration, and in each of a thousand simulated runs: encoded once.
const EncodedBody& encoded_body(const BrokerState& broker, const std::string& only_topic) {
  thread_local std::array<EncodedBody, 16> recent;
  thread_local std::size_t next = 0;
  for (const EncodedBody& known : recent) {
    if (known.said.is_of(broker, only_topic)) return known;
  }
  EncodedBody& made = recent[next++ % recent.size()];
  made.bytes = body_of(broker, only_topic).encode();
  made.crc = static_cast<std::int32_t>(crc32(made.bytes));
  made.said = {broker.topics.table(), broker.topics.data_version(), &broker.profile(), broker.config.broker_permission,
               only_topic};
  return made;
}

}  // namespace

TopicConfigSerializeWrapper topic_config_wrapper(const BrokerState& broker) {
  TopicConfigSerializeWrapper wrapper;
  wrapper.topic_config_table.insert(broker.topics.table().begin(), broker.topics.table().end());
  wrapper.data_version = broker.topics.data_version();
  if (broker.profile().registers_queue_mappings) {
    wrapper.mapping_data_version.emplace();
    wrapper.topic_queue_mapping_detail_map = "{}";
    wrapper.topic_queue_mapping_info_map = "{}";
  }
  return wrapper;
}

RemotingCommand make_register_broker(const BrokerState& broker, const std::string& address,
                                     const std::string& only_topic) {
  const BrokerConfig& config = broker.config;
  RemotingCommand request = RemotingCommand::request(RequestCode::REGISTER_BROKER, broker.profile().version);
  const EncodedBody& said = encoded_body(broker, only_topic);
  request.body = said.bytes;
  RegisterBrokerRequestHeader header;
  header.broker_name = config.broker_name;
  header.broker_addr = address;
  header.cluster_name = config.broker_cluster_name;
  header.ha_server_addr = ha_address(broker.store_host);
  header.broker_id = config.broker_id;
  header.compressed = false;
  header.body_crc32 = said.crc;
  if (broker.profile().has_acting_master) header.enable_acting_master = false;
  header.to_ext(request.ext());
  return request;
}

RemotingCommand make_unregister_broker(const BrokerState& broker, const std::string& address) {
  const BrokerConfig& config = broker.config;
  RemotingCommand request = RemotingCommand::request(RequestCode::UNREGISTER_BROKER, broker.profile().version);
  UnregisterBrokerRequestHeader header;
  header.broker_name = config.broker_name;
  header.broker_addr = address;
  header.cluster_name = config.broker_cluster_name;
  header.broker_id = config.broker_id;
  header.to_ext(request.ext());
  return request;
}

}  // namespace rmqsim
