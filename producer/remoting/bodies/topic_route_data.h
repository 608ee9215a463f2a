// What a nameserver knows, as JSON bodies: TopicRouteData (105) and ClusterInfo (106), in standard JSON and in
// fastjson's own dialect with unquoted integer map keys, which old nameservers always speak (wire §5.4).
// Decoding accepts both, missing keys, any key order, and numbers as text.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

enum class JsonDialect {
  standard,  ///< quoted map keys; BrowserCompatible escapes: non-ASCII as \uXXXX (upper case), '/' as \/
  fastjson,  ///< integer map keys unquoted, non-ASCII raw: not valid JSON
};

/// Topic and broker permission bits.
namespace PermName {
inline constexpr std::int32_t PERM_READ = 4;
inline constexpr std::int32_t PERM_WRITE = 2;
inline constexpr std::int32_t PERM_INHERIT = 1;
inline constexpr bool is_readable(std::int32_t perm) { return (perm & PERM_READ) != 0; }
inline constexpr bool is_writeable(std::int32_t perm) { return (perm & PERM_WRITE) != 0; }
inline constexpr bool is_inherited(std::int32_t perm) { return (perm & PERM_INHERIT) != 0; }
/// "RWX" with '-' for a missing bit, as in the broker's remarks.
std::string perm_to_string(std::int32_t perm);
}  // namespace PermName

/// MixAll.MASTER_ID
inline constexpr std::int64_t kMasterId = 0;

struct QueueData {
  std::string broker_name;
  std::int32_t read_queue_nums = 0;
  std::int32_t write_queue_nums = 0;
  std::int32_t perm = 0;
  std::int32_t topic_sys_flag = 0;

  bool operator==(const QueueData&) const = default;
};

struct BrokerData {
  std::string cluster;
  std::string broker_name;
  std::map<std::int64_t, std::string> broker_addrs;  ///< broker id → ip:port
  std::optional<bool> enable_acting_master;          ///< 5.x writes it, 4.x has no such key
  std::optional<std::string> zone_name;

  bool operator==(const BrokerData&) const = default;
};

struct TopicRouteData {
  std::optional<std::string> order_topic_conf;  ///< "brokerA:4;brokerB:4"
  std::vector<QueueData> queue_datas;
  std::vector<BrokerData> broker_datas;
  std::map<std::string, std::vector<std::string>> filter_server_table;
  std::optional<std::string> topic_queue_mapping_by_broker;  ///< JSON text of the value, as received

  /// Keys sorted, no whitespace, absent ones left out.
  std::string encode(JsonDialect dialect) const;
  /// bad_body when it is not JSON of this shape; `out` is then unspecified.
  static error_code decode(std::string_view body, TopicRouteData& out);

  bool operator==(const TopicRouteData&) const = default;
};

/// Body of 106. Real nameservers always write it in fastjson's dialect.
struct ClusterInfo {
  std::map<std::string, BrokerData> broker_addr_table;
  std::map<std::string, std::vector<std::string>> cluster_addr_table;

  std::string encode(JsonDialect dialect) const;
  static error_code decode(std::string_view body, ClusterInfo& out);

  bool operator==(const ClusterInfo&) const = default;
};

/// Body of 901: {"brokerMemberGroup":{…}}, always fastjson's dialect on the wire.
struct BrokerMemberGroup {
  std::string cluster;
  std::string broker_name;
  std::map<std::int64_t, std::string> broker_addrs;

  std::string encode(JsonDialect dialect) const;
  static error_code decode(std::string_view body, BrokerMemberGroup& out);

  bool operator==(const BrokerMemberGroup&) const = default;
};

/// TopicList, as 206 and other codes answer it: {"topicList":[…]}, with an address of a broker when there is one.
std::string encode_topic_list(const std::vector<std::string>& topics,
                              const std::optional<std::string>& broker_addr = std::nullopt);
/// For tests, which read it as a console would.
error_code decode_topic_list(std::string_view body, std::vector<std::string>& out);

}  // namespace rmqsim
