// A stand-in for a RocketMQ nameserver of release 5.3.3 or 4.9.8: routes in both JSON dialects, broker registration,
// the KV store (wire §2.1, §5, corrected by observed-servers). Pure: FakeNamesrvServer drives it with
// requests and times. See README.md for what it is not faithful about.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "fake_broker/shell/server_core.h"
#include "fake_namesrv/route_info_manager.h"
#include "producer/transport/function.h"

namespace rmqsim {

struct NamesrvConfig {
  std::string name = "ns-1";  ///< as fault rules and events call it
  const ServerProfile* profile = &default_server_profile();  ///< never null
  bool order_message_enable = false;  ///< put KV entries of ORDER_TOPIC_CONFIG into routes
};

class FakeNamesrv final : public ServerCore {
 public:
  explicit FakeNamesrv(NamesrvConfig config);

  const std::string& name() const override { return config_.name; }
  const ServerProfile& profile() const override { return *config_.profile; }
  bool is_nameserver() const override { return true; }
  RequestFacts facts(const RemotingCommand& request) const override;
  void process(const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) override;
  void connection_closed(std::uint64_t connection, TimePoint now) override;
  /// What brokers registered is in memory only; KV entries are in a file and stay, as do static routes.
  void crashed() override { routes_.forget_registrations(); }

  RouteInfoManager& routes() { return routes_; }
  const RouteInfoManager& routes() const { return routes_; }
  /// Called after every accepted registration.
  void on_registered(Task handler) { registered_ = std::move(handler); }
  /// Called with what an operator should know, in words.
  void on_warning(Function<void(const std::string&)> handler) { warning_ = std::move(handler); }
  /// KV entry, as PUT_KV_CONFIG sets it. False when the store is full.
  bool put_kv(std::string_view space, std::string_view key, std::string_view value);

 private:
  using Processor = void (FakeNamesrv::*)(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  static Processor find_processor(std::int32_t code, std::int32_t version);

  void get_route(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void get_cluster(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void get_topics(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void get_topics_of_cluster(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void get_system_topics(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void get_member_group(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void register_broker(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void unregister_broker(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void register_topic(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void query_data_version(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void broker_heartbeat(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void put_kv_config(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void get_kv_config(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void delete_kv_config(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void get_kv_list(const RemotingCommand&, const Peer&, TimePoint, Reply&);

  void delete_topic(const RemotingCommand&, const Peer&, TimePoint, Reply&);
  void get_config(const RemotingCommand&, const Peer&, TimePoint, Reply&);

  RemotingCommand& answer(const RemotingCommand& request, Reply& reply) const;
  void fail(const RemotingCommand& request, std::string remark, Reply& reply) const;
  std::string kv(std::string_view space, std::string_view key) const;

  NamesrvConfig config_;
  RouteInfoManager routes_;
  std::map<std::string, std::map<std::string, std::string, std::less<>>, std::less<>> kv_;
  std::size_t kv_entries_ = 0;
  Task registered_;
  Function<void(const std::string&)> warning_;
};

/// ZoneRouteRPCHook (§5.5): drops the brokers of other zones, except those without a master, and queues without broker.
void filter_by_zone(std::string_view zone, TopicRouteData& route);

}  // namespace rmqsim
