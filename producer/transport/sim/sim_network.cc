// The public face of the simulated network and the Transport of one node. Names are looked up here; SimNet and
// SimLink work with numbers.
#include "producer/transport/sim/sim_network.h"

#include <stdexcept>
#include <utility>

#include <boost/system/system_error.hpp>

#include "producer/transport/address.h"
#include "producer/transport/sim/sim_link.h"
#include "producer/transport/sim/sim_runtime.h"

namespace rmqsim {
namespace {

class SimAcceptor final : public Acceptor {
 public:
  SimAcceptor(std::shared_ptr<SimNet> net, SimNet::NodeId node, std::uint16_t port, std::shared_ptr<SimListen> listen)
      : net_(std::move(net)), node_(node), port_(port), listen_(std::move(listen)) {
    address_ = listen_->host + ":" + std::to_string(port);
  }
  ~SimAcceptor() override { close(); }

  const std::string& local_address() const override { return address_; }
  void close() override {
    if (std::exchange(listen_->closed, true)) return;
    net_->node(node_).listening.erase(port_);
  }

 private:
  std::shared_ptr<SimNet> net_;
  SimNet::NodeId node_;
  std::uint16_t port_;
  std::shared_ptr<SimListen> listen_;
  std::string address_;
};

class SimTransport final : public Transport {
 public:
  SimTransport(std::shared_ptr<SimNet> net, SimNet::NodeId node) : net_(std::move(net)), node_(node) {}

  void async_connect(std::string_view address, Duration timeout, ConnectHandler handler) override {
    const auto target = parse_address(address);
    if (!target || target->port == 0) return fail(TransportError::bad_address, std::move(handler));
    if (!net_->node(node_).up) return fail(TransportError::other, std::move(handler));
    const SimNet::NodeId server = net_->resolve(node_, target->host);
    if (server == SimNet::kNowhere && !is_ipv4(target->host)) return fail(TransportError::other, std::move(handler));
    SimLink::connect(net_, node_, server, target->host, target->port, timeout, std::move(handler));
  }

  std::unique_ptr<Acceptor> listen(std::string_view address, AcceptHandler handler) override {
    SimNode& node = net_->node(node_);
    auto target = parse_address(address);
    const auto refuse = [&](TransportError error, const char* why) {
      throw boost::system::system_error(make_error_code(error),
                                        "listen on " + std::string(address) + " at node " + node.name + why);
    };
    if (!target) refuse(TransportError::bad_address, "");
    if (target->host == "localhost") target->host = "127.0.0.1";
    if (target->host != "0.0.0.0" && net_->resolve(node_, target->host) != node_) {
      refuse(TransportError::other, ": that is not an address of this node");
    }
    if (target->host == node.name) target->host = node.ip;
    if (!node.up) refuse(TransportError::other, ": the node is crashed; restart it first");
    if (target->port == 0) target->port = node.ephemeral_port();
    auto entry = std::make_shared<SimListen>();
    entry->host = target->host;
    entry->handler = std::move(handler);
    if (!node.listening.emplace(target->port, entry).second) refuse(TransportError::address_in_use, "");
    return std::make_unique<SimAcceptor>(net_, node_, target->port, std::move(entry));
  }

  std::string local_ip() const override { return net_->node(node_).ip; }

 private:
  void fail(TransportError error, ConnectHandler handler) {
    SimCore& core = net_->core();
    core.schedule(core.now, [error, h = std::move(handler)]() mutable { h(error, nullptr); });
  }

  std::shared_ptr<SimNet> net_;
  SimNet::NodeId node_;
};

}  // namespace

SimNetwork::SimNetwork(SimRuntime& runtime, SimNetworkOptions options)
    : net_(std::make_shared<SimNet>(runtime.core(), options)) {
  runtime.core()->attach(*net_);
}

SimNetwork::~SimNetwork() { net_->close(); }

Transport& SimNetwork::add_node(std::string_view name, std::string_view ip) {
  const SimNet::NodeId id = net_->add_node(name, ip);
  transports_.push_back(std::make_unique<SimTransport>(net_, id));
  return *transports_.back();
}

Transport& SimNetwork::transport(std::string_view node) {
  const SimNet::NodeId id = net_->find(node);
  return id != SimNet::kNowhere ? *transports_[id] : add_node(node);
}

const std::string& SimNetwork::ip(std::string_view node) const { return net_->node(net_->require(node)).ip; }

void SimNetwork::set_one_way(Duration latency) { net_->set_default_latency(latency); }
void SimNetwork::set_one_way(std::string_view from, std::string_view to, Duration latency) {
  net_->path(net_->require(from), net_->require(to)).latency = latency;
}
void SimNetwork::set_chunk(std::string_view from, std::string_view to, std::size_t bytes) {
  net_->path(net_->require(from), net_->require(to)).chunk = bytes;
}
void SimNetwork::set_chunk(Connection& connection, std::size_t bytes) {
  auto& handle = dynamic_cast<SimConnection&>(connection);
  handle.link().set_chunk(handle.side(), bytes);
}

void SimNetwork::set_refuse(std::string_view node, bool on) { net_->node(net_->require(node)).refuse = on; }
void SimNetwork::set_blackhole(std::string_view node, bool on) { net_->node(net_->require(node)).blackhole = on; }
void SimNetwork::set_connect_rule(std::string_view node, Function<ConnectVerdict(std::string_view from)> rule) {
  net_->node(net_->require(node)).connect_rule = std::move(rule);
}

bool SimNetwork::hold(std::string_view from, std::string_view to) {
  return net_->hold(net_->require(from), net_->require(to), true);
}
bool SimNetwork::release(std::string_view from, std::string_view to) {
  return net_->hold(net_->require(from), net_->require(to), false);
}

bool SimNetwork::partition(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  bool changed = false;
  for (const std::string& one : a) {
    for (const std::string& other : b) {
      changed |= hold(one, other);
      changed |= hold(other, one);
    }
  }
  return changed;
}

bool SimNetwork::heal(const std::vector<std::string>& a, const std::vector<std::string>& b) {
  bool changed = false;
  for (const std::string& one : a) {
    for (const std::string& other : b) {
      changed |= release(one, other);
      changed |= release(other, one);
    }
  }
  return changed;
}

void SimNetwork::silence(std::string_view node) {
  const SimNet::NodeId id = net_->require(node);
  for (SimNet::NodeId other = 0; other < net_->nodes(); ++other) {
    if (other == id) continue;
    net_->hold(id, other, true);
    net_->hold(other, id, true);
  }
}

void SimNetwork::unsilence(std::string_view node) {
  const SimNet::NodeId id = net_->require(node);
  for (SimNet::NodeId other = 0; other < net_->nodes(); ++other) {
    if (other == id) continue;
    net_->hold(id, other, false);
    net_->hold(other, id, false);
  }
}

bool SimNetwork::heal() {
  bool changed = false;
  for (SimNet::NodeId from = 0; from < net_->nodes(); ++from) {
    for (SimNet::NodeId to = 0; to < net_->nodes(); ++to) changed |= net_->hold(from, to, false);
  }
  return changed;
}

void SimNetwork::crash(std::string_view node) { net_->crash(net_->require(node)); }
void SimNetwork::restart(std::string_view node) { net_->node(net_->require(node)).up = true; }
bool SimNetwork::is_up(std::string_view node) const { return net_->node(net_->require(node)).up; }

void SimNetwork::reset_connections(std::string_view a, std::string_view b) {
  net_->reset_connections(net_->require(a), net_->require(b));
}
std::size_t SimNetwork::open_connections() const { return net_->open_connections(); }

}  // namespace rmqsim
