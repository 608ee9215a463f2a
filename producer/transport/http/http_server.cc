// One session per connection: read a request, ask the handler until it answers, write, read the next.
#include "producer/transport/http/http_server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/system/system_error.hpp>
#include <chrono>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "producer/transport/http_origin.h"
#include "producer/transport/transport.h"

namespace rmqsim {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Tcp = asio::ip::tcp;
using Clock = std::chrono::steady_clock;

/// How soon a handler that has no answer yet is asked again.
constexpr auto kAskAgain = std::chrono::milliseconds(10);
/// How soon after an empty part the next one is asked for.
constexpr auto kNextPart = std::chrono::milliseconds(20);
/// How long and how much is read from a peer that was refused, so that it sees the answer and not a reset.
constexpr auto kDrainTime = std::chrono::seconds(1);
constexpr std::size_t kDrainBytes = 4 * 1024 * 1024;

Tcp::endpoint parse_http_endpoint(const std::string& listen) {
  const auto colon = listen.rfind(':');
  boost::system::error_code ec;
  const auto bad = [] { throw boost::system::system_error(make_error_code(TransportError::bad_address)); };
  if (colon == std::string::npos) bad();
  std::string host = listen.substr(0, colon);
  if (host.size() > 1 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  const auto ip = asio::ip::make_address(host, ec);
  const std::string digits = listen.substr(colon + 1);
  if (ec || digits.empty() || digits.size() > 5 || digits.find_first_not_of("0123456789") != std::string::npos) bad();
  const int port = std::stoi(digits);
  if (port > 65535) bad();
  return {ip, static_cast<unsigned short>(port)};
}

std::string plain_error(unsigned status, const std::string& text) {
  return "{\"error\":\"" + text + "\",\"status\":" + std::to_string(status) + "}\n";
}

}  // namespace

struct HttpServer::Impl : std::enable_shared_from_this<Impl> {
  Impl(HttpHandler what, HttpLimits bounds) : handler(std::move(what)), limits(bounds), acceptor(io) {}

  void listen(const std::string& text);
  void accept();

