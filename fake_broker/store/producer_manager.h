// The broker's table of producers: per group the clients that sent a heartbeat, with the connection by which they can
// be reached for transaction checks and replies (wire §2.3, §6.3). Pure. A client leaves by
// UNREGISTER_CLIENT, when its connection closes, or after 120 s without a heartbeat.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/codes.h"
#include "producer/transport/time.h"

namespace rmqsim {

struct ClientChannelInfo {
  std::uint64_t connection = 0;
  std::string client_id;
  LanguageCode language = LanguageCode::JAVA;
  std::int32_t version = 0;
  std::string address;  ///< of the peer
  TimePoint last_update;
};

class ProducerManager {
 public:
  static constexpr Duration kExpiry = std::chrono::seconds(120);
  /// Bounds for what a hostile peer can make the table hold.
  static constexpr std::size_t kMaxGroups = 10'000;
  static constexpr std::size_t kMaxClientsPerGroup = 10'000;

  /// A heartbeat of `client` for `group`. The last connection to claim a client id gets it.
  void register_producer(std::string_view group, const ClientChannelInfo& client);
  /// Removes the client that has this connection; a group without clients goes.
  void unregister_producer(std::string_view group, std::uint64_t connection);
  void connection_closed(std::uint64_t connection);
  /// Drops clients whose last heartbeat is 120 s ago or more. Also done, every 10 s at most, by register_producer.
  void expire(TimePoint now);
  void clear();

  /// Clients of a group in order of connection; empty for an unknown group.
  std::vector<ClientChannelInfo> clients(std::string_view group) const;
  std::vector<std::string> groups() const;
  /// getAvailableChannel: one client of the group, in turn.
  std::optional<ClientChannelInfo> available(std::string_view group);
  /// The connection that last claimed the client id.
  std::optional<std::uint64_t> find_client(std::string_view client_id) const;

 private:
  using Clients = std::map<std::uint64_t, ClientChannelInfo>;
  void forget_client_id(const ClientChannelInfo& client);

  std::map<std::string, Clients, std::less<>> groups_;
  std::map<std::string, std::uint64_t, std::less<>> client_ids_;
  std::uint64_t turn_ = 0;
  TimePoint last_scan_;
};

}  // namespace rmqsim
