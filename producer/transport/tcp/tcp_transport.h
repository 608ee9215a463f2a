// Transport over TCP sockets (Boost.Asio on Linux): the network as this machine sees it.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "producer/transport/transport.h"

namespace rmqsim {

class TcpCore;
class TcpRuntime;
class ReservedPorts;

/// async_connect takes numeric addresses, "localhost", and host names, which it resolves (within the timeout, first
/// address that answers). listen takes numeric addresses and "localhost". Connections have TCP_NODELAY, acceptors
/// SO_REUSEADDR. A port that listen chose stays reserved when its acceptor is closed, until it is listened on again or
/// the transport ends: a server that is down for a while finds its port free, and its clients meet nobody else there.
/// An error of the operating system without a TransportError of its own is reported as `other`, with its
/// text in the trace event "error".
///
/// close() sends what is queued, then FIN, and reads on (discarding) until the peer closes too, at most 5 s, so that
/// the peer gets everything. While set_reading(false) holds, a peer's close or reset is noticed only by a failing
/// write. At most 64 KiB are read at a time.
class TcpTransport final : public Transport {
 public:
  explicit TcpTransport(TcpRuntime& runtime);
  ~TcpTransport() override;
  void async_connect(std::string_view address, Duration timeout, ConnectHandler handler) override;
  std::unique_ptr<Acceptor> listen(std::string_view address, AcceptHandler handler) override;
  std::shared_ptr<void> reserve(std::string_view address) override;
  /// As Java 5.3.3 chooses it (behaviour §1.5) among the IPv4 addresses of interfaces that are up and neither
  /// loopback, sub-interface, point-to-point nor bridge: the first public one, else the last. Deviation: a machine with
  /// IPv6 only is 127.0.0.1, because the ids made from this have room for four bytes.
  std::string local_ip() const override;
  /// A TlsTransport in Java's test mode: any certificate will do. Made when first asked for.
  Transport& tls() override;

 private:
  std::shared_ptr<TcpCore> core_;
  std::shared_ptr<ReservedPorts> reserved_;
  std::unique_ptr<Transport> tls_;
};

}  // namespace rmqsim
