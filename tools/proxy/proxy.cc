#include "tools/proxy/proxy.h"

#include <boost/system/system_error.hpp>

#include "producer/transport/address.h"

namespace rmqsim {

std::optional<ImpossibleRule> impossible_in_proxy(const std::vector<FaultRule>& rules) {
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const FaultRule& rule = rules[i];
    if (rule.on.kind == FaultTarget::Kind::check_transaction && (rule.topic || rule.producer_group)) {
      return ImpossibleRule{i, "a check says its topic and group only inside the message, which a proxy leaves closed"};
    }
    if (rule.on.kind == FaultTarget::Kind::register_broker) {
      return ImpossibleRule{i, "brokers register with the nameservers themselves, which no proxy sees"};
    }
  }
  return std::nullopt;
}

Proxy::Proxy(Runtime& runtime, Transport& transport, ProxyOptions options, FaultPlan* plan, ProxyListener& listener)
    : runtime_(runtime), transport_(transport), options_(std::move(options)), plan_(plan), listener_(listener) {}

void Proxy::start() {
  started_ = runtime_.now();
  const auto first = parse_address(options_.listen);
  for (std::size_t i = 0; i < options_.nameservers.size(); ++i) {
    std::string listen = options_.listen;
    if (i > 0 && first && first->port != 0) {
      listen = first->host + ":" + std::to_string(first->port + i);
    }
    NamesrvConfig config;
    config.profile = options_.profile;
    config.name = i < options_.names.nameservers.size() ? options_.names.nameservers[i] : "ns-" + std::to_string(i + 1);
    NamesrvFront entry;
    entry.core = std::make_unique<FakeNamesrv>(config);
    entry.front = std::make_unique<ProxyFront>(
        runtime_, transport_, *entry.core, options_.nameservers[i], listen, plan_, listener_, options_.journal,
        [this](const RemotingCommand& request, RemotingCommand& response) { return rewrite(request, response); });
    entry.front->start();
    entry.front->begin_faults(*started_);
    if (options_.on_front) options_.on_front(*entry.front);
    nameservers_.push_back(std::move(entry));
  }
}

void Proxy::stop() {
  for (NamesrvFront& entry : nameservers_) entry.front->stop();
  for (auto& [address, entry] : brokers_) entry.front->stop();
}

std::string Proxy::namesrv_addresses() const {
  std::string all;
  for (const NamesrvFront& entry : nameservers_) all += (all.empty() ? "" : ";") + entry.front->address();
  return all;
}

bool Proxy::rewrite(const RemotingCommand& request, RemotingCommand& response) {
  TopicRouteData route;
  const bool routes = request.code == RequestCode::GET_ROUTEINFO_BY_TOPIC && response.code == ResponseCode::SUCCESS;
  if (routes && !TopicRouteData::decode(response.body, route)) {
    listener_.on_route(std::string(request.ext_fields.get("topic")), route);
  }
  LocalAddress local = [this](const std::string& broker, std::int64_t id, const std::string& address) {
    return local_address(broker, id, address);
  };
  return rewrite_addresses(request.code, response, local);
}

/// A scenario's name for the slave, else `broker-slave-ID`.
std::string Proxy::name_of(const std::string& broker, std::int64_t id) const {
  if (id == kMasterId) return broker;
  for (const BrokerSpec& spec : options_.names.brokers) {
    if (spec.slave_of == broker && spec.broker_id == id) return spec.name;
  }
  return broker + "-slave-" + std::to_string(id);
}

std::string Proxy::local_address(const std::string& broker, std::int64_t id, const std::string& address) {
  const auto known = brokers_.find(address);
  if (known != brokers_.end()) return known_as(*known->second.front);
  const std::string name = name_of(broker, id);
  if (brokers_.size() >= kMaxFronts) {
    listener_.on_problem("more than " + std::to_string(kMaxFronts) + " brokers; " + name + " is not proxied");
    return address;
  }
  BrokerFront entry;
  BrokerConfig config;
  config.name = name;
  config.broker_name = broker;
  config.broker_id = id;
  config.profile = options_.profile;
  entry.core = std::make_unique<FakeBroker>(config, runtime_.random("proxy/" + name));
  try {
    listen_in_range(address, entry);
  } catch (const boost::system::system_error& error) {
    listener_.on_problem(name + " at " + address + " is not proxied: " + error.what());
    return address;
  }
  entry.front->begin_faults(*started_);
  if (options_.on_front) options_.on_front(*entry.front);
  const std::string local = known_as(*entry.front);
  entry.core->set_address(local);
  brokers_.emplace(address, std::move(entry));
  listener_.on_broker(name, broker, id, address, local);
  return local;
}

/// What routes say.
std::string Proxy::known_as(const ProxyFront& front) const {
  const std::string& address = front.address();
  return options_.advertise.empty() ? address : options_.advertise + address.substr(address.rfind(':'));
}

void Proxy::listen_in_range(const std::string& address, BrokerFront& entry) {
  for (std::uint32_t port = options_.first_port;; ++port) {
    entry.front = std::make_unique<ProxyFront>(runtime_, transport_, *entry.core, address,
                                               options_.broker_host + ":" + std::to_string(port), plan_, listener_,
                                               options_.journal, nullptr, options_.vip);
    try {
      return entry.front->start();
    } catch (const boost::system::system_error& error) {
      if (error.code() != TransportError::address_in_use || port >= options_.last_port) throw;
    }
  }
}

}  // namespace rmqsim
