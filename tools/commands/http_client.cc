#include "tools/commands/http_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <stdexcept>

namespace rmqsim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;

constexpr std::uint64_t kMaxAnswer = 64 * 1024 * 1024;

struct Place {
  std::string host, port;
};

Place parse_url(const std::string& url) {
  const auto bad = [&] {
    return std::invalid_argument("\"" + url + "\" is no control address; expected http://HOST:PORT");
  };
  constexpr std::string_view kScheme = "http://";
  if (url.compare(0, kScheme.size(), kScheme) != 0) throw bad();
  std::string rest = url.substr(kScheme.size());
  while (!rest.empty() && rest.back() == '/') rest.pop_back();
  const auto colon = rest.rfind(':');
  if (colon == std::string::npos || colon == 0 || rest.find('/') != std::string::npos) throw bad();
  Place place{rest.substr(0, colon), rest.substr(colon + 1)};
  if (place.host.size() > 2 && place.host.front() == '[') place.host = place.host.substr(1, place.host.size() - 2);
  if (place.port.empty() || place.port.size() > 5 || place.port.find_first_not_of("0123456789") != std::string::npos ||
      std::stoi(place.port) > 65535) {
    throw bad();
  }
  return place;
}

}  // namespace

HttpAnswer http_ask(const std::string& url, const std::string& method, const std::string& target,
                    const std::string& body, int patience_seconds) {
  const Place place = parse_url(url);
  asio::io_context io;
  beast::tcp_stream stream(io);
  beast::error_code result;
  const auto check = [&](const char* what) {
    if (!result) return;
    if (result == asio::error::connection_refused) {
      throw std::runtime_error("nobody listens at " + url +
                               "; start a cluster with `rmqsim up`, or a fake with --control");
    }
    if (result == beast::error::timeout) throw std::runtime_error(url + " did not answer in time");
    throw std::runtime_error(url + ": " + what + ": " + result.message());
  };
  // Asynchronous underneath, since only that knows a limit of time.
  const auto wait = [&](const char* what) {
    io.run();
    io.restart();
    check(what);
  };
  asio::ip::tcp::resolver resolver(io);
  const auto places = resolver.resolve(place.host, place.port, result);
  check("cannot be resolved");
  stream.expires_after(std::chrono::seconds(patience_seconds));
  stream.async_connect(places, [&](beast::error_code ec, const auto&) { result = ec; });
  wait("cannot be reached");
  http::request<http::string_body> request;
  request.method_string(method);
  request.target(target);
  request.version(11);
  request.set(http::field::host, place.host + ":" + place.port);
  request.set(http::field::content_type, "application/json");
  request.keep_alive(false);
  request.body() = body;
  request.prepare_payload();
  http::async_write(stream, request, [&](beast::error_code ec, std::size_t) { result = ec; });
  wait("the request was not taken");
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> parser;
  parser.body_limit(kMaxAnswer);
  http::async_read(stream, buffer, parser, [&](beast::error_code ec, std::size_t) { result = ec; });
  wait("no answer");
  return {parser.get().result_int(), parser.get().body()};
}

std::string url_encode(const std::string& text) {
  static constexpr char kHex[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                       c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%';
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
    }
  }
  return out;
}

}  // namespace rmqsim
