// The simulated network: nodes with IPv4 addresses, connections that carry real bytes with latency under virtual
// time, and every fault a link or a host can have. Tests and the scenario engine give the faults; the stack above sees
// only the Transport of its own node. Whether and when bytes arrive is decided here and nowhere else.
//
// Simplifications: no bandwidth; acknowledgements cost latency only while output waits for the window; a cut holds
// back what is sent while it lasts (what is already under way arrives) and delivers it, in order, after the heal.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "producer/transport/transport.h"

namespace rmqsim {

class SimRuntime;
class SimNet;

struct SimNetworkOptions {
  Duration one_way = std::chrono::microseconds{200};  ///< latency of every link without a setting of its own
  /// Bytes on their way and not yet read by the peer before further output counts as queued.
  std::size_t window = 256 * 1024;
};

/// What a node does with a connection attempt.
enum class ConnectVerdict { accept, refuse, blackhole };

/// Names of nodes in arguments must be known, else std::invalid_argument; "to" and "from" are one direction of a link.
class SimNetwork {
 public:
  explicit SimNetwork(SimRuntime& runtime, SimNetworkOptions options = {});
  /// Connections may be destroyed later; those still open go silent.
  ~SimNetwork();
  SimNetwork(const SimNetwork&) = delete;
  SimNetwork& operator=(const SimNetwork&) = delete;

  /// A node with the given IPv4 address, or the next of 10.0.0.1, 10.0.0.2, … Throws std::invalid_argument for a name
  /// or address that is taken. Returns its transport.
  Transport& add_node(std::string_view name, std::string_view ip = {});
  /// The node's transport; adds the node when it is new. Addresses may name a node instead of its IP.
  Transport& transport(std::string_view node);
  const std::string& ip(std::string_view node) const;

  /// Latency of all links without one of their own, or of one direction. Bytes on their way keep theirs, and order
  /// within a connection is kept.
  void set_one_way(Duration latency);
  void set_one_way(std::string_view from, std::string_view to, Duration latency);
  /// Bytes sent from then on reach the listener in pieces of at most `bytes`; 0 ends it.
  void set_chunk(std::string_view from, std::string_view to, std::size_t bytes);
  /// The same for what one side of a connection sends. The connection must be of this network.
  void set_chunk(Connection& connection, std::size_t bytes);

  // Only tests call set_refuse, set_blackhole, unsilence and is_up: scenarios say it with rules and events.
  /// Every connection attempt to the node is refused after one round trip, or never answered.
  void set_refuse(std::string_view node, bool on);
  void set_blackhole(std::string_view node, bool on);
  /// Decides over each attempt that arrives at the node (and is not caught by the two above); called with the name of
  /// the connecting node. An empty function ends it.
  void set_connect_rule(std::string_view node, Function<ConnectVerdict(std::string_view from)> rule);

  // Whether they changed anything.
  /// Holds back, or lets go again, whatever `from` sends to `to`.
  bool hold(std::string_view from, std::string_view to);
  bool release(std::string_view from, std::string_view to);
  /// Holds back both directions between every node of `a` and every node of `b`; heal undoes it.
  bool partition(const std::vector<std::string>& a, const std::vector<std::string>& b);
  bool heal(const std::vector<std::string>& a, const std::vector<std::string>& b);
  /// Cuts the node off from all others (not from itself).
  void silence(std::string_view node);
  void unsilence(std::string_view node);
  /// Ends every hold; false: there was none.
  bool heal();

  /// The process dies: its acceptors close, peers see connection_reset after the latency, its own listeners are told
  /// nothing more, and connecting or listening fails until restart.
  void crash(std::string_view node);
  void restart(std::string_view node);
  bool is_up(std::string_view node) const;

  /// Resets every connection between the two nodes, as a middlebox would: both sides see connection_reset.
  void reset_connections(std::string_view a, std::string_view b);
  /// Connections that at least one side holds open, those being established included.
  std::size_t open_connections() const;

 private:
  std::shared_ptr<SimNet> net_;
  std::vector<std::unique_ptr<Transport>> transports_;
};

}  // namespace rmqsim
