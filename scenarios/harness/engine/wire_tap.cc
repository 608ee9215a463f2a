#include "scenarios/harness/engine/wire_tap.h"

#include <utility>

#include "fake_broker/processors/send_request.h"
#include "fake_broker/rules/fault_rule.h"
#include "scenarios/harness/events/event_rows.h"

namespace rmqsim {
namespace {

std::string_view sent_key(const RemotingCommand& request) {
  if (!is_send_request(request.code)) return {};
  const bool letters = send_header_form(request.code) == HeaderForm::letters;
  return scan_properties(request.ext_fields.get(letters ? "i" : "properties")).uniq_key;
}

}  // namespace

WireRequest::WireRequest(const RemotingCommand& said) : command(said), key(sent_key(said)) {}

class WireTap::TappedConnection final : public Connection,
                                        public ConnectionListener,
                                        public std::enable_shared_from_this<TappedConnection> {
 public:
  TappedConnection(std::shared_ptr<WireTap> tap, std::string client, std::string server,
                   std::shared_ptr<Connection> inner)
      : tap_(std::move(tap)),
        client_(std::move(client)),
        server_(std::move(server)),
        number_(++tap_->connections_),
        inner_(std::move(inner)) {
    if (tap_->events_ != nullptr) tap_->events_->connected(end());
    tell<event::Opened>(inner_->local_address(), inner_->remote_address());
  }
  ~TappedConnection() override { ended({}); }

  void start(ConnectionListener& listener) override {
    listener_ = &listener;
    inner_->start(*this);
  }
  void write(std::string_view bytes) override {
    for (std::string_view rest = bytes; open_ && said_.next(rest, command_) == FrameDecoder::Status::command;) {
      if (tap_->events_ != nullptr && !command_.is_response()) tap_->events_->request(end(), command_);
    }
    inner_->write(bytes);
  }
  void close() override {
    ended({});
    inner_->close();
  }
  void reset() override {
    ended({});
    inner_->reset();
  }
  void set_reading(bool on) override { inner_->set_reading(on); }
  bool is_open() const override { return inner_->is_open(); }
  std::size_t queued_bytes() const override { return inner_->queued_bytes(); }
  void set_max_queued_bytes(std::size_t limit) override { inner_->set_max_queued_bytes(limit); }
  const std::string& local_address() const override { return inner_->local_address(); }
  const std::string& remote_address() const override { return inner_->remote_address(); }

  void on_receive(std::string_view bytes) override {
    const auto self = shared_from_this();  // the listener may drop it
    for (std::string_view rest = bytes; open_ && heard_.next(rest, command_) == FrameDecoder::Status::command;) {
      if (tap_->events_ != nullptr && command_.is_response()) tap_->events_->answer(end(), command_);
    }
    listener_->on_receive(bytes);
  }
  void on_close(error_code reason) override {
    const auto self = shared_from_this();
    ended(reason);
    listener_->on_close(reason);
  }

 private:
  /// Who ended it, of the reason that the client was given.
  static std::string closer(error_code reason) {
    if (!reason) return "client";
    const bool server = reason == TransportError::connection_closed || reason == TransportError::connection_reset;
    return server ? "server" : reason == TransportError::send_queue_full ? "client" : "network";
  }
  template <class E>
  void tell(std::string more, std::string and_more) const {
    if (TraceSink* sink = tap_->onlooker_) {
      const E event{static_cast<std::int64_t>(number_), server_, std::move(more), std::move(and_more)};
      write_event(*sink, tap_->runtime_.now(), client_, event);
    }
  }
  WireEnd end() const { return {client_, server_, number_, tap_->runtime_.now()}; }
  void ended(error_code reason) {
    if (!std::exchange(open_, false)) return;
    if (tap_->events_ != nullptr) tap_->events_->closed(end(), reason);
    tell<event::Closed>(closer(reason), reason ? reason.message() : std::string());
  }

  const std::shared_ptr<WireTap> tap_;
  const std::string client_;
  const std::string server_;
  const std::uint64_t number_;
  const std::shared_ptr<Connection> inner_;
  ConnectionListener* listener_ = nullptr;
  FrameDecoder said_, heard_;
  RemotingCommand command_;
  bool open_ = true;
};

class WireTap::TappedTransport final : public Transport {
 public:
  TappedTransport(WireTap& tap, std::string client, Transport& network)
      : tap_(tap), client_(std::move(client)), network_(network) {}

  void async_connect(std::string_view address, Duration timeout, ConnectHandler handler) override {
    std::string server = tap_.name_of_(address);
    if (tap_.events_ != nullptr) tap_.events_->connecting(tap_.connect_end(client_, server));
    network_.async_connect(
        address, timeout,
        [tap = tap_.shared_from_this(), client = client_, server = std::move(server), handler = std::move(handler)](
            error_code ec, std::shared_ptr<Connection> made) mutable {
          if (made) {
            made = std::make_shared<TappedConnection>(std::move(tap), std::move(client), std::move(server),
                                                      std::move(made));
          } else {
            if (tap->events_ != nullptr) tap->events_->not_connected(tap->connect_end(client, server));
            if (TraceSink* sink = tap->onlooker_) {
              write_event(*sink, tap->runtime_.now(), client, event::NotOpened{server, ec.message()});
            }
          }
          handler(ec, std::move(made));
        });
  }
  std::unique_ptr<Acceptor> listen(std::string_view address, AcceptHandler handler) override {
    return network_.listen(address, std::move(handler));
  }
  std::shared_ptr<void> reserve(std::string_view address) override { return network_.reserve(address); }
  Transport& tls() override {
    Transport& secured = network_.tls();
    if (&secured == &network_) return *this;
    if (!tls_) tls_ = std::make_unique<TappedTransport>(tap_, client_, secured);
    return *tls_;
  }
  std::string local_ip() const override { return network_.local_ip(); }

 private:
  WireTap& tap_;
  const std::string client_;
  Transport& network_;
  std::unique_ptr<TappedTransport> tls_;
};

Transport& WireTap::transport(const std::string& client, Transport& network) {
  auto& tapped = transports_[client];
  if (!tapped) tapped = std::make_unique<TappedTransport>(*this, client, network);
  return *tapped;
}

}  // namespace rmqsim
