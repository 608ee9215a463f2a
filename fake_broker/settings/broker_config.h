// Settings of a fake broker. Those that a person may set by their Java names are rows in broker_settings.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/settings/account.h"
#include "fake_broker/shell/server_profile.h"

namespace rmqsim {

inline constexpr std::size_t kDefaultMaxStoreBytes = 256 * 1024 * 1024;

/// messageDelayLevel: "1s 5s 10s 30s 1m …" as milliseconds, level 1 first; nullopt when it is malformed or empty.
std::optional<std::vector<std::int64_t>> parse_delay_levels(std::string_view text);
/// The default: 18 levels from 1 s to 2 h.
const std::vector<std::int64_t>& default_delay_levels();

/// Settings of the check, with the names and defaults of BrokerConfig.
struct TransactionConfig {
  std::int64_t transaction_timeout = 6000;          ///< transactionTimeOut, ms: younger half messages are left alone
  std::int64_t transaction_check_interval = 30000;  ///< transactionCheckInterval, ms from scan to scan
  std::int32_t transaction_check_max = 15;          ///< transactionCheckMax: after so many checks it is given up
  /// transactionOpBatchInterval of 5.x, ms: an end is noted at the first multiple of it, from the broker's start, that
  /// is at least as long after the last one at which any was noted (or the first end of all). Until then a scan asks
  /// again. 0: at once.
  std::int64_t transaction_op_batch_interval = 3000;
};

/// Settings of a broker, with the names and defaults of BrokerConfig (wire §6.2).
struct BrokerConfig {
  std::string name = "broker-a";         ///< as fault rules and events call this process
  std::string broker_name = "broker-a";  ///< brokerName of routes; differs from `name` for a slave
  std::string broker_cluster_name = "DefaultCluster";
  std::int64_t broker_id = 0;  ///< 0 = master; others refuse sends as a slave does
  const ServerProfile* profile = &default_server_profile();  ///< never null
  std::string region_id = "DefaultRegion";
  bool trace_on = true;
  std::int32_t broker_permission = 6;
  std::int32_t default_topic_queue_nums = 8;
  bool auto_create_topic_enable = true;
  bool auto_create_subscription_group = true;
  bool enable_mixed_message_type = false;  ///< 5.x
  bool reject_transaction_message = false;
  bool timer_wheel_enable = true;
  /// false: a queue id out of range is stored all the same, as the scripted servers did that Java clients were recorded
  /// against; a real broker refuses it (§3.2 row 7).
  bool check_queue_id = true;
  std::int32_t max_message_size = 4 * 1024 * 1024;
  std::size_t max_store_bytes = kDefaultMaxStoreBytes;
  // Replication and flushing: there never is a slave, and nothing is written to disk, so these decide what a waiting
  // producer is told (observed-servers C3).
  bool sync_master = false;  ///< brokerRole=SYNC_MASTER
  std::int32_t in_sync_replicas = 1;
  std::int64_t slave_timeout = 3000;  ///< ms
  bool sync_flush = false;            ///< flushDiskType=SYNC_FLUSH
  std::int64_t sync_flush_timeout = 5000;
  /// 5.x; a slave then looks at sends before it refuses them (C4).
  bool enable_slave_acting_master = false;
  TransactionConfig transactions;
  bool recall_message_enable = false;
  std::vector<std::int64_t> delay_levels = default_delay_levels();  ///< messageDelayLevel, ms; never empty
  /// Who may send requests; empty: everybody.
  std::vector<Account> accounts;
};

}  // namespace rmqsim
