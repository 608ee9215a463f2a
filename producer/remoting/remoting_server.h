// The server side of the remoting protocol over any Transport: accepts connections, cuts their bytes into commands,
// hands requests to a RequestHandler and writes what it answers. Driven by the world's network callbacks, under the
// monitor. It promises that no bytes from a peer can crash it or make it hold more than its limits: a malformed frame
// closes that connection without an answer (wire §1.5), a peer that does not read is cut off.
//
// Nothing is allocated per request beyond what its command needs: one request object and one output buffer are reused
// by all connections, and the answers to all requests of one received chunk leave in a single write.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

class RemotingServer;

/// One accepted connection. Requests and calls come under the monitor only.
class ServerConnection final : private ConnectionListener, public std::enable_shared_from_this<ServerConnection> {
 public:
  ServerConnection(RemotingServer& server, std::shared_ptr<Connection> connection, std::uint64_t id,
                   std::size_t max_frame);
  ~ServerConnection() override;

  /// Unique within the server, from 1, in order of acceptance.
  std::uint64_t id() const { return id_; }
  bool is_open() const { return open_ && !closing_; }
  const std::string& remote_address() const { return connection_->remote_address(); }
  const std::string& local_address() const { return connection_->local_address(); }
  /// It came to the port that RemotingServerOptions::second_port adds.
  bool at_second_port() const { return at_second_port_; }

  /// Encodes and sends a command (an answer, or a request of the server's own). Dropped when the connection is closed.
  void write(const RemotingCommand& command);
  /// Sends bytes as they are; for hostile answers.
  void write_bytes(std::string_view bytes);
  /// Sends a part of a frame, or of several. Until the last part was sent, what is written otherwise waits behind it,
  /// and so does close(): a peer never finds one frame inside another.
  void write_piece(std::string_view bytes, bool last);
  /// The last part is to come.
  bool in_pieces() const { return in_pieces_; }
  /// The bytes of the request or response that the handler is being told of.
  std::string_view frame() const { return decoder_.frame(); }
  /// Stops or resumes reading from this connection: its bytes wait in the network.
  void set_reading(bool on) { connection_->set_reading(on); }
  /// What it has not read yet, as far as this side knows.
  std::size_t queued_bytes() const { return behind_.size() + connection_->queued_bytes(); }
  /// Orderly close after everything written has left; the handler's on_disconnect is told at once, or after the last
  /// piece of what is sent in pieces.
  void close();
  /// Aborts with a reset; unsent answers are lost.
  void reset();
  /// From now on whatever the peer sends is read and thrown away: a server that accepted and never answers.
  void ignore_input() { ignoring_ = true; }

 private:
  friend class RemotingServer;
  void on_receive(std::string_view bytes) override;
  void on_close(error_code reason) override;

  RemotingServer& server_;
  std::shared_ptr<Connection> connection_;
  FrameDecoder decoder_;
  std::uint64_t id_;
  TimePoint last_activity_;
  std::string behind_;  ///< what was written since the first piece
  bool open_ = true;
  bool in_pieces_ = false;
  bool closing_ = false;  ///< after the last piece
  bool ignoring_ = false;
  bool at_second_port_ = false;
};

/// Told about connections and requests. Called under the monitor; must not block.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  virtual void on_connection(ServerConnection& connection) { (void)connection; }
  /// `request` may be changed or moved from; it is reused after the call. A request without opaque has got one of the
  /// server's own (observed-servers §4). Whether a one-way request is answered is the handler's affair (it must not).
  virtual void on_request(ServerConnection& connection, RemotingCommand& request) = 0;
  /// An answer to something that this server did not ask; a server of its own kind ignores it, a proxy passes it on.
  virtual void on_unasked_response(ServerConnection& connection, RemotingCommand& response) {
    (void)connection;
    (void)response;
  }
  /// Exactly once per connection, whoever ended it. `reason` is not set when this side closed.
  virtual void on_disconnect(ServerConnection& connection, error_code reason) {
    (void)connection;
    (void)reason;
  }
};

