// One simulated connection, from the first SYN to the last handle: two sides, and a pipe of packets in either
// direction. SimLink decides what each packet does on arrival; SimConnection is the handle that the stack holds.
// Internal to this room.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <boost/smart_ptr/intrusive_ptr.hpp>

#include "producer/transport/fifo.h"
#include "producer/transport/sim/sim_net.h"

namespace rmqsim {

class SimConnection;

/// Counted without atomics: the simulated world has one real thread. References are held by handles, by packets under
/// way, and by the link itself while it is being established.
class SimLink {
 public:
  using Ptr = boost::intrusive_ptr<SimLink>;
  static constexpr int kClient = 0;
  static constexpr int kServer = 1;

  /// Sends the SYN. `server` may be kNowhere, which never answers.
  static void connect(std::shared_ptr<SimNet> net, SimNet::NodeId client, SimNet::NodeId server, std::string host,
                      std::uint16_t port, Duration timeout, ConnectHandler handler);

  // What a side's handle does.
  void start(int side, ConnectionListener& listener);
  void write(int side, std::string_view bytes);
  void close(int side);
  void reset(int side);
  void set_reading(int side, bool on);
  void drop_handle(int side);
  bool is_open(int side) const { return sides_[side].open; }
  std::size_t queued_bytes(int side) const { return sides_[side].out.size() - sides_[side].out_begin; }
  void set_max_queued_bytes(int side, std::size_t limit) { sides_[side].max_queued = limit; }
  void set_chunk(int side, std::size_t bytes) { sides_[side].chunk = bytes; }
  const std::string& address(int side) const { return sides_[side].address; }

  // What the network does.
  SimNet& net() { return *net_; }
  SimNet::NodeId node(int side) const { return sides_[side].node; }
  void transmit(int side);      ///< end of a turn: sends what the window takes
  void release_held(int side);  ///< after a heal
  void kill(int side);          ///< the node of `side` crashed
  void break_up();              ///< a middlebox resets both sides
  void abandon();               ///< the network ends
  bool connecting() const { return connecting_; }
  void describe(std::string& out) const;
  /// True the first time since the last transmit().
  bool set_dirty(int side) { return !std::exchange(sides_[side].dirty, true); }

 private:
  enum class Kind : std::uint8_t { syn, syn_ack, refuse, ack, data, fin, rst };
  struct Packet {
    Kind kind = Kind::data;
    std::size_t offset = 0;  ///< of the first byte not yet given to the listener
    std::size_t chunk = 0;   ///< largest piece per on_receive; 0 for no limit
    std::string bytes;
  };
  struct Side {
    SimNet::NodeId node = SimNet::kNowhere;
    std::string address;
    bool open = false;  ///< as the handle's is_open()
    bool reading = true;
    bool dirty = false;
    bool fin_wanted = false;
    bool fin_sent = false;
    bool ack_scheduled = false;
    bool drain_scheduled = false;
    bool draining = false;
    ConnectionListener* listener = nullptr;
    std::string out;  ///< written, not yet sent; from out_begin on
    std::size_t out_begin = 0;
    std::size_t max_queued = 64 * 1024 * 1024;
    std::size_t in_window = 0;  ///< sent, not yet taken by the peer
    std::size_t chunk = 0;
    Fifo<Packet> under_way;  ///< to the peer; one event each
    Fifo<Packet> held;       ///< to the peer; waiting for a heal
    TimePoint last_arrival{};
    Fifo<Packet> unread;  ///< from the peer; waiting for start() or set_reading(true)
  };

  SimLink(std::shared_ptr<SimNet> net, std::uint16_t port) : net_(std::move(net)), port_(port) {}
  ~SimLink();

  Side& peer_of(int side) { return sides_[1 - side]; }
  void send(int side, Packet&& packet);
  void depart(int side, Packet&& packet);
  void arrive(int from);
  void syn_arrived();
  void syn_ack_arrived();
  void ack_arrived();
  void rst_arrived(int side);
  void finish_connect(error_code error, std::shared_ptr<Connection> connection);
  void receive(int side, Packet&& packet);
  bool give_to_listener(int side, Packet& packet);
  void fin_received(int side);
  void drain(int side);
  void schedule_drain(int side);
  void consumed(int side, std::size_t bytes);
  void discard_unread(int side);
  void shut(int side);
  void end(int side, error_code reason);
  std::shared_ptr<Connection> make_handle(int side);
  void trace(int side, const char* event, std::size_t bytes = 0) const;

  friend void intrusive_ptr_add_ref(SimLink* link) { ++link->references_; }
  friend void intrusive_ptr_release(SimLink* link) {
    if (--link->references_ == 0) delete link;
  }

  std::shared_ptr<SimNet> net_;
  std::uint64_t id_ = 0;
  std::uint32_t references_ = 0;
  Side sides_[2];
  std::string host_;  ///< that the client asked for
  std::uint16_t port_;
  bool connecting_ = false;
  ConnectHandler connect_handler_;
  EventQueue::Slot timeout_slot_ = 0;
  TimePoint connect_end_{};  ///< what the server answers then or later is too late, though the timeout comes after it
};

/// The handle of one side.
class SimConnection final : public Connection {
 public:
  SimConnection(SimLink::Ptr link, int side) : link_(std::move(link)), side_(side) {}
  ~SimConnection() override { link_->drop_handle(side_); }

  void start(ConnectionListener& listener) override { link_->start(side_, listener); }
  void write(std::string_view bytes) override { link_->write(side_, bytes); }
  void close() override { link_->close(side_); }
  void reset() override { link_->reset(side_); }
  void set_reading(bool on) override { link_->set_reading(side_, on); }
  bool is_open() const override { return link_->is_open(side_); }
  std::size_t queued_bytes() const override { return link_->queued_bytes(side_); }
  void set_max_queued_bytes(std::size_t limit) override { link_->set_max_queued_bytes(side_, limit); }
  const std::string& local_address() const override { return link_->address(side_); }
  const std::string& remote_address() const override { return link_->address(1 - side_); }

  SimLink& link() { return *link_; }
  int side() const { return side_; }

 private:
  SimLink::Ptr link_;
  int side_;
};

}  // namespace rmqsim
