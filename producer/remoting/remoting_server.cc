// Connections and their bytes, one write per received chunk, the server's own requests, and the idle check.
#include "producer/remoting/remoting_server.h"

#include <algorithm>
#include <boost/system/system_error.hpp>
#include <vector>

#include "producer/remoting/codec/text.h"

namespace rmqsim {

namespace {

constexpr std::size_t kKeepCapacity = 1024 * 1024;  // a reused buffer that grew beyond this is given back
constexpr Duration kIdleGrain = std::chrono::seconds(1);
constexpr int kPortTries = 20;

void give_back(std::string& buffer) {
  if (buffer.capacity() > kKeepCapacity) std::string().swap(buffer);
}

}  // namespace

ServerConnection::ServerConnection(RemotingServer& server, std::shared_ptr<Connection> connection, std::uint64_t id,
                                   std::size_t max_frame)
    : server_(server), connection_(std::move(connection)), decoder_(max_frame), id_(id) {}

ServerConnection::~ServerConnection() = default;

void ServerConnection::write(const RemotingCommand& command) {
  if (!is_open()) return;
  if (in_pieces_) {
    encode(command, behind_);
  } else {
    server_.write(*this, command);
  }
}

void ServerConnection::write_bytes(std::string_view bytes) {
  if (!is_open()) return;
  if (in_pieces_) {
    behind_.append(bytes);
  } else {
    server_.write_bytes(*this, bytes);
  }
}

void ServerConnection::write_piece(std::string_view bytes, bool last) {
  if (!open_) return;
  in_pieces_ = !last;
  server_.write_bytes(*this, bytes);
  if (!last) return;
  if (const std::string behind = std::exchange(behind_, {}); !behind.empty()) server_.write_bytes(*this, behind);
  if (std::exchange(closing_, false)) close();
}

void ServerConnection::close() {
  if (!open_) return;
  if (in_pieces_) {
    closing_ = ignoring_ = true;
    return;
  }
  const auto self = shared_from_this();
  if (server_.receiving_ == this) server_.flush();
  open_ = false;
  connection_->close();
  server_.ended(*this, {});
}

void ServerConnection::reset() {
  if (!open_) return;
  const auto self = shared_from_this();
  if (server_.receiving_ == this) server_.out_.clear();
  open_ = false;
  connection_->reset();
  server_.ended(*this, {});
}

void ServerConnection::on_receive(std::string_view bytes) {
  const auto self = shared_from_this();
  server_.receive(*this, bytes);
}

void ServerConnection::on_close(error_code reason) {
  if (!open_) return;
  const auto self = shared_from_this();
  open_ = false;
  server_.ended(*this, reason);
}

RemotingServer::RemotingServer(Runtime& runtime, Transport& transport, RequestHandler& handler,
                               RemotingServerOptions options)
    : runtime_(runtime),
      transport_(transport),
      handler_(&handler),
      options_(std::move(options)),
      idle_timer_(runtime.make_timer()),
      pending_timer_(runtime.make_timer()) {}

RemotingServer::~RemotingServer() {
  handler_ = nullptr;
  pending_.clear();
  stop_listening();
  close_all();
}

void RemotingServer::listen() {
  if (acceptor_) return;
  if (options_.second_port == 0) {
    acceptor_ = listen_at(options_.listen, false);
    options_.listen = acceptor_->local_address();
    return;
  }
  // A free port may have no free port at that distance.
  const bool any_port = options_.listen.ends_with(":0");
  for (int tries = any_port ? kPortTries : 1;; --tries) {
    try {
      return listen_at_both();
    } catch (const boost::system::system_error&) {
      stop_listening();
      if (tries <= 1) throw;
    }
  }
}

std::unique_ptr<Acceptor> RemotingServer::listen_at(const std::string& address, bool second) {
  return transport_.listen(address,
                           [this, second](std::shared_ptr<Connection> c) { accept(std::move(c), second); });
}

void RemotingServer::listen_at_both() {
  auto first = listen_at(options_.listen, false);
  const std::string& address = first->local_address();
  const auto colon = address.rfind(':') + 1;
  const std::int32_t port = text::parse_int32(std::string_view(address).substr(colon)).value_or(0);
  second_acceptor_ = listen_at(address.substr(0, colon) + std::to_string(port + options_.second_port), true);
  options_.listen = address;
  acceptor_ = std::move(first);
}

void RemotingServer::stop_listening() {
  acceptor_.reset();
  second_acceptor_.reset();
}

void RemotingServer::accept(std::shared_ptr<Connection> connection, bool at_second_port) {
  const std::uint64_t id = ++last_id_;
  auto c = std::make_shared<ServerConnection>(*this, std::move(connection), id, options_.max_frame);
  c->last_activity_ = runtime_.now();
  c->at_second_port_ = at_second_port;
  c->connection_->set_max_queued_bytes(options_.max_queued_bytes);
  connections_.emplace(id, c);
  if (!idle_armed_) arm_idle();
  handler_->on_connection(*c);
  if (!c->open_) return;
  c->connection_->start(*c);
  if (!reading_ && c->open_) c->connection_->set_reading(false);
}

void RemotingServer::receive(ServerConnection& connection, std::string_view bytes) {
  connection.last_activity_ = runtime_.now();
  if (connection.ignoring_) return;
  receiving_ = &connection;
  while (connection.open_ && !connection.ignoring_) {
    const auto status = connection.decoder_.next(bytes, request_);
    if (status == FrameDecoder::Status::command) {
      dispatch(connection);
      if (unread(connection) > options_.max_queued_bytes) connection.reset();
    } else {
      if (status == FrameDecoder::Status::error) {
        ++malformed_;
        connection.close();
      }
      break;
    }
  }
  flush();
  receiving_ = nullptr;
  give_back(request_.body);
  give_back(out_);
}

// A few bytes can ask for much more than they are: what they ask for counts before it has left this turn.
std::size_t RemotingServer::unread(const ServerConnection& connection) const {
  return out_.size() + (connection.open_ ? connection.queued_bytes() : 0);
}

void RemotingServer::dispatch(ServerConnection& connection) {
  if (request_.is_response()) {
    resolve(request_, connection);
    return;
  }
  if (!request_.has_opaque) {
    request_.opaque = take_opaque();
    request_.has_opaque = true;
  }
  if (handler_ != nullptr) handler_->on_request(connection, request_);
}

void RemotingServer::write(ServerConnection& connection, const RemotingCommand& command) {
  if (receiving_ == &connection) {
    encode(command, out_);
    return;
  }
  scratch_.clear();
  encode(command, scratch_);
  write_bytes(connection, scratch_);
  give_back(scratch_);
}

void RemotingServer::write_bytes(ServerConnection& connection, std::string_view bytes) {
  if (receiving_ == &connection) flush();
  connection.last_activity_ = runtime_.now();
  connection.connection_->write(bytes);
}

void RemotingServer::flush() {
  if (out_.empty() || receiving_ == nullptr) return;
  if (receiving_->open_) receiving_->connection_->write(out_);
  out_.clear();
}

void RemotingServer::ended(ServerConnection& connection, error_code reason) {
  const std::uint64_t id = connection.id_;
  connections_.erase(id);
  std::vector<ServerResponseHandler> orphans;
  for (auto it = pending_.begin(); it != pending_.end();) {
    if (it->second.connection == id) {
      orphans.push_back(std::move(it->second.handler));
      it = pending_.erase(it);
    } else {
      ++it;
    }
  }
  for (auto& handler : orphans) handler(TransportError::connection_closed, nullptr);
  if (handler_ != nullptr) handler_->on_disconnect(connection, reason);
}

void RemotingServer::close_all() {
  while (!connections_.empty()) {
    const auto c = connections_.begin()->second;
    c->in_pieces_ = false;
    c->close();
  }
}

void RemotingServer::reset_all() {
  while (!connections_.empty()) {
    const auto c = connections_.begin()->second;
    c->reset();
  }
}

void RemotingServer::set_reading(bool on) {
  if (reading_ == on) return;
  reading_ = on;
  const TimePoint now = runtime_.now();
  const auto all = connections_;  // a connection may end while its bytes are let in
  for (const auto& [id, c] : all) {
    c->last_activity_ = now;
    if (c->open_) c->connection_->set_reading(on);
  }
  if (on && !idle_armed_ && !connections_.empty()) arm_idle();
}

std::shared_ptr<ServerConnection> RemotingServer::find(std::uint64_t id) const {
  const auto it = connections_.find(id);
  return it == connections_.end() ? nullptr : it->second;
}

void RemotingServer::invoke(ServerConnection& connection, RemotingCommand& request, Duration timeout,
                            ServerResponseHandler handler) {
  if (!connection.is_open()) {
    handler(TransportError::connection_closed, nullptr);
    return;
  }
  do {
    request.opaque = take_opaque();
  } while (pending_.count(request.opaque) != 0);
  const TimePoint deadline = runtime_.now() + timeout;
  pending_.emplace(request.opaque, Pending{connection.id_, deadline, std::move(handler)});
  arm_pending(deadline);
  connection.write(request);
}

void RemotingServer::invoke_oneway(ServerConnection& connection, RemotingCommand& request) {
  request.opaque = take_opaque();
  request.mark_oneway();
  connection.write(request);
}

void RemotingServer::resolve(RemotingCommand& response, ServerConnection& connection) {
  const auto it = pending_.find(response.opaque);
  // An answer that nobody waits for is ignored, as a real server does (wire §1.5).
  if (it == pending_.end() || it->second.connection != connection.id_) {
    if (handler_ != nullptr) handler_->on_unasked_response(connection, response);
    return;
  }
  ServerResponseHandler handler = std::move(it->second.handler);
  pending_.erase(it);
  handler({}, &response);
}

// Armed for the earliest deadline; an answer leaves it armed, and the check then finds nothing to do.
void RemotingServer::arm_pending(TimePoint deadline) {
  if (deadline >= pending_armed_) return;
  pending_armed_ = deadline;
  pending_timer_->expires_at(deadline, [this] { check_pending(); });
}

void RemotingServer::check_pending() {
  const TimePoint now = runtime_.now();
  pending_armed_ = TimePoint::max();
  TimePoint next = TimePoint::max();
  std::vector<ServerResponseHandler> expired;
  for (auto it = pending_.begin(); it != pending_.end();) {
    if (it->second.deadline <= now) {
      expired.push_back(std::move(it->second.handler));
      it = pending_.erase(it);
    } else {
      next = std::min(next, it->second.deadline);
      ++it;
    }
  }
  arm_pending(next);
  for (auto& handler : expired) handler(TransportError::timed_out, nullptr);
}

// One timer serves all connections: it fires when the quietest of them can have been idle for long enough, so a busy
// server looks at its connections about once per idle period.
void RemotingServer::arm_idle() {
  TimePoint quietest = runtime_.now();
  for (const auto& [id, c] : connections_) quietest = std::min(quietest, c->last_activity_);
  const Duration wait = std::max(quietest + options_.idle - runtime_.now(), std::min(kIdleGrain, options_.idle));
  idle_armed_ = true;
  idle_timer_->expires_after(wait, [this] { check_idle(); });
}

void RemotingServer::check_idle() {
  idle_armed_ = false;
  if (reading_) {
    const TimePoint limit = runtime_.now() - options_.idle;
    std::vector<std::shared_ptr<ServerConnection>> idle;
    for (const auto& [id, c] : connections_) {
      if (c->last_activity_ <= limit) idle.push_back(c);
    }
    for (const auto& c : idle) c->close();
  }
  if (reading_ && !connections_.empty() && !idle_armed_) arm_idle();
}

}  // namespace rmqsim
