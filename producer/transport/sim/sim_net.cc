// Nodes, links and the bookkeeping between them. Lists are walked in order of creation, never in order of addresses in
// memory, so that a run repeats exactly.
#include "producer/transport/sim/sim_net.h"

#include <stdexcept>
#include <utility>

#include <boost/system/system_error.hpp>

#include "producer/transport/address.h"
#include "producer/transport/sim/sim_link.h"

namespace rmqsim {
namespace {

constexpr std::size_t kPooledBuffers = 4096;
constexpr std::size_t kLargestPooled = 64 * 1024;
constexpr std::size_t kFreshBuffer = 512;

}  // namespace

std::uint16_t SimNode::ephemeral_port() {
  for (int tries = 0; tries <= UINT16_MAX - kFirstEphemeral; ++tries) {
    const std::uint16_t port = next_port;
    next_port = port == UINT16_MAX ? kFirstEphemeral : static_cast<std::uint16_t>(port + 1);
    if (listening.find(port) == listening.end()) return port;
  }
  throw boost::system::system_error(make_error_code(TransportError::address_in_use),
                                    "node " + name + " listens on every ephemeral port");
}

SimNet::NodeId SimNet::add_node(std::string_view name, std::string_view ip) {
  if (name.empty() || find(name) != kNowhere) {
    throw std::invalid_argument("node name '" + std::string(name) + "' is empty or taken; choose another");
  }
  const auto id = static_cast<NodeId>(nodes_.size());
  SimNode node;
  node.name = name;
  node.ip = ip;
  if (ip.empty()) node.ip = "10.0." + std::to_string((id + 1) / 256) + "." + std::to_string((id + 1) % 256);
  if (!is_ipv4(node.ip) || resolve(id, node.ip) != kNowhere) {
    throw std::invalid_argument("address '" + node.ip + "' of node " + node.name + " is not IPv4, or is taken");
  }
  nodes_.push_back(std::move(node));
  for (auto& row : paths_) row.emplace_back();
  paths_.emplace_back(nodes_.size());
  return id;
}

SimNet::NodeId SimNet::find(std::string_view name) const {
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (nodes_[id].name == name) return id;
  }
  return kNowhere;
}

SimNet::NodeId SimNet::require(std::string_view name) const {
  const NodeId id = find(name);
  if (id != kNowhere) return id;
  std::string known;
  for (const SimNode& node : nodes_) known += (known.empty() ? "" : ", ") + node.name;
  throw std::invalid_argument("no node '" + std::string(name) + "' in the simulated network; it has: " + known);
}

SimNet::NodeId SimNet::resolve(NodeId from, std::string_view host) const {
  if (host == "localhost" || host.substr(0, 4) == "127.") return from;
  for (NodeId id = 0; id < nodes_.size(); ++id) {
    if (nodes_[id].ip == host) return id;
  }
  return find(host);
}

std::shared_ptr<SimListen> SimNet::listener(NodeId id, std::string_view host, std::uint16_t port) {
  const auto found = nodes_[id].listening.find(port);
  if (found == nodes_[id].listening.end()) return nullptr;
  const std::string& bound = found->second->host;
  const bool loopback = host == "localhost" || host.substr(0, 4) == "127.";
  const bool bound_to_loopback = bound.substr(0, 4) == "127.";
  if (bound != "0.0.0.0" && loopback != bound_to_loopback) return nullptr;
  return found->second;
}

std::uint64_t SimNet::enter(SimLink& link) {
  links_.emplace_hint(links_.end(), next_link_, &link);
  return next_link_++;
}

std::vector<boost::intrusive_ptr<SimLink>> SimNet::references() const {
  std::vector<SimLink::Ptr> list;
  list.reserve(links_.size());
  for (const auto& [id, link] : links_) list.emplace_back(link);
  return list;
}

bool SimNet::hold(NodeId from, NodeId to, bool on) {
  if (std::exchange(paths_[from][to].held, on) == on) return false;
  if (on) return true;
  for (const auto& link : references()) {
    for (int side = 0; side < 2; ++side) {
      if (link->node(side) == from && link->node(1 - side) == to) link->release_held(side);
    }
  }
  return true;
}

void SimNet::crash(NodeId id) {
  nodes_[id].up = false;
  for (auto& [port, listen] : std::exchange(nodes_[id].listening, {})) listen->closed = true;
  for (const auto& link : references()) {
    for (int side = 0; side < 2; ++side) {
      if (link->node(side) == id) link->kill(side);
    }
  }
}

void SimNet::reset_connections(NodeId a, NodeId b) {
  for (const auto& link : references()) {
    const bool between = (link->node(0) == a && link->node(1) == b) || (link->node(0) == b && link->node(1) == a);
    if (between) link->break_up();
  }
}

std::size_t SimNet::open_connections() const {
  std::size_t count = 0;
  for (const auto& [id, link] : links_) count += link->connecting() || link->is_open(0) || link->is_open(1);
  return count;
}

void SimNet::mark_dirty(SimLink& link, int side) {
  if (core_->closing || !link.set_dirty(side)) return;
  SimLink::Ptr reference(&link);
  dirty_.push_back({reference.detach(), side});
  core_->request_end_of_turn();
}

void SimNet::end_of_turn() {
  for (std::size_t i = 0; i < dirty_.size(); ++i) {  // a listener that is told of a full queue may write elsewhere
    const SimLink::Ptr link(dirty_[i].link, false);
    link->transmit(dirty_[i].side);
  }
  dirty_.clear();
}

std::string SimNet::take_buffer() {
  std::string buffer;
  if (buffers_.empty()) {
    buffer.reserve(kFreshBuffer);
  } else {
    buffer = std::move(buffers_.back());
    buffers_.pop_back();
  }
  return buffer;
}

void SimNet::give_buffer(std::string buffer) {
  const bool worth = buffer.capacity() >= kFreshBuffer && buffer.capacity() <= kLargestPooled;
  if (!worth || buffers_.size() >= kPooledBuffers) return;
  buffer.clear();
  buffers_.push_back(std::move(buffer));
}

void SimNet::describe(std::string& out) const {
  for (const SimNode& node : nodes_) {
    out += "node " + node.name + " (" + node.ip + ")" + (node.up ? "" : ", crashed") +
           (node.refuse ? ", refuses" : "") + (node.blackhole ? ", black hole" : "") + ", listens on " +
           std::to_string(node.listening.size()) + " ports\n";
  }
  for (NodeId from = 0; from < nodes_.size(); ++from) {
    for (NodeId to = 0; to < nodes_.size(); ++to) {
      if (paths_[from][to].held) out += "held back: " + nodes_[from].name + " > " + nodes_[to].name + "\n";
    }
  }
  std::size_t shown = 0;
  for (const auto& [id, link] : links_) {
    if (++shown > 50) {
      out += "and " + std::to_string(links_.size() - 50) + " more connections\n";
      break;
    }
    link->describe(out);
  }
}

void SimNet::close() {
  core_->detach(*this);
  for (const auto& link : references()) link->abandon();
  for (SimNode& node : nodes_) {
    for (auto& [port, listen] : std::exchange(node.listening, {})) listen->closed = true;
    node.up = false;
  }
}

}  // namespace rmqsim
