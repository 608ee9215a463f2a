// One TLS connection over a plain one. Internal to this room.
#pragma once

#include <cstdint>
#include <memory>

#include "producer/transport/transport.h"

namespace rmqsim {

class TcpCore;

/// OpenSSL's SSL_CTX, which this header must not name; freed with the last holder.
using TlsContext = std::shared_ptr<void>;

enum class TlsRole : std::uint8_t {
  client,
  server,      ///< TLS or nothing, but for what TlsOptions::Accept::enforcing says
  permissive,  ///< a server that goes on in plain text when the first byte is not a handshake's
};

/// Under the monitor.
std::shared_ptr<Connection> make_tls_connection(const std::shared_ptr<TcpCore>& core, TlsContext context, TlsRole role,
                                                std::shared_ptr<Connection> plain);

}  // namespace rmqsim
