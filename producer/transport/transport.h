// The network as the stack above sees it: byte streams between addresses "ip:port". Implemented by SimNetwork
// (latency, refusal, reset, silence, partition, chunking) and over Boost.Asio. All handlers run under the monitor of
// the Runtime that the transport belongs to.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <boost/system/error_code.hpp>

#include "producer/transport/function.h"
#include "producer/transport/time.h"

namespace rmqsim {

using boost::system::error_code;

enum class TransportError {
  connection_refused = 1,  ///< nobody listens there; start the server or correct the address
  connection_reset,        ///< the peer (or the network) broke the connection with a reset
  connection_closed,       ///< the peer closed in an orderly way (FIN)
  timed_out,               ///< no connection within the connect timeout; is the address reachable?
  address_in_use,          ///< another process listens on that port; choose another or 0
  bad_address,             ///< not of the form ip:port
  send_queue_full,         ///< the peer reads too slowly and more than the limit was waiting; closed
  other,                   ///< any other error of the operating system; see the message beside it
};
const boost::system::error_category& transport_category();
inline error_code make_error_code(TransportError e) { return {static_cast<int>(e), transport_category()}; }

/// Told what happens to a connection. No call comes after on_close, nor after Connection::close or reset.
class ConnectionListener {
 public:
  virtual ~ConnectionListener() = default;
  /// Bytes in order, in pieces of any size. The view is valid only during the call.
  virtual void on_receive(std::string_view bytes) = 0;
  /// The peer closed (connection_closed), reset (connection_reset), or the connection failed otherwise.
  virtual void on_close(error_code reason) = 0;
};

/// A connected byte stream. Kept alive by whoever holds the shared_ptr; dropping the last one closes it.
class Connection {
 public:
  virtual ~Connection() = default;
  /// Begins reading. The listener must outlive the connection or a close().
  virtual void start(ConnectionListener& listener) = 0;
  /// Appends to the output; it leaves at the end of the current turn, together with whatever else was written.
  virtual void write(std::string_view bytes) = 0;
  /// Orderly close after everything written has been sent. Idempotent.
  virtual void close() = 0;
  /// Aborts: unsent output is lost, the peer sees connection_reset.
  virtual void reset() = 0;
  /// Stops or resumes reading (back-pressure): the peer's bytes wait in the network.
  virtual void set_reading(bool on) = 0;
  virtual bool is_open() const = 0;
  /// Output accepted but not yet taken by the network, in bytes. When it passes `max_queued_bytes` the connection is
  /// closed with send_queue_full.
  virtual std::size_t queued_bytes() const = 0;
  virtual void set_max_queued_bytes(std::size_t limit) = 0;
  virtual const std::string& local_address() const = 0;
  virtual const std::string& remote_address() const = 0;
};

/// Listens until closed or destroyed; accepted connections live on.
class Acceptor {
 public:
  virtual ~Acceptor() = default;
  /// "ip:port" with the port really bound.
  virtual const std::string& local_address() const = 0;
  virtual void close() = 0;
};

using ConnectHandler = Function<void(error_code, std::shared_ptr<Connection>)>;
using AcceptHandler = Function<void(std::shared_ptr<Connection>)>;

class Transport {
 public:
  virtual ~Transport() = default;
  /// Connects to "ip:port" (split at the last colon). The handler is called exactly once, never inside this call:
  /// with a connection, or with connection_refused, timed_out (after `timeout`), bad_address or other.
  virtual void async_connect(std::string_view address, Duration timeout, ConnectHandler handler) = 0;
  /// Listens on "ip:port"; port 0 lets the world choose one. Throws boost::system::system_error (address_in_use,
  /// bad_address, other).
  virtual std::unique_ptr<Acceptor> listen(std::string_view address, AcceptHandler handler) = 0;
  /// Keeps an address, where nobody listens, from others for as long as the result lives: connections are refused, and
  /// no other process is given the port. Nothing where there are no other processes, or the port is taken already.
  virtual std::shared_ptr<void> reserve(std::string_view) { return nullptr; }
  /// The same network with TLS: connections made by it begin with a handshake, during which what is written waits, and
  /// what it listens on takes TLS as well as plain bytes, told apart by the first one. A world that moves bytes only
  /// inside the process returns itself. Valid as long as this. Throws std::runtime_error when TLS cannot be set up.
  virtual Transport& tls() { return *this; }
  /// The IP by which this machine names itself to others, what Java's ClientConfig takes for clientIP.
  virtual std::string local_ip() const { return "127.0.0.1"; }
};

}  // namespace rmqsim

namespace boost::system {
template <>
struct is_error_code_enum<rmqsim::TransportError> : std::true_type {};
}  // namespace boost::system
