#include "producer/transport/tcp/tcp_transport.h"

#include <map>
#include <memory>
#include <optional>
#include <utility>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/system/system_error.hpp>

#include "producer/transport/address.h"
#include "producer/transport/tcp/local_ip.h"
#include "producer/transport/tcp/tcp_connect.h"
#include "producer/transport/tcp/tcp_core.h"
#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_stream.h"
#include "producer/transport/tcp/tls_transport.h"

namespace rmqsim {
namespace {

using boost::asio::ip::tcp;

constexpr Duration kAcceptRetry = std::chrono::milliseconds{50};

/// A socket that is bound and does not listen.
std::shared_ptr<void> bind_only(TcpCore& core, const tcp::endpoint& endpoint) {
  // Connections that a former listener accepted may still be about. Then only those who let the system choose a port
  // are kept away.
  for (const bool reuse : {false, true}) {
    error_code error;
    auto socket = std::make_shared<tcp::socket>(core.io());
    socket->open(endpoint.protocol(), error);
    if (!error) socket->set_option(tcp::socket::reuse_address(reuse), error);
    if (!error) socket->bind(endpoint, error);
    if (!error) return socket;
  }
  return nullptr;
}

}  // namespace

/// The ports that a transport chose, each with a reservation while nobody listens there. Under the monitor.
class ReservedPorts {
 public:
  void chose(const tcp::endpoint& endpoint) { chosen_[endpoint] = nullptr; }
  void closed(TcpCore& core, const tcp::endpoint& endpoint) {
    const auto at = chosen_.find(endpoint);
    if (at != chosen_.end()) at->second = bind_only(core, endpoint);
  }
  void reopen(const tcp::endpoint& endpoint) {
    const auto at = chosen_.find(endpoint);
    if (at != chosen_.end()) at->second = nullptr;
  }
  void end() { chosen_.clear(); }

 private:
  std::map<tcp::endpoint, std::shared_ptr<void>> chosen_;
};

namespace {

/// A listening socket; shared with its pending accept.
class Listening final : public TcpFlushable, public std::enable_shared_from_this<Listening> {
 public:
  Listening(std::shared_ptr<TcpCore> core, std::shared_ptr<ReservedPorts> reserved, AcceptHandler handler)
      : core_(std::move(core)), reserved_(std::move(reserved)), acceptor_(core_->io()), handler_(std::move(handler)) {}
  ~Listening() override {
    const TcpCore::Guard guard(*core_);
    close();
  }

  /// Throws boost::system::system_error.
  void open(const tcp::endpoint& endpoint, const std::string& asked) {
    const auto check = [&](const error_code& error) {
      if (!error) return;
      throw boost::system::system_error(to_transport_error(*core_, error),
                                        "listen on " + asked + ": " + error.message());
    };
    error_code error;
    acceptor_.open(endpoint.protocol(), error);
    check(error);
    acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
    check(error);
    reserved_->reopen(endpoint);
    acceptor_.bind(endpoint, error);
    check(error);
    acceptor_.listen(boost::asio::socket_base::max_listen_connections, error);
    check(error);
    const tcp::endpoint bound = acceptor_.local_endpoint(error);
    check(error);
    address_ = bound.address().to_string() + ":" + std::to_string(bound.port());
    bound_ = bound;
    if (endpoint.port() == 0) reserved_->chose(bound);
    enlisted_ = core_->enlist(weak_from_this());
    retry_ = core_->events.acquire();
    accept();
  }

  const std::string& address() const { return address_; }
  TcpCore& core() { return *core_; }

  void close() {
    error_code ignored;
    acceptor_.close(ignored);
    if (enlisted_ == 0) return;
    core_->delist(std::exchange(enlisted_, 0));
    core_->events.release(retry_);
    reserved_->closed(*core_, bound_);
  }
  void flush() override {}
  void abandon() override { close(); }

 private:
  void accept() {
    acceptor_.async_accept([self = shared_from_this()](const error_code& error, tcp::socket socket) {
      if (self->core_->enter_io()) self->on_accept(error, std::move(socket));
    });
  }

