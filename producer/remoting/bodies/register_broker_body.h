// What a broker tells a nameserver about itself: DataVersion, topic table and filter servers (wire §5.2),
// in the three forms on the wire: RegisterBrokerBody JSON, the bare wrapper of version < 37, and the compressed one.
// Also the KV table with which registrations and KV requests are answered. Decoding tolerates what 4.x leaves out.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

struct DataVersion {
  std::optional<std::int64_t> state_version = 0;  ///< 4.x has no such key
  std::int64_t timestamp = 0;                     ///< ms
  std::int64_t counter = 0;

  std::string encode() const;
  static error_code decode(std::string_view body, DataVersion& out);
  bool operator==(const DataVersion&) const = default;
};

struct TopicConfig {
  std::string topic_name;
  std::int32_t read_queue_nums = 16;
  std::int32_t write_queue_nums = 16;
  std::int32_t perm = 6;
  std::string topic_filter_type = "SINGLE_TAG";
  std::int32_t topic_sys_flag = 0;
  bool order = false;
  std::optional<std::map<std::string, std::string>> attributes;  ///< 4.x has no such key

  /// Keys sorted, as Java writes it.
  std::string encode() const;
  bool operator==(const TopicConfig&) const = default;
};

struct TopicConfigSerializeWrapper {
  std::map<std::string, TopicConfig> topic_config_table;
  DataVersion data_version;
  // 5.x: TopicConfigAndMappingSerializeWrapper. The two maps are kept as JSON text; static topics are not modelled.
  std::optional<DataVersion> mapping_data_version;
  std::optional<std::string> topic_queue_mapping_detail_map;
  std::optional<std::string> topic_queue_mapping_info_map;

  std::string encode() const;
  static error_code decode(std::string_view body, TopicConfigSerializeWrapper& out);
  bool operator==(const TopicConfigSerializeWrapper&) const = default;
};

struct RegisterBrokerBody {
  TopicConfigSerializeWrapper topic_config_serialize_wrapper;
  std::vector<std::string> filter_server_list;

  /// Keys sorted, as Java writes it.
  std::string encode() const;
  /// The compressed form, for tests of decode; `version` decides whether the mapping count follows (>= 413).
  std::string encode_compressed(std::int32_t version) const;

  /// `version` is the request's; `compressed` its header field. A body that begins like a zlib stream is taken as
  /// compressed in any case, since 5.3.3 sends such bodies with compressed=false. An empty body is an empty table.
  static error_code decode(std::string_view body, std::int32_t version, bool compressed, RegisterBrokerBody& out);
  bool operator==(const RegisterBrokerBody&) const = default;
};

/// Body {"table":{…}} of answers to 103 and 219.
struct KVTable {
  std::map<std::string, std::string> table;

  std::string encode() const;
  static error_code decode(std::string_view body, KVTable& out);
  bool operator==(const KVTable&) const = default;
};

}  // namespace rmqsim
