// State of the simulated network behind SimNetwork: nodes, links between them, and the list of connections. Internal
// to this room; SimLink does the work of one connection.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "producer/transport/sim/sim_core.h"
#include "producer/transport/sim/sim_network.h"

namespace rmqsim {

class SimLink;

struct SimListen {
  std::string host;  ///< as given: the node's IP, 127.0.0.1 or 0.0.0.0
  AcceptHandler handler;
  bool closed = false;
};

struct SimNode {
  std::string name;
  std::string ip;
  bool up = true;
  bool refuse = false;
  bool blackhole = false;
  Function<ConnectVerdict(std::string_view)> connect_rule;
  std::map<std::uint16_t, std::shared_ptr<SimListen>> listening;
  std::uint16_t next_port = kFirstEphemeral;

  static constexpr std::uint16_t kFirstEphemeral = 40000;
  /// The next free ephemeral port; they repeat after 65535.
  std::uint16_t ephemeral_port();
};

class SimNet final : public SimAttachment, public std::enable_shared_from_this<SimNet> {
 public:
  using NodeId = std::uint32_t;
  static constexpr NodeId kNowhere = UINT32_MAX;

  SimNet(std::shared_ptr<SimCore> core, SimNetworkOptions options) : core_(std::move(core)), options_(options) {}

  SimCore& core() { return *core_; }
  const SimNetworkOptions& options() const { return options_; }

  NodeId add_node(std::string_view name, std::string_view ip);
  NodeId find(std::string_view name) const;                  ///< kNowhere when unknown
  NodeId require(std::string_view name) const;               ///< throws std::invalid_argument
  NodeId resolve(NodeId from, std::string_view host) const;  ///< by IP, loopback or name
  SimNode& node(NodeId id) { return nodes_[id]; }
  const SimNode& node(NodeId id) const { return nodes_[id]; }
  std::size_t nodes() const { return nodes_.size(); }

  /// One direction between two nodes.
  struct Path {
    Duration latency{-1};  ///< negative: the default
    std::size_t chunk = 0;
    bool held = false;
  };
  Path& path(NodeId from, NodeId to) { return paths_[from][to]; }
  Duration latency(NodeId from, NodeId to) const {
    const Duration own = paths_[from][to].latency;
    return own >= Duration::zero() ? own : options_.one_way;
  }
  void set_default_latency(Duration latency) { options_.one_way = latency; }
  bool hold(NodeId from, NodeId to, bool on);  ///< whether that changed anything
  void crash(NodeId id);
  void reset_connections(NodeId a, NodeId b);

  /// The listening entry for a connection to `host` at this node, or null.
  std::shared_ptr<SimListen> listener(NodeId id, std::string_view host, std::uint16_t port);

  std::uint64_t enter(SimLink& link);
  void leave(std::uint64_t id) { links_.erase(id); }
  /// The side's output is to leave at the end of this turn.
  void mark_dirty(SimLink& link, int side);
  std::size_t open_connections() const;

  std::string take_buffer();
  void give_buffer(std::string buffer);

  void end_of_turn() override;
  void describe(std::string& out) const override;
  /// The network ends: nothing is delivered any more.
  void close();

 private:
  struct Dirty {
    SimLink* link;
    int side;
  };
  /// All connections, kept alive while a caller walks them.
  std::vector<boost::intrusive_ptr<SimLink>> references() const;

  std::shared_ptr<SimCore> core_;
  SimNetworkOptions options_;
  std::vector<SimNode> nodes_;
  std::vector<std::vector<Path>> paths_;
  std::map<std::uint64_t, SimLink*> links_;  // in order of creation
  std::uint64_t next_link_ = 1;
  std::vector<Dirty> dirty_;  // each holds a reference of its link
  std::vector<std::string> buffers_;
};

}  // namespace rmqsim
