// TLS over TCP (behaviour §1.9, wire §1.1): a Transport whose connections put a TLS engine between
// their user and a plain connection. The engine works on memory only, so the monitor, back-pressure and closing stay
// those of the plain connection, and plain TCP pays nothing.
//
// As with Netty, a connection is there when TCP is: the handshake begins with start(), and what is written meanwhile
// waits for its end. A handshake that fails closes the connection, and the listener is told `other`.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "producer/transport/transport.h"

namespace rmqsim {

class TcpCore;
class TcpTransport;

struct TlsOptions {
  /// What clients begin with.
  bool connects_with_tls = true;
  /// What acceptors take (tls.server.mode): both, told apart by the first byte, or TLS alone. Plain text is then closed
  /// without an answer, but its first bytes are handed on all the same, as real servers do (HandshakeHandler of 4.9.8,
  /// TlsModeHandler of 5.3.3): a request that is whole in them is carried out.
  enum class Accept : std::uint8_t { permissive, enforcing } accept = Accept::permissive;
  /// Empty: any certificate will do, as in Java's test mode, which is its default. Else a PEM file of those who may
  /// have signed a server's certificate (tls.client.trustCertPath with tls.client.authServer).
  std::string trust_cert_path;
};

/// Acceptors have a certificate of their own making, new with every transport, which nobody has signed.
class TlsTransport final : public Transport {
 public:
  /// `core` is that of `plain`'s runtime; `plain` must outlive it. Throws std::runtime_error when OpenSSL refuses, e.g.
  /// a certificate file it cannot read.
  TlsTransport(std::shared_ptr<TcpCore> core, TcpTransport& plain, TlsOptions options = {});
  ~TlsTransport() override;
  void async_connect(std::string_view address, Duration timeout, ConnectHandler handler) override;
  std::unique_ptr<Acceptor> listen(std::string_view address, AcceptHandler handler) override;
  std::string local_ip() const override;

 private:
  class Context;

  std::shared_ptr<Context> context_;
  TcpTransport& plain_;
};

}  // namespace rmqsim