  HttpHandler handler;
  HttpLimits limits;
  std::size_t sessions = 0;  ///< before io, whose end ends them
  asio::io_context io{1};
  Tcp::acceptor acceptor;
  std::string address;
  bool loopback = true;  ///< it listens on loopback
  std::thread thread;
};

class HttpServer::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Impl& server, Tcp::socket socket)
      : server_(server), stream_(std::move(socket)), buffer_(server.limits.header_bytes + 64 * 1024),
        again_(server.io) {
    ++server_.sessions;
  }
  ~Session() { --server_.sessions; }

  void read() {
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(server_.limits.header_bytes));
    parser_->body_limit(server_.limits.body_bytes);
    stream_.expires_after(server_.limits.patience);
    http::async_read_header(stream_, buffer_, *parser_, [self = shared_from_this()](error_code ec, std::size_t) {
      self->on_header(ec);
    });
  }

 private:
  void on_header(error_code ec) {
    if (ec) return refuse(ec);
    if (const auto why = refuse_web_page(field(http::field::host), field(http::field::origin), server_.loopback)) {
      head_ = parser_->get().method() == http::verb::head;
      version_ = 11;
      return write(error(403, *why), false);
    }
    // Where the body of any other ends nobody knows, and what is in it would be the next request.
    const auto coding = field(http::field::transfer_encoding);
    if (coding && !beast::iequals(std::string(*coding), "chunked")) {
      head_ = parser_->get().method() == http::verb::head;
      version_ = 11;
      return write(error(501, "a Transfer-Encoding that is not known: send \"chunked\", or a Content-Length"), false);
    }
    if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) {
      go_on_ = {http::status::continue_, parser_->get().version()};
      http::async_write(stream_, go_on_, [self = shared_from_this()](error_code failed, std::size_t) {
        if (!failed) self->read_body();
      });
      return;
    }
    read_body();
  }

  std::optional<std::string_view> field(http::field name) const {
    const auto found = parser_->get().find(name);
    if (found == parser_->get().end()) return std::nullopt;
    return std::string_view(found->value().data(), found->value().size());
  }

  void read_body() {
    http::async_read(stream_, buffer_, *parser_, [self = shared_from_this()](error_code ec, std::size_t) {
      if (ec) return self->refuse(ec);
      self->on_request();
    });
  }

  void on_request() {
    const auto& message = parser_->get();
    request_.method = std::string(message.method_string());
    request_.target = std::string(message.target());
    request_.body = message.body();
    request_.last_event_id = std::string(message["Last-Event-ID"]);
    keep_alive_ = message.keep_alive();
    version_ = message.version();
    head_ = message.method() == http::verb::head;
    if (head_) request_.method = "GET";
    begin_ = Clock::now();
    stream_.expires_never();
    ask();
  }

  void ask() {
    std::optional<HttpResponse> response;
    try {
      response = server_.handler(request_, Clock::now() - begin_);
    } catch (const std::exception&) {
      response = internal_error();
    }
    if (response && response->more && !head_) return begin_parts(std::move(*response));
    // Who is refused for want of room shall not take any.
    if (response) return write(*response, keep_alive_ && response->status != 503);
    again_.expires_after(kAskAgain);
    again_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec) self->ask();
    });
  }

  void refuse(error_code ec) {
    if (ec == http::error::end_of_stream) return close();
    if (ec == beast::error::timeout || ec.category() == asio::error::get_system_category()) return close();
    unsigned status = 400;
    std::string text = "not an HTTP request: " + ec.message();
    if (ec == http::error::body_limit) {
      status = 413;
      text = "the body is larger than " + std::to_string(server_.limits.body_bytes) + " bytes";
    } else if (ec == http::error::header_limit || ec == http::error::buffer_overflow) {
      status = 431;
      text = "the header is larger than " + std::to_string(server_.limits.header_bytes) + " bytes";
    } else if (ec == http::error::partial_message) {
      return close();
    }
    head_ = false;
    version_ = 11;
    write(error(status, text), false);
  }

  static HttpResponse error(unsigned status, const std::string& text) {
    HttpResponse response;
    response.status = status;
    response.body = plain_error(status, text);
    return response;
  }
  static HttpResponse internal_error() { return error(500, "internal error"); }

  template <class Message>
  void fill_header(Message& message, const HttpResponse& from) const {
    message.result(from.status);
    message.version(version_);
    message.set(http::field::server, "rmqsim");
    message.set(http::field::content_type, from.content_type);
    message.set(http::field::cache_control, "no-store");
    message.set("X-Content-Type-Options", "nosniff");
    if (!from.allow.empty()) message.set(http::field::allow, from.allow);
    if (!from.policy.empty()) {
      message.set("Content-Security-Policy", from.policy);
      message.set("Referrer-Policy", "no-referrer");
      message.set("X-Frame-Options", "DENY");
    }
  }

  /// In chunks, or to a reader that knows none until the connection ends.
  void begin_parts(HttpResponse from) {
    more_ = std::move(from.more);
    part_ = std::move(from.body);
    stream_header_ = {};
    fill_header(stream_header_, from);
    stream_header_.keep_alive(false);
    chunked_ = version_ >= 11;
    if (chunked_) stream_header_.chunked(true);
    serializer_.emplace(stream_header_);
    notice_end();
    stream_.expires_after(server_.limits.patience);
    http::async_write_header(stream_, *serializer_, [self = shared_from_this()](error_code ec, std::size_t) {
      if (ec) return self->close();
      self->write_part();
    });
  }

  /// Reads besides: only so is a reader that has left noticed while there is nothing to tell. What it sends is ignored.
  void notice_end() {
    stream_.async_read_some(asio::buffer(scrap_), [self = shared_from_this()](error_code ec, std::size_t) {
      if (ec) return self->close();
      self->notice_end();
    });
  }

  void write_part() {
    if (!stream_.socket().is_open()) return;
    if (part_.empty()) return next_part();
    stream_.expires_after(server_.limits.patience);
    const auto written = [self = shared_from_this()](error_code ec, std::size_t) {
      if (ec) return self->close();
      self->part_.clear();
      self->next_part();
    };
    if (chunked_) {
      asio::async_write(stream_, http::make_chunk(asio::const_buffer(part_.data(), part_.size())), written);
    } else {
      asio::async_write(stream_, asio::buffer(part_), written);
    }
  }

  void next_part() {
    std::optional<std::string> part;
    try {
      part = more_();
    } catch (const std::exception&) {
      part.reset();
    }
    if (!part) return end_parts();
    part_ = std::move(*part);
    if (!part_.empty()) return write_part();
    again_.expires_after(kNextPart);
    again_.async_wait([self = shared_from_this()](error_code ec) {
      if (!ec && self->stream_.socket().is_open()) self->next_part();
    });
  }

  void end_parts() {
    if (!chunked_) return close();
    asio::async_write(stream_, http::make_chunk_last(), [self = shared_from_this()](error_code, std::size_t) {
      self->close();
    });
  }

  void write(const HttpResponse& from, bool keep_alive) {
    response_ = {};
    fill_header(response_, from);
    response_.body() = from.body;
    response_.prepare_payload();
    if (head_) response_.body().clear();
    response_.keep_alive(keep_alive);
    stream_.expires_after(server_.limits.patience);
    http::async_write(stream_, response_, [self = shared_from_this(), keep_alive](error_code ec, std::size_t) {
      if (ec) return self->close();
      if (keep_alive) return self->read();
      error_code ignored;
      self->stream_.socket().shutdown(Tcp::socket::shutdown_send, ignored);
      self->stream_.expires_after(kDrainTime);
      self->drain();
    });
  }

  /// Reads and forgets, until the peer has closed or sent too much.
  void drain() {
    stream_.async_read_some(asio::buffer(scrap_), [self = shared_from_this()](error_code ec, std::size_t n) {
      self->drained_ += n;
      if (ec || self->drained_ > kDrainBytes) return self->close();
      self->drain();
    });
  }

  void close() {
    error_code ignored;
    stream_.socket().close(ignored);
    again_.cancel();
  }

  Impl& server_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::empty_body> go_on_;
  http::response<http::string_body> response_;
  http::response<http::empty_body> stream_header_;
  std::optional<http::response_serializer<http::empty_body>> serializer_;
  HttpParts more_;
  std::string part_;  ///< that is being written
  bool chunked_ = false;
  asio::steady_timer again_;
  HttpRequest request_;
  Clock::time_point begin_;
  unsigned version_ = 11;
  bool keep_alive_ = false;
  bool head_ = false;
  std::size_t drained_ = 0;
  char scrap_[4096];
};

