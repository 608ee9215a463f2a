// The Connection that users of the TCP world hold. It owns a stream, plain or TLS, and every call takes the monitor,
// which costs nothing to a caller that holds it. A stream may outlive its handle to finish what was written.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "producer/transport/tcp/tcp_core.h"
#include "producer/transport/transport.h"

namespace rmqsim {

template <class Stream>
class StreamHandle final : public Connection {
 public:
  explicit StreamHandle(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~StreamHandle() override {
    const Guard guard(stream_->core());
    stream_->close();
  }
  void start(ConnectionListener& listener) override {
    const Guard guard(stream_->core());
    stream_->start(listener);
  }
  void write(std::string_view bytes) override {
    const Guard guard(stream_->core());
    stream_->write(bytes);
  }
  void close() override {
    const Guard guard(stream_->core());
    stream_->close();
  }
  void reset() override {
    const Guard guard(stream_->core());
    stream_->reset();
  }
  void set_reading(bool on) override {
    const Guard guard(stream_->core());
    stream_->set_reading(on);
  }
  bool is_open() const override {
    const Guard guard(stream_->core());
    return stream_->is_open();
  }
  std::size_t queued_bytes() const override {
    const Guard guard(stream_->core());
    return stream_->queued_bytes();
  }
  void set_max_queued_bytes(std::size_t limit) override {
    const Guard guard(stream_->core());
    stream_->set_max_queued_bytes(limit);
  }
  const std::string& local_address() const override { return stream_->local(); }
  const std::string& remote_address() const override { return stream_->remote(); }

 private:
  using Guard = TcpCore::Guard;
  const std::shared_ptr<Stream> stream_;
};

}  // namespace rmqsim
