// A small HTTP/1.1 server for controlling a program: keep-alive and pipelining, no TLS. It has a thread of its own, so
// it answers while the world is busy or paused; the handler runs in that thread and takes the monitor itself if need
// be. Peers are hostile: sizes of header and body, the time for a request and the number of connections are bounded,
// and what a web page may have sent is answered 403 (http_origin.h). An answer may have no end (HttpResponse::more): of
// one that is read slowly at most one part waits here.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "producer/transport/http_message.h"

namespace rmqsim {

struct HttpLimits {
  std::size_t header_bytes = 16 * 1024;  ///< beyond: 431
  std::size_t body_bytes = 1024 * 1024;  ///< beyond: 413
  std::size_t connections = 64;          ///< beyond: closed at once
  /// For a whole request from the end of the one before, and for an answer to be taken; then the connection is closed.
  Duration patience = std::chrono::seconds(15);
};

class HttpServer {
 public:
  /// Binds to "ip:port" (port 0 takes a free one) and serves at once. Throws boost::system::system_error with a
  /// TransportError (address_in_use, bad_address) or the system's own code.
  HttpServer(const std::string& listen, HttpHandler handler, HttpLimits limits = {});
  /// Waits for a handler that is running, then closes everything. Not to be called under a monitor that the handler
  /// takes.
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  /// "ip:port" as bound.
  const std::string& address() const;

 private:
  struct Impl;
  class Session;
  std::shared_ptr<Impl> impl_;
};

}  // namespace rmqsim
