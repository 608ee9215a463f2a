// One socket. Output is sent by whoever ends the turn, straight into the socket; only what the kernel does not take
// waits for writability. Input is read by Asio, one read at a time. All state is touched under the monitor; a pending
// Asio operation keeps the stream alive.
#include "producer/transport/tcp/tcp_stream.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>

#include "producer/transport/tcp/stream_handle.h"
#include "producer/transport/tcp/tcp_core.h"

namespace rmqsim {
namespace {

using boost::asio::ip::tcp;

constexpr std::size_t kReadSize = 64 * 1024;
constexpr std::size_t kKeepOutput = 256 * 1024;  // a larger output buffer is given back once it is empty

std::string text(const tcp::endpoint& endpoint) {
  return endpoint.address().to_string() + ":" + std::to_string(endpoint.port());
}

class Stream final : public TcpFlushable, public std::enable_shared_from_this<Stream> {
 public:
  Stream(std::shared_ptr<TcpCore> core, tcp::socket socket, std::string local, std::string remote)
      : core_(std::move(core)), socket_(std::move(socket)), local_(std::move(local)), remote_(std::move(remote)) {}
  ~Stream() override {
    const TcpCore::Guard guard(*core_);
    release_socket();
  }
  void enlist() {
    enlisted_ = core_->enlist(weak_from_this());
    linger_ = core_->events.acquire();
  }

  void start(ConnectionListener& listener) {
    if (!open_) return;
    listener_ = &listener;
    read();
  }

  void write(std::string_view bytes) {
    if (!open_ || bytes.empty()) return;
    out_.append(bytes);
    mark_dirty();
  }

  void close() {
    if (!open_) return;
    open_ = false;
    listener_ = nullptr;
    held_ = 0;
    arm_linger();
    mark_dirty();
    read();
  }

  void reset() {
    if (!open_) return;
    open_ = false;
    listener_ = nullptr;
    abort_socket();
  }

  void set_reading(bool on) {
    reading_ = on;
    if (!on || !open_ || listener_ == nullptr) return;
    if (held_ == 0) return read();
    boost::asio::post(core_->io(), [self = shared_from_this()] {
      if (self->core_->enter_io()) self->deliver_held();
    });
  }

  bool is_open() const { return open_; }
  std::size_t queued_bytes() const { return out_.size() - out_begin_; }
  void set_max_queued_bytes(std::size_t limit) { max_queued_ = limit; }
  const std::string& local() const { return local_; }
  const std::string& remote() const { return remote_; }
  TcpCore& core() { return *core_; }

  void flush() override {
    dirty_ = false;
    if (!socket_.is_open()) return;
    if (!waiting_to_write_) send_some();
    count_unsent();
    if (!socket_.is_open()) return;
    if (open_ && queued_bytes() > max_queued_) return fail(TransportError::send_queue_full);
    if (!open_ && queued_bytes() == 0) finish();
  }

  void abandon() override {
    open_ = false;
    listener_ = nullptr;
    release_socket();
  }

 private:
  void mark_dirty() {
    if (core_->closing || std::exchange(dirty_, true)) return;
    core_->flush_later(shared_from_this());
  }

  void count_unsent() {
    core_->unsent += queued_bytes();
    core_->unsent -= std::exchange(counted_, queued_bytes());
  }

  void send_some() {
    while (queued_bytes() != 0) {
      const auto sent =
          ::send(socket_.native_handle(), out_.data() + out_begin_, queued_bytes(), MSG_NOSIGNAL | MSG_DONTWAIT);
      if (sent >= 0) {
        out_begin_ += static_cast<std::size_t>(sent);
        if (!open_) arm_linger();
      } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
        return wait_to_write();
      } else if (errno != EINTR) {
        return output_broke(error_code(errno, boost::system::system_category()));
      }
    }
    out_begin_ = 0;
    out_.clear();
    if (out_.capacity() > kKeepOutput) out_.shrink_to_fit();
  }

  void wait_to_write() {
    if (out_begin_ > queued_bytes()) {  // at most once per half of the buffer
      out_.erase(0, out_begin_);
      out_begin_ = 0;
    }
    waiting_to_write_ = true;
    socket_.async_wait(tcp::socket::wait_write, [self = shared_from_this()](const error_code&) {
      if (!self->core_->enter_io()) return;
      self->waiting_to_write_ = false;
      self->flush();
    });
  }

  /// What the peer sent before it broke off may still wait to be read, so a reader comes to its end by itself.
  void output_broke(const error_code& error) {
    out_.clear();
    out_begin_ = 0;
    if (!open_) return release_socket();
    output_error_ = to_transport_error(*core_, error);
    if (!reading_pending_) fail(output_error_);
  }

  /// Not while a listener looks at the buffer: Asio may read at once.
  void read() {
    if (reading_pending_ || delivering_ || held_ != 0 || !socket_.is_open()) return;
    if (buffer_ == nullptr) buffer_ = std::make_unique_for_overwrite<char[]>(kReadSize);
    reading_pending_ = true;
    socket_.async_read_some(boost::asio::buffer(buffer_.get(), kReadSize),
                            [self = shared_from_this()](const error_code& error, std::size_t size) {
                              if (self->core_->enter_io()) self->on_read(error, size);
                            });
  }

