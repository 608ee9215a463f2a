#include "producer/transport/http/http_client.h"

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

namespace {

/// One connection, asynchronous underneath, since only that knows a limit of time.
class HttpExchange {
 public:
  explicit HttpExchange(const std::string& url) : url_(url), place_(parse_url(url)), stream_(io_) {}

  void send(const std::string& method, const std::string& target, const std::string& body, int patience_seconds) {
    asio::ip::tcp::resolver resolver(io_);
    const auto places = resolver.resolve(place_.host, place_.port, result_);
    check("cannot be resolved");
    stream_.expires_after(std::chrono::seconds(patience_seconds));
    stream_.async_connect(places, [this](beast::error_code ec, const auto&) { result_ = ec; });
    wait("cannot be reached");
    request_.method_string(method);
    request_.target(target);
    request_.version(11);
    request_.set(http::field::host, place_.host + ":" + place_.port);
    request_.set(http::field::content_type, "application/json");
    request_.keep_alive(false);
    request_.body() = body;
    request_.prepare_payload();
    http::async_write(stream_, request_, [this](beast::error_code ec, std::size_t) { result_ = ec; });
    wait("the request was not taken");
  }

  HttpAnswer whole() {
    parser_.body_limit(kMaxAnswer);
    http::async_read(stream_, buffer_, parser_, [this](beast::error_code ec, std::size_t) { result_ = ec; });
    wait("no answer");
    return {parser_.get().result_int(), parser_.get().body()};
  }

  HttpAnswer parts(const std::function<bool(std::string_view)>& part) {
    http::async_read_header(stream_, buffer_, parser_, [this](beast::error_code ec, std::size_t) { result_ = ec; });
    wait("no answer");
    if (parser_.get().result_int() != 200) return whole();
    parser_.body_limit(boost::none);
    stream_.expires_never();
    const HttpAnswer answer{200, {}};
    while (!parser_.is_done()) {
      bool read = false;
      http::async_read_some(stream_, buffer_, parser_, [&](beast::error_code ec, std::size_t) {
        result_ = ec;
        read = true;
      });
      while (!read) {
        io_.restart();
        io_.run_one_for(kLook);
        if (!read && !part({})) return answer;
      }
      // However the other side ended, what it said before is whole.
      if (result_ == http::error::end_of_stream || result_ == http::error::partial_message ||
          result_ == asio::error::connection_reset) {
        return answer;
      }
      check("the answer broke off");
      std::string bytes;
      bytes.swap(parser_.get().body());
      if (!bytes.empty() && !part(bytes)) return answer;
    }
    return answer;
  }

 private:
  static constexpr auto kLook = std::chrono::milliseconds(50);

  void check(const char* what) {
    if (!result_) return;
    if (result_ == asio::error::connection_refused) {
      throw std::runtime_error("nobody listens at " + url_ +
                               "; start a cluster with `rmqsim up`, or a fake with --control");
    }
    if (result_ == beast::error::timeout) throw std::runtime_error(url_ + " did not answer in time");
    throw std::runtime_error(url_ + ": " + what + ": " + result_.message());
  }
  void wait(const char* what) {
    io_.run();
    io_.restart();
    check(what);
  }

  std::string url_;
  Place place_;
  asio::io_context io_;
  beast::tcp_stream stream_;
  beast::error_code result_;
  http::request<http::string_body> request_;
  beast::flat_buffer buffer_;
  http::response_parser<http::string_body> parser_;
};

}  // namespace

HttpAnswer http_ask(const std::string& url, const std::string& method, const std::string& target,
                    const std::string& body, int patience_seconds) {
  HttpExchange exchange(url);
  exchange.send(method, target, body, patience_seconds);
  return exchange.whole();
}

HttpAnswer http_follow(const std::string& url, const std::string& target,
                       const std::function<bool(std::string_view bytes)>& part) {
  HttpExchange exchange(url);
  exchange.send("GET", target, "", 30);
  return exchange.parts(part);
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
