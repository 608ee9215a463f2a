// A proxy for a whole cluster: a front for each nameserver, and one for each broker address as soon as a route names
// it, masters and slaves alike. Routes lead clients to the fronts, so that no client meets the cluster directly.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_broker/fake_broker.h"
#include "fake_namesrv/fake_namesrv.h"
#include "scenarios/harness/file/scenario.h"
#include "tools/proxy/proxy_front.h"
#include "tools/proxy/route_rewriter.h"

namespace rmqsim {

struct ProxyOptions {
  std::vector<std::string> nameservers;    ///< of the cluster, "ip:port"
  std::string listen = "127.0.0.1:0";      ///< of the first nameserver's front; the others take the ports after it
  std::string broker_host = "127.0.0.1";   ///< on which brokers' fronts listen
  std::string advertise;                   ///< host under which clients reach these; empty: broker_host
  std::uint16_t first_port = 0;            ///< of brokers' fronts; 0: any free ones
  std::uint16_t last_port = 0;
  bool vip = false;                        ///< brokers' fronts have their VIP port as well
  const ServerProfile* profile = &default_server_profile();  ///< of answers that rules make up
  ClusterSpec names;                       ///< of the scenario: what rules call nameservers and slaves
  ServerObserver* journal = nullptr;       ///< told what a fake tells it; must outlive the proxy
  std::function<void(ControlledServer&)> on_front;  ///< told of each front before a client can know it; may be empty
};

/// Told of what the proxy learns about the cluster, besides its traffic.
class ProxyListener : public ProxyObserver {
 public:
  virtual void on_broker(const std::string& server, const std::string& broker, std::int64_t id,
                         const std::string& upstream, const std::string& local) = 0;
  virtual void on_route(const std::string& topic, const TopicRouteData& route) = 0;
  virtual void on_problem(const std::string& what) = 0;
};

/// The first rule that a proxy cannot perform, and why; nullopt when there is none.
struct ImpossibleRule {
  std::size_t rule = 0;
  std::string why;
};
std::optional<ImpossibleRule> impossible_in_proxy(const std::vector<FaultRule>& rules);

class Proxy {
 public:
  static constexpr std::size_t kMaxFronts = 1000;

  Proxy(Runtime& runtime, Transport& transport, ProxyOptions options, FaultPlan* plan, ProxyListener& listener);
  /// Throws boost::system::system_error when a nameserver's front cannot listen.
  void start();
  void stop();
  /// What clients take for nameservers, "ip:port;ip:port".
  std::string namesrv_addresses() const;

 private:
  struct NamesrvFront {
    std::unique_ptr<FakeNamesrv> core;
    std::unique_ptr<ProxyFront> front;
  };
  struct BrokerFront {
    std::unique_ptr<FakeBroker> core;
    std::unique_ptr<ProxyFront> front;
  };

  bool rewrite(const RemotingCommand& request, RemotingCommand& response);
  std::string local_address(const std::string& broker, std::int64_t id, const std::string& address);
  std::string name_of(const std::string& broker, std::int64_t id) const;
  std::string known_as(const ProxyFront& front) const;
  void listen_in_range(const std::string& address, BrokerFront& entry);

  Runtime& runtime_;
  Transport& transport_;
  ProxyOptions options_;
  FaultPlan* plan_;
  ProxyListener& listener_;
  std::vector<NamesrvFront> nameservers_;
  std::map<std::string, BrokerFront> brokers_;  ///< by address in the cluster
  std::optional<TimePoint> started_;
};

}  // namespace rmqsim