  void on_accept(error_code error, tcp::socket socket) {
    if (enlisted_ == 0) return;
    std::shared_ptr<Connection> connection;
    if (!error) {
      const int descriptor = socket.release(error);
      if (!error) connection = make_tcp_connection(core_, descriptor);
    } else if (error != boost::asio::error::connection_aborted) {
      // Out of descriptors, most likely: later there may be some again.
      to_transport_error(*core_, error);
      core_->events.arm(retry_, core_->now() + kAcceptRetry, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->accept();
      });
      return;
    }
    const auto self = shared_from_this();
    if (connection != nullptr) handler_(std::move(connection));
    if (enlisted_ != 0) accept();
  }

  const std::shared_ptr<TcpCore> core_;
  const std::shared_ptr<ReservedPorts> reserved_;
  tcp::acceptor acceptor_;
  AcceptHandler handler_;
  std::string address_;
  tcp::endpoint bound_;
  std::uint64_t enlisted_ = 0;
  EventQueue::Slot retry_ = 0;
};

class TcpAcceptor final : public Acceptor {
 public:
  explicit TcpAcceptor(std::shared_ptr<Listening> listening) : listening_(std::move(listening)) {}
  ~TcpAcceptor() override { close(); }
  const std::string& local_address() const override { return listening_->address(); }
  void close() override {
    const TcpCore::Guard guard(listening_->core());
    listening_->close();
  }

 private:
  const std::shared_ptr<Listening> listening_;
};

}  // namespace

TcpTransport::TcpTransport(TcpRuntime& runtime)
    : core_(runtime.core()), reserved_(std::make_shared<ReservedPorts>()) {}
TcpTransport::~TcpTransport() {
  const TcpCore::Guard guard(*core_);
  reserved_->end();
}

void TcpTransport::async_connect(std::string_view address, Duration timeout, ConnectHandler handler) {
  const TcpCore::Guard guard(*core_);
  if (core_->closing) return;
  const auto target = parse_address(address);
  // No name has a blank in it; the resolver would ask the network first.
  if (!target || target->port == 0 || target->host.find_first_of(" \t\r\n") != std::string::npos) {
    return core_->post([h = std::move(handler)]() mutable { h(TransportError::bad_address, nullptr); });
  }
  tcp_connect(core_, *target, timeout, std::move(handler));
}

Transport& TcpTransport::tls() {
  const TcpCore::Guard guard(*core_);
  if (!tls_) tls_ = std::make_unique<TlsTransport>(core_, *this);
  return *tls_;
}

std::string TcpTransport::local_ip() const { return find_local_ip(); }

std::unique_ptr<Acceptor> TcpTransport::listen(std::string_view address, AcceptHandler handler) {
  const std::string asked(address);
  const auto target = parse_address(address);
  error_code not_numeric;
  boost::asio::ip::address ip;
  if (target) ip = boost::asio::ip::make_address(target->host == "localhost" ? "127.0.0.1" : target->host, not_numeric);
  if (!target || not_numeric) {
    throw boost::system::system_error(make_error_code(TransportError::bad_address), "listen on " + asked);
  }
  const TcpCore::Guard guard(*core_);
  if (core_->closing) {
    throw boost::system::system_error(make_error_code(TransportError::other),
                                      "listen on " + asked + ": the world has ended");
  }
  auto listening = std::make_shared<Listening>(core_, reserved_, std::move(handler));
  listening->open(tcp::endpoint(ip, target->port), asked);
  return std::make_unique<TcpAcceptor>(std::move(listening));
}

std::shared_ptr<void> TcpTransport::reserve(std::string_view address) {
  const auto target = parse_address(address);
  error_code error;
  if (!target || target->port == 0) return nullptr;
  const auto ip = boost::asio::ip::make_address(target->host, error);
  return error ? nullptr : bind_only(*core_, tcp::endpoint(ip, target->port));
}

}  // namespace rmqsim
