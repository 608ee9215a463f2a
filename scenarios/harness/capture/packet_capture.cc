#include "scenarios/harness/capture/packet_capture.h"

#include <utility>

namespace rmqsim {

class PacketCapture::CapturedConnection final : public Connection,
                                                public ConnectionListener,
                                                public std::enable_shared_from_this<CapturedConnection> {
 public:
  CapturedConnection(std::shared_ptr<PacketCapture> capture, std::size_t link, bool is_client,
                     std::shared_ptr<Connection> inner)
      : capture_(std::move(capture)), link_(link), is_client_(is_client), inner_(std::move(inner)) {}
  ~CapturedConnection() override { ended(is_client_, {}); }

  void start(ConnectionListener& listener) override {
    listener_ = &listener;
    inner_->start(*this);
  }
  void write(std::string_view bytes) override {
    if (open_) note(is_client_ ? PacketLog::Kind::client_data : PacketLog::Kind::server_data, bytes);
    inner_->write(bytes);
  }
  void close() override {
    ended(is_client_, {});
    inner_->close();
  }
  void reset() override {
    ended(is_client_, TransportError::connection_reset);
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
    if (open_) note(is_client_ ? PacketLog::Kind::server_data : PacketLog::Kind::client_data, bytes);
    listener_->on_receive(bytes);
  }
  void on_close(error_code reason) override {
    const auto self = shared_from_this();
    if (reason == TransportError::connection_closed) {
      ended(!is_client_, {});
    } else if (reason == TransportError::connection_reset) {
      ended(!is_client_, reason);
    } else if (std::exchange(open_, false)) {
      note(PacketLog::Kind::lost, {}, reason);
    }
    listener_->on_close(reason);
  }

 private:
  void note(PacketLog::Kind kind, std::string_view bytes, error_code error = {}) {
    capture_->add(link_, kind, bytes, error);
  }
  void ended(bool by_client, error_code error) {
    if (std::exchange(open_, false)) {
      note(by_client ? PacketLog::Kind::client_end : PacketLog::Kind::server_end, {}, error);
    }
  }

  const std::shared_ptr<PacketCapture> capture_;
  const std::size_t link_;
  const bool is_client_;
  const std::shared_ptr<Connection> inner_;
  ConnectionListener* listener_ = nullptr;
  bool open_ = true;
};

class PacketCapture::CapturedTransport final : public Transport {
 public:
  CapturedTransport(PacketCapture& capture, std::string asker, Transport& network, bool tls)
      : capture_(capture), asker_(std::move(asker)), network_(network), tls_(tls) {}

  void async_connect(std::string_view address, Duration timeout, ConnectHandler handler) override {
    const std::size_t link = capture_.add_asked(asker_, address, tls_);
    capture_.add(link, PacketLog::Kind::asked);
    network_.async_connect(address, timeout,
                           [capture = capture_.shared_from_this(), link, handler = std::move(handler)](
                               error_code ec, std::shared_ptr<Connection> made) mutable {
                             if (made) {
                               capture->name_ends(link, made->local_address(), made->remote_address());
                               capture->add(link, PacketLog::Kind::opened);
                               made = std::make_shared<CapturedConnection>(std::move(capture), link, true,
                                                                           std::move(made));
                             } else {
                               capture->add(link, PacketLog::Kind::not_opened, {}, ec);
                             }
                             handler(ec, std::move(made));
                           });
  }
  std::unique_ptr<Acceptor> listen(std::string_view address, AcceptHandler handler) override {
    if (capture_.of_ == Of::those_that_connect) return network_.listen(address, std::move(handler));
    return network_.listen(address, [capture = capture_.shared_from_this(),
                                     handler = std::move(handler)](std::shared_ptr<Connection> made) mutable {
      const std::size_t link = capture->add_link({made->remote_address(), made->local_address(), {}});
      capture->add(link, PacketLog::Kind::asked);
      capture->add(link, PacketLog::Kind::opened);
      handler(std::make_shared<CapturedConnection>(capture, link, false, std::move(made)));
    });
  }
  std::shared_ptr<void> reserve(std::string_view address) override { return network_.reserve(address); }
  Transport& tls() override {
    Transport& secured = network_.tls();
    return &secured == &network_ ? *this : capture_.transport(asker_, secured, true);
  }
  std::string local_ip() const override { return network_.local_ip(); }

 private:
  PacketCapture& capture_;
  const std::string asker_;
  Transport& network_;
  const bool tls_;
};

Transport& PacketCapture::transport(const std::string& asker, Transport& network, bool tls) {
  auto& captured = transports_[{asker, &network}];
  if (!captured) captured = std::make_unique<CapturedTransport>(*this, asker, network, tls);
  return *captured;
}

std::size_t PacketCapture::add_asked(const std::string& asker, std::string_view address, bool tls) {
  if (log_ == nullptr) return 0;
  PacketLog::Link link{{}, std::string(address), asker};
  if (names_.ip_of) link.asker_ip = names_.ip_of(asker);
  if (names_.server_at) link.server_name = names_.server_at(address);
  link.tls = tls;
  return add_link(std::move(link));
}

}  // namespace rmqsim