struct RemotingServerOptions {
  std::string listen = "127.0.0.1:0";  ///< "ip:port"; port 0 lets the world choose, once: a restart keeps the port
  std::int32_t second_port = 0;  ///< not 0: listens also on the port so far from the first, e.g. -2
  Duration idle = std::chrono::seconds(120);        ///< closed when nothing was read or written for so long
  std::size_t max_queued_bytes = 64 * 1024 * 1024;  ///< answers a peer may leave unread before it is cut off
  std::size_t max_frame = FrameDecoder::kDefaultMaxFrame;
};

/// What became of a request that the server sent: the answer, or the reason why there is none (timed_out,
/// connection_closed).
using ServerResponseHandler = Function<void(error_code, const RemotingCommand*)>;

class RemotingServer {
 public:
  RemotingServer(Runtime& runtime, Transport& transport, RequestHandler& handler, RemotingServerOptions options);
  /// Closes everything; the handler is not called any more.
  ~RemotingServer();
  RemotingServer(const RemotingServer&) = delete;
  RemotingServer& operator=(const RemotingServer&) = delete;

  /// Listens; throws boost::system::system_error (address_in_use, bad_address, other). No effect when listening.
  void listen();
  /// Stops listening; connections live on.
  void stop_listening();
  bool listening() const { return acceptor_ != nullptr; }
  /// Ends every connection, orderly or with a reset; pieces that are still to come do not.
  void close_all();
  void reset_all();
  /// Stops or resumes reading from all connections, also those accepted meanwhile: their bytes wait in the network.
  /// The idle clock stands still while reading is off.
  void set_reading(bool on);

  /// "ip:port" as bound; that of the options before the first listen().
  const std::string& address() const { return options_.listen; }
  std::size_t connections() const { return connections_.size(); }
  std::shared_ptr<ServerConnection> find(std::uint64_t id) const;

  /// Sends `request` with an opaque of the server's own, and calls `handler` exactly once: with the answer, with
  /// timed_out after `timeout`, or with connection_closed. A one-way request has no handler.
  void invoke(ServerConnection& connection, RemotingCommand& request, Duration timeout, ServerResponseHandler handler);
  void invoke_oneway(ServerConnection& connection, RemotingCommand& request);
  /// Requests of the server that wait for an answer.
  std::size_t pending() const { return pending_.size(); }

  /// For tests: frames that were refused so far; each cost its connection.
  std::uint64_t malformed_frames() const { return malformed_; }

 private:
  friend class ServerConnection;
  struct Pending {
    std::uint64_t connection;
    TimePoint deadline;
    ServerResponseHandler handler;
  };

  void accept(std::shared_ptr<Connection> connection, bool at_second_port);
  std::unique_ptr<Acceptor> listen_at(const std::string& address, bool second);
  void listen_at_both();
  void receive(ServerConnection& connection, std::string_view bytes);
  std::size_t unread(const ServerConnection& connection) const;
  void dispatch(ServerConnection& connection);
  void write(ServerConnection& connection, const RemotingCommand& command);
  void write_bytes(ServerConnection& connection, std::string_view bytes);
  void flush();
  /// Forgets a connection that has ended and tells the handler.
  void ended(ServerConnection& connection, error_code reason);
  void resolve(RemotingCommand& response, ServerConnection& connection);
  void arm_idle();
  void check_idle();
  std::int32_t take_opaque() { return static_cast<std::int32_t>(next_opaque_++); }
  void arm_pending(TimePoint deadline);
  void check_pending();

  Runtime& runtime_;
  Transport& transport_;
  RequestHandler* handler_;
  RemotingServerOptions options_;
  std::unique_ptr<Acceptor> acceptor_;
  std::unique_ptr<Acceptor> second_acceptor_;
  std::map<std::uint64_t, std::shared_ptr<ServerConnection>> connections_;
  std::map<std::int32_t, Pending> pending_;
  std::unique_ptr<Timer> idle_timer_;
  std::unique_ptr<Timer> pending_timer_;
  bool idle_armed_ = false;
  bool reading_ = true;
  std::uint64_t last_id_ = 0;
  std::uint64_t malformed_ = 0;
  TimePoint pending_armed_ = TimePoint::max();
  std::uint32_t next_opaque_ = 0;
  RemotingCommand request_;                ///< reused for every decoded command
  ServerConnection* receiving_ = nullptr;  ///< whose chunk is being worked on
  std::string out_;                        ///< answers of that chunk
  std::string scratch_;                    ///< one command to any other connection
};

}  // namespace rmqsim
