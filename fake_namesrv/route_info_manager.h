// The nameserver's tables: which broker has which queues of which topic, where brokers are, and who is alive
// (wire §5). Filled by brokers that register, or directly by whoever runs the nameserver: static entries
// never expire and registrations do not touch them. Pure; time comes as an argument.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/shell/server_profile.h"
#include "producer/remoting/bodies/register_broker_body.h"
#include "producer/remoting/bodies/topic_route_data.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// A broker that registers: header of REGISTER_BROKER, and on which connection.
struct BrokerRegistration {
  std::string cluster_name;
  std::string broker_name;
  std::string broker_addr;
  std::string ha_server_addr;
  std::int64_t broker_id = 0;
  std::optional<Duration> heartbeat_timeout;
  std::optional<bool> enable_acting_master;  ///< absent from 4.x brokers
  std::optional<std::string> zone_name;
  std::uint64_t connection = 0;
};

struct RegisterBrokerResult {
  bool accepted = true;  ///< false: "register broker failed" (§5.2)
  std::optional<std::string> ha_server_addr;
  std::optional<std::string> master_addr;
  /// Of a broker with the same name and id in another cluster, which it had until now: the two overwrite each other's
  /// at each registration, as in Java.
  std::optional<std::string> overwritten_addr;
  std::optional<std::string> overwritten_cluster;
};

class RouteInfoManager {
 public:
  static constexpr Duration kExpiry = std::chrono::seconds(120);
  /// Bounds for what a hostile peer can make the tables hold.
  static constexpr std::size_t kMaxTopics = 100'000;
  static constexpr std::size_t kMaxBrokers = 10'000;
  static constexpr std::size_t kMaxClustersOfBroker = 100;

  explicit RouteInfoManager(const ServerProfile& profile) : profile_(profile) {}

  RegisterBrokerResult register_broker(const BrokerRegistration& broker, const TopicConfigSerializeWrapper& topics,
                                       TimePoint now);
  /// REGISTER_TOPIC_IN_NAMESRV: the queues that a topic has at brokers which are known.
  void register_topic(std::string_view topic, const std::vector<QueueData>& queues);
  void unregister_broker(std::string_view cluster, std::string_view broker_name, std::string_view address,
                         std::int64_t broker_id);
  /// Removes the brokers that registered last on this connection (§5.1, "Removal of a broker" c).
  void connection_closed(std::uint64_t connection);
  /// Removes brokers that have been silent for their timeout; returns the connections to close (b).
  std::vector<std::uint64_t> expire(TimePoint now);
  /// Whether expire() can ever have something to do.
  bool has_live_brokers() const { return !live_.empty(); }
  /// 322 and 904 count as signs of life. False when that broker is not registered.
  bool refresh(std::string_view cluster, std::string_view address, TimePoint now);
  std::optional<DataVersion> data_version(std::string_view cluster, std::string_view address) const;

  /// nullopt when no broker that is there has the topic. Brokers in order of their names.
  std::optional<TopicRouteData> route(std::string_view topic) const;
  ClusterInfo cluster_info() const;
  /// Those that have queues.
  std::vector<std::string> topics() const;
  /// Those that have queues at a broker of the cluster.
  std::vector<std::string> topics_of_cluster(std::string_view cluster) const;
  std::optional<BrokerMemberGroup> member_group(std::string_view cluster, std::string_view broker_name) const;

  // Static entries.
  void put_broker(std::string_view cluster, std::string_view broker_name, std::int64_t broker_id,
                  std::string_view address);
  /// Sets the queues that a topic has at `queues.broker_name`. Registrations leave this pair alone from now on.
  void set_route(std::string_view topic, QueueData queues);
  /// Makes these the topic's queues and all that it has: other brokers leave its route, and no registration changes it
  /// from now on. False when it had just these before.
  bool replace_route(std::string_view topic, const std::vector<QueueData>& queues);
  /// Takes a broker out of a topic's route, or out of all routes when `topic` is empty. Registrations do not bring it
  /// back; set_route does. False when it was in none.
  bool remove_from_route(std::string_view topic, std::string_view broker_name);
  /// False when the topic has no such entry, or one with this permission. An empty `broker_name` means all of the
  /// topic's brokers.
  bool set_perm(std::string_view topic, std::string_view broker_name, std::int32_t perm);
  /// For tests: as if no broker had ever registered it.
  void remove_topic(std::string_view topic);
  /// DELETE_TOPIC_IN_NAMESRV: everywhere, or at the brokers of one cluster. A registration may bring it back.
  void delete_topic(std::string_view topic, std::string_view cluster);
  /// What registered brokers brought goes; static entries stay: a nameserver that restarts.
  void forget_registrations();

 private:
  struct Live {
    TimePoint last_update;
    Duration timeout;
    DataVersion data_version;
    std::uint64_t connection;
    std::string broker_name;
    std::int64_t broker_id;
    std::string ha_server_addr;
  };
  struct Broker {
    BrokerData data;                 ///< with the cluster of the first that came under this name
    std::set<std::string> clusters;  ///< of all that did
    bool fixed = false;
  };
  struct Queues {
    QueueData data;
    bool fixed = false;    ///< set by set_route
    bool removed = false;  ///< taken out by remove_from_route
  };
  using ByBroker = std::map<std::string, Queues, std::less<>>;
  struct Topic {
    ByBroker brokers;
    bool replaced = false;  ///< by replace_route: the brokers that it has are all
  };
  /// cluster and address, BrokerAddrInfo
  using Address = std::pair<std::string, std::string>;

  /// The topic for a registration to change; nullptr: it may not.
  Topic* topic_to_register(std::string_view topic);
  void take_queues(const std::string& broker_name, const TopicConfigSerializeWrapper& topics, bool all);
  void remove_live(Address address);  ///< by value: the caller's may be the key that goes
  void remove_address(std::string_view broker_name, std::int64_t broker_id, std::string_view address);

  const ServerProfile& profile_;
  std::map<std::string, Topic, std::less<>> topics_;
  std::map<std::string, Broker, std::less<>> brokers_;
  std::map<Address, Live> live_;
};

}  // namespace rmqsim
