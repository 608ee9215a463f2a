// GET_BROKER_CONFIG (26): the properties of a broker. Those that the fake has, as they are; of the rest only what tells
// operators where it is.
#include <map>

#include "fake_broker/processors/processors.h"

namespace rmqsim {
namespace {

/// The form in which operators write delay levels: "1s 5s 1m".
std::string levels_text(const std::vector<std::int64_t>& levels) {
  std::string out;
  for (const std::int64_t ms : levels) {
    if (!out.empty()) out += ' ';
    const std::int64_t s = ms / 1000;
    if (s >= 3600 && s % 3600 == 0) {
      out += std::to_string(s / 3600) + 'h';
    } else if (s >= 60 && s % 60 == 0) {
      out += std::to_string(s / 60) + 'm';
    } else {
      out += std::to_string(s) + 's';
    }
  }
  return out;
}

std::string_view role(const BrokerConfig& c) {
  if (c.broker_id != 0) return "SLAVE";
  return c.sync_master ? "SYNC_MASTER" : "ASYNC_MASTER";
}

void process_broker_config(BrokerState& broker, const RemotingCommand& request, const Peer&, TimePoint, Reply& reply) {
  const BrokerConfig& c = broker.config;
  const auto flag = [](bool on) { return std::string(on ? "true" : "false"); };
  std::map<std::string, std::string> p = {
      {"autoCreateSubscriptionGroup", flag(c.auto_create_subscription_group)},
      {"autoCreateTopicEnable", flag(c.auto_create_topic_enable)},
      {"brokerClusterName", c.broker_cluster_name},
      {"brokerIP1", broker.store_host.ip_to_string()},
      {"brokerId", std::to_string(c.broker_id)},
      {"brokerName", c.broker_name},
      {"brokerPermission", std::to_string(c.broker_permission)},
      {"brokerRole", std::string(role(c))},
      {"defaultTopicQueueNums", std::to_string(c.default_topic_queue_nums)},
      {"flushDiskType", c.sync_flush ? "SYNC_FLUSH" : "ASYNC_FLUSH"},
      {"inSyncReplicas", std::to_string(c.in_sync_replicas)},
      {"listenPort", std::to_string(broker.store_host.port)},
      {"maxMessageSize", std::to_string(c.max_message_size)},
      {"messageDelayLevel", levels_text(c.delay_levels)},
      {"regionId", c.region_id},
      {"rejectTransactionMessage", flag(c.reject_transaction_message)},
      {"slaveTimeout", std::to_string(c.slave_timeout)},
      {"syncFlushTimeout", std::to_string(c.sync_flush_timeout)},
      {"traceOn", flag(c.trace_on)},
      {"transactionCheckInterval", std::to_string(c.transactions.transaction_check_interval)},
      {"transactionCheckMax", std::to_string(c.transactions.transaction_check_max)},
      {"transactionTimeOut", std::to_string(c.transactions.transaction_timeout)},
  };
  const ServerProfile& profile = broker.profile();
  if (profile.has_acting_master) p["enableSlaveActingMaster"] = flag(c.enable_slave_acting_master);
  if (profile.has_recall) p["recallMessageEnable"] = flag(c.recall_message_enable);
  if (profile.notes_transaction_ends_in_batches) {
    p["transactionOpBatchInterval"] = std::to_string(c.transactions.transaction_op_batch_interval);
  }
  if (profile.has_timers) p["timerWheelEnable"] = flag(c.timer_wheel_enable);
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
