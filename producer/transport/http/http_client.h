// One HTTP request to a control interface, and its answer. Blocking, for commands that do one thing and end.
#pragma once

#include <functional>
#include <string>
#include <string_view>

namespace rmqsim {

struct HttpAnswer {
  unsigned status = 0;
  std::string body;
};

/// `url` is "http://HOST:PORT", otherwise throws std::invalid_argument. Throws std::runtime_error with what a user can
/// do about it: nobody listens, no answer within `patience_seconds`.
HttpAnswer http_ask(const std::string& url, const std::string& method, const std::string& target,
                    const std::string& body, int patience_seconds = 30);

/// GET of an answer without an end: `part` is told what comes as it does, and nothing now and then; false ends it.
/// Returns what http_ask() does, without the body when the status is 200. Throws as it does when nobody answers.
HttpAnswer http_follow(const std::string& url, const std::string& target,
                       const std::function<bool(std::string_view bytes)>& part);

/// Percent-encodes everything but letters, digits and "-._~".
std::string url_encode(const std::string& text);

}  // namespace rmqsim
