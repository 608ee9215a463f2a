// Typed headers of what nameservers are asked: routes by clients, registration by brokers, the KV store. As in
// broker_headers.h a missing or malformed field is absent, never an error (wire §2.1, §5.2).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// Code 105.
struct GetRouteInfoRequestHeader {
  std::optional<std::string> topic;
  std::optional<bool> accept_standard_json_only;

  void to_ext(ExtFields& ext) const;
  static GetRouteInfoRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const GetRouteInfoRequestHeader&) const = default;
};

/// Code 103.
struct RegisterBrokerRequestHeader {
  std::optional<std::string> broker_name;
  std::optional<std::string> broker_addr;  ///< ip:port
  std::optional<std::string> cluster_name;
  std::optional<std::string> ha_server_addr;
  std::optional<std::int64_t> broker_id;  ///< 0 is the master
  std::optional<std::int64_t> heartbeat_timeout_millis;
  std::optional<bool> enable_acting_master;
  std::optional<bool> compressed;
  std::optional<std::int32_t> body_crc32;  ///< 0 or absent skips the check

  void to_ext(ExtFields& ext) const;
  static RegisterBrokerRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const RegisterBrokerRequestHeader&) const = default;
};

/// Answer to 103; both fields only for a slave with a live master.
struct RegisterBrokerResponseHeader {
  std::optional<std::string> ha_server_addr;
  std::optional<std::string> master_addr;

  void to_ext(ExtFields& ext) const;
  static RegisterBrokerResponseHeader from_ext(const ExtFields& ext);
  bool operator==(const RegisterBrokerResponseHeader&) const = default;
};

/// Codes 104 UNREGISTER_BROKER, 322 QUERY_DATA_VERSION and 904 BROKER_HEARTBEAT carry the same four fields.
struct UnregisterBrokerRequestHeader {
  std::optional<std::string> broker_name;
  std::optional<std::string> broker_addr;
  std::optional<std::string> cluster_name;
  std::optional<std::int64_t> broker_id;

  void to_ext(ExtFields& ext) const;
  static UnregisterBrokerRequestHeader from_ext(const ExtFields& ext);
  bool operator==(const UnregisterBrokerRequestHeader&) const = default;
};
using QueryDataVersionRequestHeader = UnregisterBrokerRequestHeader;
using BrokerHeartbeatRequestHeader = UnregisterBrokerRequestHeader;

/// Answer to 322.
struct QueryDataVersionResponseHeader {
  std::optional<bool> changed;

  void to_ext(ExtFields& ext) const;
  static QueryDataVersionResponseHeader from_ext(const ExtFields& ext);
  bool operator==(const QueryDataVersionResponseHeader&) const = default;
};

/// Codes 100 PUT (all three), 101 GET and 102 DELETE (no value), 219 GET_KVLIST_BY_NAMESPACE (namespace only); the
/// answer to 101 has only `value`.
struct KVConfigHeader {
  std::optional<std::string> namespace_;  // namespace
  std::optional<std::string> key;
  std::optional<std::string> value;

  void to_ext(ExtFields& ext) const;
  static KVConfigHeader from_ext(const ExtFields& ext);
  bool operator==(const KVConfigHeader&) const = default;
};

}  // namespace rmqsim
