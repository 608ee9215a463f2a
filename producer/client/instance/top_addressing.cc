// Beast parses; the bytes come and go over the world's own connections.
#include "producer/client/instance/top_addressing.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

#include "producer/remoting/codec/text.h"
#include "producer/transport/continuation.h"

namespace rmqsim {
namespace {

namespace http = boost::beast::http;

constexpr Duration kPatience = millis(3000);
constexpr std::uint64_t kMaxAnswer = 64 * 1024;

std::string first_line(std::string_view body) {
  constexpr std::string_view kBlank = " \t\r\n\f\v";
  const std::size_t begin = body.find_first_not_of(kBlank);
  if (begin == body.npos) return {};
  body.remove_prefix(begin);
  body = body.substr(0, body.find_first_of("\r\n"));
  return std::string(body.substr(0, body.find_last_not_of(kBlank) + 1));
}

}  // namespace

class TopAddressing::Exchange : public ConnectionListener, public std::enable_shared_from_this<Exchange> {
 public:
  Exchange(Runtime& runtime, Handler handler) : timer_(runtime.make_timer()), handler_(runtime, std::move(handler)) {
    parser_.body_limit(kMaxAnswer);
    parser_.eager(true);
  }
  ~Exchange() override {
    if (connection_) connection_->close();
  }

  void begin(Transport& transport, const std::string& address, std::string request) {
    transport.async_connect(address, kPatience,
                            [weak = weak_from_this(), request = std::move(request)](
                                error_code ec, std::shared_ptr<Connection> connection) {
                              const auto self = weak.lock();
                              if (!self) return;
                              if (ec) return self->end({});
                              self->send(std::move(connection), request);
                            });
  }

  void on_receive(std::string_view bytes) override {
    const auto self = shared_from_this();
    unread_.append(bytes);
    while (!unread_.empty() && !parser_.is_done()) {
      error_code ec;
      const std::size_t used = parser_.put(boost::asio::buffer(unread_), ec);
      unread_.erase(0, used);
      if (ec == http::error::need_more) break;
      if (ec) return end({});
      if (used == 0) break;
    }
    if (unread_.size() > kMaxAnswer) return end({});
    if (parser_.is_done()) finish();
  }

  void on_close(error_code) override {
    const auto self = shared_from_this();
    error_code ec;
    if (parser_.got_some()) parser_.put_eof(ec);
    if (parser_.is_done()) return finish();
    end({});
  }

 private:
  void send(std::shared_ptr<Connection> connection, const std::string& request) {
    connection_ = std::move(connection);
    connection_->start(*this);
    connection_->write(request);
    timer_->expires_after(kPatience, [this] { end({}); });
  }

  void finish() { end(parser_.get().result() == http::status::ok ? first_line(parser_.get().body()) : std::string()); }

  void end(std::string addresses) {
    const auto self = shared_from_this();
    timer_->cancel();
    if (connection_) std::exchange(connection_, nullptr)->close();
    if (handler_) std::exchange(handler_, {})(std::move(addresses));
  }

  std::unique_ptr<Timer> timer_;
  Continuation<void(std::string)> handler_;
  std::shared_ptr<Connection> connection_;
  http::response_parser<http::string_body> parser_;
  std::string unread_;
};

TopAddressing::TopAddressing(Runtime& runtime, Transport& transport, TopAddressingOptions options)
    : runtime_(runtime), transport_(transport),
      address_(options.domain + (options.domain.find(':') == std::string::npos ? ":8080" : "")),
      target_("/rocketmq/" + options.sub_group) {
  if (!text::is_blank(options.unit_name)) target_ += "-" + options.unit_name + "?nofix=1";
  url_ = "http://" + address_ + target_;
}

TopAddressing::~TopAddressing() = default;

void TopAddressing::fetch(Handler handler) {
  exchange_ = std::make_shared<Exchange>(runtime_, std::move(handler));
  exchange_->begin(transport_, address_, "GET " + target_ + " HTTP/1.1\r\nHost: " + address_ +
                                             "\r\nConnection: close\r\n\r\n");
}

}  // namespace rmqsim
