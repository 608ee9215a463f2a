// The life of a connection: SYN, SYN-ACK and ACK; data within a window; FIN and RST, which travel like data. A reset
// discards what has not been read. Listeners are called last, when the link's own state is consistent, because they
// may close, reset or drop anything.
#include "producer/transport/sim/sim_link.h"

#include <algorithm>
#include <utility>

namespace rmqsim {

SimLink::~SimLink() {
  if (id_ != 0) net_->leave(id_);
}

void SimLink::connect(std::shared_ptr<SimNet> net, SimNet::NodeId client, SimNet::NodeId server, std::string host,
                      std::uint16_t port, Duration timeout, ConnectHandler handler) {
  SimNet& n = *net;
  SimCore& core = n.core();
  const Ptr link(new SimLink(std::move(net), port));
  link->id_ = n.enter(*link);
  Side& near = link->sides_[kClient];
  Side& far = link->sides_[kServer];
  near.node = client;
  near.address = n.node(client).ip + ":" + std::to_string(n.node(client).ephemeral_port());
  far.node = server;
  far.address = (server != SimNet::kNowhere ? n.node(server).ip : host) + ":" + std::to_string(port);
  link->host_ = std::move(host);
  link->connect_handler_ = std::move(handler);
  link->connecting_ = true;
  intrusive_ptr_add_ref(link.get());  // its own reference, given up by finish_connect
  link->timeout_slot_ = core.events.acquire();
  link->connect_end_ = core.after(timeout);
  core.events.arm(link->timeout_slot_, core.after(timeout + core.timer_slack), [link] {
    link->trace(kClient, "connect_timeout");
    link->finish_connect(TransportError::timed_out, nullptr);
  });
  link->trace(kClient, "connect");
  if (server != SimNet::kNowhere) link->send(kClient, {Kind::syn, 0, 0, {}});
}

void SimLink::finish_connect(error_code error, std::shared_ptr<Connection> connection) {
  if (!std::exchange(connecting_, false)) return;
  const Ptr self(this, false);  // takes over the link's own reference
  net_->core().events.release(timeout_slot_);
  ConnectHandler handler = std::move(connect_handler_);
  handler(error, std::move(connection));
}

std::shared_ptr<Connection> SimLink::make_handle(int side) {
  sides_[side].open = true;
  return std::make_shared<SimConnection>(Ptr(this), side);
}

void SimLink::send(int side, Packet&& packet) {
  Side& from = sides_[side];
  const SimNet::Path& path = net_->path(from.node, peer_of(side).node);
  packet.chunk = from.chunk != 0 ? from.chunk : path.chunk;
  if (path.held || !from.held.empty()) {
    from.held.push_back(std::move(packet));
  } else {
    depart(side, std::move(packet));
  }
}

void SimLink::depart(int side, Packet&& packet) {
  SimCore& core = net_->core();
  Side& from = sides_[side];
  const TimePoint arrival = core.after(net_->latency(from.node, peer_of(side).node));
  from.last_arrival = std::max(arrival, from.last_arrival);
  from.under_way.push_back(std::move(packet));
  core.schedule(from.last_arrival, [self = Ptr(this), side] { self->arrive(side); });
}

void SimLink::release_held(int side) {
  Fifo<Packet> held;
  held.swap(sides_[side].held);
  while (!held.empty()) send(side, held.pop_front());
}

void SimLink::arrive(int from) {
  if (sides_[from].under_way.empty()) return;
  Packet packet = sides_[from].under_way.pop_front();
  switch (packet.kind) {
    case Kind::syn: return syn_arrived();
    case Kind::syn_ack: return syn_ack_arrived();
    case Kind::refuse:
      if (connecting_ && net_->core().now >= connect_end_) return;
      if (connecting_) trace(kClient, "refused");
      return finish_connect(TransportError::connection_refused, nullptr);
    case Kind::ack: return ack_arrived();
    case Kind::rst: return rst_arrived(1 - from);
    case Kind::data:
    case Kind::fin: return receive(1 - from, std::move(packet));
  }
}

void SimLink::syn_arrived() {
  SimNode& node = net_->node(sides_[kServer].node);
  if (node.blackhole) return;
  ConnectVerdict verdict = ConnectVerdict::accept;
  if (node.refuse) {
    verdict = ConnectVerdict::refuse;
  } else if (node.connect_rule) {
    verdict = node.connect_rule(net_->node(sides_[kClient].node).name);
  }
  if (verdict == ConnectVerdict::blackhole) return;
  const bool accepted =
      verdict == ConnectVerdict::accept && net_->listener(sides_[kServer].node, host_, port_) != nullptr;
  send(kServer, {accepted ? Kind::syn_ack : Kind::refuse, 0, 0, {}});
}

void SimLink::syn_ack_arrived() {
  // Timed out meanwhile; the server has nothing to clean up before the ACK.
  if (!connecting_ || net_->core().now >= connect_end_) return;
  trace(kClient, "connected");
  send(kClient, {Kind::ack, 0, 0, {}});
  finish_connect({}, make_handle(kClient));
}

void SimLink::ack_arrived() {
  const auto listen = net_->listener(sides_[kServer].node, host_, port_);
  if (listen == nullptr) {
    trace(kServer, "rst");
    return send(kServer, {Kind::rst, 0, 0, {}});
  }
  listen->handler(make_handle(kServer));
}

void SimLink::start(int side, ConnectionListener& listener) {
  Side& s = sides_[side];
  if (!s.open) return;
  s.listener = &listener;
  if (!s.unread.empty()) schedule_drain(side);
}

void SimLink::write(int side, std::string_view bytes) {
  Side& s = sides_[side];
  if (!s.open || bytes.empty()) return;
  if (s.out.empty()) s.out = net_->take_buffer();
  s.out.append(bytes);
  net_->mark_dirty(*this, side);
}

void SimLink::transmit(int side) {
  Side& s = sides_[side];
  s.dirty = false;
  const std::size_t window = net_->options().window;
  while (s.out_begin < s.out.size() && s.in_window < window) {
    const std::size_t left = s.out.size() - s.out_begin;
    const std::size_t size = std::min(left, window - s.in_window);
    Packet packet;
    if (size == s.out.size()) {
      packet.bytes = std::exchange(s.out, {});
    } else {
      packet.bytes = net_->take_buffer();
      packet.bytes.assign(s.out, s.out_begin, size);
      s.out_begin += size;
      if (s.out_begin == s.out.size()) net_->give_buffer(std::exchange(s.out, {}));
    }
    if (s.out.empty()) s.out_begin = 0;
    s.in_window += size;
    trace(side, "data", size);
    send(side, std::move(packet));
  }
  if (s.fin_wanted && !s.fin_sent && s.out.empty()) {
    s.fin_sent = true;
    trace(side, "fin");
    send(side, {Kind::fin, 0, 0, {}});
  }
  if (s.open && s.out.size() - s.out_begin > s.max_queued) {
    ConnectionListener* listener = s.listener;
    reset(side);
    if (listener != nullptr) listener->on_close(TransportError::send_queue_full);
  }
}

void SimLink::receive(int side, Packet&& packet) {
  Side& s = sides_[side];
  if (!s.open) {  // closed here: nobody will read it
    consumed(side, packet.bytes.size());
    return net_->give_buffer(std::move(packet.bytes));
  }
  if (s.listener == nullptr || !s.reading || s.draining || !s.unread.empty())
    return s.unread.push_back(std::move(packet));
  s.draining = true;
  if (!give_to_listener(side, packet)) s.unread.push_front(std::move(packet));
  s.draining = false;
  if (s.listener != nullptr && s.reading && !s.unread.empty()) schedule_drain(side);
}

/// True when the packet is used up, false when the side stopped reading in the middle of it.
bool SimLink::give_to_listener(int side, Packet& packet) {
  Side& s = sides_[side];
  if (packet.kind == Kind::fin) {
    fin_received(side);
    return true;
  }
  if (packet.kind == Kind::rst) {
    end(side, TransportError::connection_reset);
    return true;
  }
  while (packet.offset < packet.bytes.size() && s.listener != nullptr && s.reading) {
    const std::size_t left = packet.bytes.size() - packet.offset;
    const std::size_t size = packet.chunk == 0 ? left : std::min(left, packet.chunk);
    const std::string_view piece(packet.bytes.data() + packet.offset, size);
    packet.offset += size;
    consumed(side, size);
    s.listener->on_receive(piece);
  }
  if (packet.offset < packet.bytes.size()) {
    if (s.open) return false;
    consumed(side, packet.bytes.size() - packet.offset);
  }
  net_->give_buffer(std::move(packet.bytes));
  return true;
}

void SimLink::fin_received(int side) {
  Side& s = sides_[side];
  if (!std::exchange(s.fin_wanted, true)) net_->mark_dirty(*this, side);
  end(side, TransportError::connection_closed);
}

void SimLink::drain(int side) {
  Side& s = sides_[side];
  s.drain_scheduled = false;
  if (s.draining) return;
  s.draining = true;
  while (s.listener != nullptr && s.reading && !s.unread.empty()) {
    Packet packet = s.unread.pop_front();
    if (!give_to_listener(side, packet)) s.unread.push_front(std::move(packet));
  }
  s.draining = false;
}

/// Never delivers inside the caller's set_reading() or start().
void SimLink::schedule_drain(int side) {
  if (std::exchange(sides_[side].drain_scheduled, true)) return;
  net_->core().schedule(net_->core().now, [self = Ptr(this), side] { self->drain(side); });
}

/// `side` took bytes in; if the peer has output waiting it learns of the room after the latency.
void SimLink::consumed(int side, std::size_t bytes) {
  Side& sender = peer_of(side);
  sender.in_window -= std::min(bytes, sender.in_window);
  if (sender.out.empty() || std::exchange(sender.ack_scheduled, true)) return;
  SimCore& core = net_->core();
  core.schedule(core.after(net_->latency(sides_[side].node, sender.node)), [self = Ptr(this), from = 1 - side] {
    self->sides_[from].ack_scheduled = false;
    self->net_->mark_dirty(*self, from);
  });
}

void SimLink::rst_arrived(int side) {
  Side& s = sides_[side];
  if (!s.open) {
    s.out.clear();
    s.out_begin = 0;
    return;
  }
  discard_unread(side);
  if (s.listener == nullptr) return s.unread.push_back({Kind::rst, 0, 0, {}});  // told at start()
  end(side, TransportError::connection_reset);
}

/// The side ends for its listener; output that has not left is lost.
void SimLink::end(int side, error_code reason) {
  ConnectionListener* listener = sides_[side].listener;
  shut(side);
  sides_[side].out.clear();
  sides_[side].out_begin = 0;
  if (listener != nullptr) listener->on_close(reason);
}

void SimLink::shut(int side) {
  Side& s = sides_[side];
  s.open = false;
  s.listener = nullptr;
  discard_unread(side);
}

void SimLink::discard_unread(int side) {
  Fifo<Packet>& unread = sides_[side].unread;
  while (!unread.empty()) {
    Packet packet = unread.pop_front();
    consumed(side, packet.bytes.size() - packet.offset);
    net_->give_buffer(std::move(packet.bytes));
  }
}

void SimLink::close(int side) {
  if (!sides_[side].open) return;
  shut(side);
  sides_[side].fin_wanted = true;
  net_->mark_dirty(*this, side);
}

void SimLink::reset(int side) {
  Side& s = sides_[side];
  if (!s.open) return;
  shut(side);
  s.out.clear();
  s.out_begin = 0;
  s.held.clear();
  s.fin_wanted = s.fin_sent = true;
  trace(side, "rst");
  send(side, {Kind::rst, 0, 0, {}});
}

void SimLink::set_reading(int side, bool on) {
  Side& s = sides_[side];
  s.reading = on;
  if (on && s.open && s.listener != nullptr && !s.unread.empty()) schedule_drain(side);
}

void SimLink::drop_handle(int side) { close(side); }

void SimLink::kill(int side) {
  const Ptr self(this);
  if (side == kClient && connecting_) {
    net_->core().schedule(net_->core().now,
                          [self] { self->finish_connect(TransportError::connection_reset, nullptr); });
  }
  reset(side);
}

void SimLink::break_up() {
  const Ptr self(this);
  for (int side = 0; side < 2; ++side) {
    sides_[side].held.clear();
    sides_[side].fin_wanted = sides_[side].fin_sent = true;
    if (sides_[1 - side].open) {
      trace(side, "rst");
      send(side, {Kind::rst, 0, 0, {}});
    }
  }
}

/// The caller holds a reference.
void SimLink::abandon() {
  for (Side& side : sides_) {
    side.open = false;
    side.listener = nullptr;
    side.held.clear();
    side.unread.clear();
  }
  if (!std::exchange(connecting_, false)) return;
  const ConnectHandler dead = std::move(connect_handler_);
  net_->core().events.release(timeout_slot_);
  --references_;  // its own
}

void SimLink::trace(int side, const char* event, std::size_t bytes) const {
  SimCore& core = net_->core();
  TraceSink* sink = core.trace();
  if (sink == nullptr) return;
  const std::string& from = sides_[side].address;
  const std::string& to = sides_[1 - side].address;
  if (bytes != 0) {
    sink->record(core.now, "net", event, {{"from", from}, {"to", to}, {"bytes", bytes}});
  } else {
    sink->record(core.now, "net", event, {{"from", from}, {"to", to}});
  }
}

void SimLink::describe(std::string& out) const {
  out += "connection " + sides_[kClient].address + " > " + sides_[kServer].address;
  if (connecting_) out += ", connecting";
  for (int side = 0; side < 2; ++side) {
    const Side& s = sides_[side];
    out += side == kClient ? "\n  client " : "\n  server ";
    out += s.open ? (s.listener == nullptr ? "open, not started" : "open") : "closed";
    if (!s.reading) out += ", not reading";
    out += "; " + std::to_string(s.out.size() - s.out_begin) + " bytes wait to be sent, ";
    out += std::to_string(s.held.size()) + " packets held back, " + std::to_string(s.unread.size()) + " unread";
  }
  out += "\n";
}

}  // namespace rmqsim