void HttpServer::Impl::listen(const std::string& text) {
  const Tcp::endpoint endpoint = parse_http_endpoint(text);
  const auto check = [&text](error_code ec) {
    if (ec == asio::error::address_in_use) ec = make_error_code(TransportError::address_in_use);
    if (ec) throw boost::system::system_error(ec, "listen on " + text);
  };
  error_code ec;
  acceptor.open(endpoint.protocol(), ec);
  check(ec);
  acceptor.set_option(asio::socket_base::reuse_address(true), ec);
  check(ec);
  acceptor.bind(endpoint, ec);
  check(ec);
  acceptor.listen(asio::socket_base::max_listen_connections, ec);
  check(ec);
  const Tcp::endpoint bound = acceptor.local_endpoint(ec);
  check(ec);
  loopback = bound.address().is_loopback();
  const std::string ip = bound.address().to_string();
  address = (bound.address().is_v6() ? "[" + ip + "]" : ip) + ":" + std::to_string(bound.port());
}

void HttpServer::Impl::accept() {
  acceptor.async_accept([this](error_code ec, Tcp::socket socket) {
    if (ec == asio::error::operation_aborted) return;
    if (!ec && sessions < limits.connections) {
      error_code ignored;
      socket.set_option(Tcp::no_delay(true), ignored);
      std::make_shared<Session>(*this, std::move(socket))->read();
    } else if (ec) {
      // Out of descriptors, say: an accept that fails at once must not become a busy loop.
      auto pause = std::make_shared<asio::steady_timer>(io, std::chrono::milliseconds(50));
      pause->async_wait([this, pause](error_code aborted) {
        if (!aborted) accept();
      });
      return;
    }
    accept();
  });
}

HttpServer::HttpServer(const std::string& listen, HttpHandler handler, HttpLimits limits)
    : impl_(std::make_shared<Impl>(std::move(handler), limits)) {
  impl_->listen(listen);
  impl_->accept();
  impl_->thread = std::thread([impl = impl_.get()] { impl->io.run(); });
}

HttpServer::~HttpServer() {
  impl_->io.stop();
  impl_->thread.join();
}

const std::string& HttpServer::address() const { return impl_->address; }

}  // namespace rmqsim
