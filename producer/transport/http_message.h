// An HTTP request and its answer as plain values, for whoever answers without knowing about sockets. The server that
// carries them is transport/http/http_server.h.
#pragma once

#include <optional>
#include <string>

#include "producer/transport/function.h"
#include "producer/transport/time.h"

namespace rmqsim {

struct HttpRequest {
  std::string method;  ///< as sent, e.g. "GET"
  std::string target;  ///< path and query as sent, percent-encoded
  std::string body;
  std::string last_event_id;  ///< the header of that name, which a reader of events repeats; empty: none
};

/// What follows the body of an answer that has no end yet: the next part, empty when there is none so far, nothing at
/// the end. Asked for again and again, one part after the one before has left.
using HttpParts = Function<std::optional<std::string>()>;

struct HttpResponse {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::string allow;  ///< the header of that name, with status 405; empty: none
  std::string policy;  ///< Content-Security-Policy of a page; empty: none
  HttpParts more;      ///< empty: `body` is all
};

/// Answers a request. Nothing means "not yet": the same request is put again a little later. `waited` is the time since
/// it arrived.
using HttpHandler = Function<std::optional<HttpResponse>(const HttpRequest& request, Duration waited)>;

}  // namespace rmqsim