  void on_read(const error_code& error, std::size_t size) {
    reading_pending_ = false;
    if (!socket_.is_open()) return;
    if (!open_) {  // closed here: discards until the peer closes too
      if (error) return release_socket();
      return read();
    }
    if (error) return on_read_error(error);
    if (!reading_) {
      held_ = size;
      return;
    }
    deliver(size);
  }

  void deliver(std::size_t size) {
    delivering_ = true;
    listener_->on_receive({buffer_.get(), size});
    delivering_ = false;
    if (!open_ || reading_) read();
  }

  void on_read_error(const error_code& error) {
    if (output_error_) return fail(output_error_);
    if (error == boost::asio::error::eof) return fail(TransportError::connection_closed);
    fail(to_transport_error(*core_, error));
  }

  void deliver_held() {
    if (!open_ || !reading_ || held_ == 0) return;
    deliver(std::exchange(held_, 0));
  }

  /// The connection ends, and the listener is told.
  void fail(const error_code& reason) {
    open_ = false;
    ConnectionListener* listener = std::exchange(listener_, nullptr);
    if (reason == TransportError::connection_closed) {
      release_socket();
    } else {
      abort_socket();
    }
    const ThreadId former = core_->exchange_thread(TcpCore::kWorldThread);
    if (listener != nullptr) listener->on_close(reason);
    core_->exchange_thread(former);
  }

  /// All output is with the kernel: FIN, then wait for the peer's, so that nothing on its way to it is cut off.
  void finish() {
    if (std::exchange(fin_sent_, true)) return;
    error_code ignored;
    socket_.shutdown(tcp::socket::shutdown_send, ignored);
    if (ignored) return release_socket();
    arm_linger();
  }

  /// A closed connection whose peer neither takes output nor closes for so long is given up.
  void arm_linger() {
    if (core_->closing || enlisted_ == 0) return;
    core_->events.arm(linger_, core_->now() + kTcpLinger, [weak = weak_from_this()] {
      if (const auto self = weak.lock()) self->abort_socket();
    });
  }

  void abort_socket() {
    error_code ignored;
    if (socket_.is_open()) socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
    release_socket();
  }

  void release_socket() {
    error_code ignored;
    socket_.close(ignored);
    out_.clear();
    out_begin_ = 0;
    count_unsent();
    if (enlisted_ == 0) return;
    core_->delist(std::exchange(enlisted_, 0));
    core_->events.release(linger_);
  }

  const std::shared_ptr<TcpCore> core_;
  tcp::socket socket_;
  const std::string local_;
  const std::string remote_;
  std::uint64_t enlisted_ = 0;
  EventQueue::Slot linger_ = 0;
  ConnectionListener* listener_ = nullptr;
  std::unique_ptr<char[]> buffer_;
  std::size_t held_ = 0;  ///< bytes in buffer_ that arrived after set_reading(false)
  std::string out_;       ///< from out_begin_ on: written, not yet with the kernel
  std::size_t out_begin_ = 0;
  std::size_t counted_ = 0;  ///< of them, in TcpCore::unsent
  std::size_t max_queued_ = 64 * 1024 * 1024;
  error_code output_error_;
  bool open_ = true;  ///< for the handle; the socket may live on to finish
  bool reading_ = true;
  bool reading_pending_ = false;
  bool delivering_ = false;
  bool waiting_to_write_ = false;
  bool dirty_ = false;
  bool fin_sent_ = false;
};

}  // namespace

std::shared_ptr<Connection> make_tcp_connection(const std::shared_ptr<TcpCore>& core, int descriptor) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  ::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length);
  error_code error;
  tcp::socket socket(core->io());
  socket.assign(address.ss_family == AF_INET6 ? tcp::v6() : tcp::v4(), descriptor, error);
  tcp::endpoint local;
  tcp::endpoint remote;
  if (!error) local = socket.local_endpoint(error);
  if (!error) remote = socket.remote_endpoint(error);
  if (!error) socket.set_option(tcp::no_delay(true), error);
  if (error) return nullptr;
  auto stream = std::make_shared<Stream>(core, std::move(socket), text(local), text(remote));
  stream->enlist();
  return std::make_shared<StreamHandle<Stream>>(std::move(stream));
}

error_code to_transport_error(TcpCore& core, const error_code& error) {
  namespace errc = boost::system::errc;
  if (error == errc::connection_refused) return TransportError::connection_refused;
  if (error == errc::connection_reset || error == errc::broken_pipe || error == errc::connection_aborted) {
    return TransportError::connection_reset;
  }
  if (error == errc::timed_out) return TransportError::timed_out;
  if (error == errc::address_in_use) return TransportError::address_in_use;
  if (TraceSink* trace = core.trace()) trace->record(core.now(), "net", "error", {{"message", error.message()}});
  return TransportError::other;
}

}  // namespace rmqsim
