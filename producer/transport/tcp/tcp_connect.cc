// One attempt to connect: resolve if need be, try each endpoint, stop at the deadline. The attempt lives as long as
// one of its Asio operations or its place in the timers' heap.
#include "producer/transport/tcp/tcp_connect.h"

#include <algorithm>
#include <utility>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "producer/transport/tcp/tcp_core.h"
#include "producer/transport/tcp/tcp_stream.h"

namespace rmqsim {
namespace {

using boost::asio::ip::tcp;

class Attempt final : public TcpFlushable, public std::enable_shared_from_this<Attempt> {
 public:
  Attempt(std::shared_ptr<TcpCore> core, const Address& address, ConnectHandler handler)
      : core_(std::move(core)),
        name_(to_string(address)),
        handler_(std::move(handler)),
        socket_(core_->io()),
        resolver_(core_->io()) {}
  ~Attempt() override {
    const TcpCore::Guard guard(*core_);
    release();
  }

  void start(const Address& address, Duration timeout) {
    enlisted_ = core_->enlist(weak_from_this());
    deadline_ = core_->events.acquire();
    const TimePoint now = core_->now();
    timeout = std::max(timeout, Duration::zero());
    const TimePoint until = timeout < TimePoint::max() - now ? now + timeout : TimePoint::max();
    core_->events.arm(deadline_, until, [self = shared_from_this()] {
      self->trace("connect_timeout");
      self->finish(TransportError::timed_out);
    });
    trace("connect");
    error_code not_numeric;
    const std::string& host = address.host == "localhost" ? std::string("127.0.0.1") : address.host;
    const auto ip = boost::asio::ip::make_address(host, not_numeric);
    if (!not_numeric) {
      endpoints_.emplace_back(ip, address.port);
      return try_next();
    }
    resolver_.async_resolve(
        host, std::to_string(address.port), tcp::resolver::numeric_service,
        [self = shared_from_this()](const error_code& error, const tcp::resolver::results_type& found) {
          if (self->core_->enter_io()) self->on_resolved(error, found);
        });
  }

  void flush() override {}
  void abandon() override {
    const ConnectHandler dead = std::move(handler_);
    release();
  }

 private:
  void on_resolved(const error_code& error, const tcp::resolver::results_type& found) {
    if (!handler_) return;
    last_error_ = error;
    for (const auto& entry : found) endpoints_.push_back(entry.endpoint());
    try_next();
  }

  void try_next() {
    if (next_ == endpoints_.size()) return finish(to_transport_error(*core_, last_error_));
    const tcp::endpoint endpoint = endpoints_[next_++];
    error_code ignored;
    socket_.close(ignored);
    socket_.async_connect(endpoint, [self = shared_from_this()](const error_code& error) {
      if (self->core_->enter_io()) self->on_connected(error);
    });
  }

  void on_connected(const error_code& error) {
    if (!handler_) return;
    if (error) {
      last_error_ = error;
      return try_next();
    }
    error_code failure;
    const tcp::endpoint local = socket_.local_endpoint(failure);
    // With nobody listening, a port of the ephemeral range can be connected to itself.
    if (!failure && local == socket_.remote_endpoint(failure)) {
      last_error_ = make_error_code(boost::system::errc::connection_refused);
      return try_next();
    }
    const int descriptor = socket_.release(failure);
    auto connection = failure ? nullptr : make_tcp_connection(core_, descriptor);
    if (connection == nullptr) return finish(TransportError::connection_reset);
    trace("connected");
    finish({}, std::move(connection));
  }

  void finish(error_code error, std::shared_ptr<Connection> connection = nullptr) {
    if (!handler_) return;
    if (error == TransportError::connection_refused) trace("refused");
    const auto self = shared_from_this();
    release();
    ConnectHandler handler = std::move(handler_);
    handler(error, std::move(connection));
  }

  void release() {
    if (enlisted_ == 0) return;
    core_->delist(std::exchange(enlisted_, 0));
    error_code ignored;
    socket_.close(ignored);
    resolver_.cancel();
    core_->events.release(deadline_);
  }

  void trace(const char* event) {
    if (TraceSink* sink = core_->trace()) sink->record(core_->now(), "net", event, {{"to", name_}});
  }

  const std::shared_ptr<TcpCore> core_;
  const std::string name_;
  ConnectHandler handler_;
  tcp::socket socket_;
  tcp::resolver resolver_;
  std::vector<tcp::endpoint> endpoints_;
  std::size_t next_ = 0;
  error_code last_error_ = make_error_code(TransportError::other);
  std::uint64_t enlisted_ = 0;
  EventQueue::Slot deadline_ = 0;
};

}  // namespace

void tcp_connect(const std::shared_ptr<TcpCore>& core, const Address& address, Duration timeout,
                 ConnectHandler handler) {
  std::make_shared<Attempt>(core, address, std::move(handler))->start(address, timeout);
}

}  // namespace rmqsim
