#include "fake_namesrv/fake_address_server.h"

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <utility>

namespace rmqsim {
namespace {

namespace http = boost::beast::http;

constexpr std::size_t kMaxRequest = 64 * 1024;

std::string respond(std::string_view status, std::string_view body) {
  std::string text = "HTTP/1.1 ";
  text.append(status).append("\r\nContent-Type: text/plain\r\nConnection: close\r\nContent-Length: ");
  text.append(std::to_string(body.size())).append("\r\n\r\n").append(body);
  return text;
}

}  // namespace

class FakeAddressServer::Session : public ConnectionListener, public std::enable_shared_from_this<Session> {
 public:
  Session(FakeAddressServer& server, std::uint64_t id, std::shared_ptr<Connection> connection)
      : server_(server), id_(id), connection_(std::move(connection)) {
    parser_.body_limit(kMaxRequest);
  }
  void start() { connection_->start(*this); }

  void on_receive(std::string_view bytes) override {
    const auto self = shared_from_this();
    unread_.append(bytes);
    error_code ec;
    while (!unread_.empty() && !parser_.is_done()) {
      const std::size_t used = parser_.put(boost::asio::buffer(unread_), ec);
      unread_.erase(0, used);
      if (ec || used == 0) break;
    }
    const bool broken = ec && ec != http::error::need_more;
    if (broken || unread_.size() > kMaxRequest) return end(respond("400 Bad Request", ""));
    if (!parser_.is_done()) return;
    ++server_.requests_;
    if (server_.silent_) return;
    const auto target = parser_.get().target();
    end(parser_.get().method() == http::verb::get ? server_.answer({target.data(), target.size()})
                                                  : respond("405 Method Not Allowed", ""));
  }
  void on_close(error_code) override {
    const auto self = shared_from_this();
    server_.sessions_.erase(id_);
  }

 private:
  void end(const std::string& text) {
    connection_->write(text);
    connection_->close();
    server_.sessions_.erase(id_);
  }

  FakeAddressServer& server_;
  const std::uint64_t id_;
  std::shared_ptr<Connection> connection_;
  http::request_parser<http::string_body> parser_;
  std::string unread_;
};

FakeAddressServer::FakeAddressServer(Transport& transport, std::string_view listen)
    : acceptor_(transport.listen(listen, [this](std::shared_ptr<Connection> connection) {
        const std::uint64_t id = ++last_session_;
        const auto session = std::make_shared<Session>(*this, id, std::move(connection));
        sessions_.emplace(id, session);
        session->start();
      })) {}

FakeAddressServer::~FakeAddressServer() = default;

std::string FakeAddressServer::answer(std::string_view target) const {
  const auto found = answers_.find(target);
  return found == answers_.end() ? respond("404 Not Found", "") : respond("200 OK", found->second + "\n");
}

}  // namespace rmqsim
