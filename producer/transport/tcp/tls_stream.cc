// Two memory BIOs: what the peer sent goes into one, what it shall get comes out of the other. All
// state is touched under the monitor.
#include "producer/transport/tcp/tls_stream.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <string>
#include <utility>

#include "producer/transport/tcp/stream_handle.h"
#include "producer/transport/tcp/tcp_core.h"

namespace rmqsim {
namespace {

constexpr char kHandshakeRecord = 0x16;
constexpr std::size_t kRecordSize = 16 * 1024;  // one record

class TlsStream final : public ConnectionListener,
                        public TcpFlushable,
                        public std::enable_shared_from_this<TlsStream> {
 public:
  TlsStream(std::shared_ptr<TcpCore> core, TlsContext context, TlsRole role, std::shared_ptr<Connection> plain)
      : core_(std::move(core)), context_(std::move(context)), role_(role), plain_(std::move(plain)) {}
  ~TlsStream() override {
    const TcpCore::Guard guard(*core_);
    release();
    SSL_free(ssl_);
  }

  void start(ConnectionListener& listener) {
    if (!open_) return;
    listener_ = &listener;
    enlisted_ = core_->enlist(weak_from_this());
    plain_->start(*this);
    if (role_ != TlsRole::client) return;
    engage();
    pump();
  }

  void write(std::string_view bytes) {
    if (!open_ || refusing_ || bytes.empty()) return;
    if (passing_) return plain_->write(bytes);
    if (ssl_ == nullptr || !SSL_is_init_finished(ssl_)) {
      waiting_.append(bytes);
      return;
    }
    encipher(bytes);
  }

  void close() {
    if (!open_) return;
    open_ = false;
    listener_ = nullptr;
    if (!waiting_.empty() && enlisted_ != 0) {  // the peer may still finish the handshake and get what is owed to it
      self_ = shared_from_this();
      linger_ = core_->events.acquire();
      lingering_ = true;
      core_->events.arm(linger_, core_->now() + kTcpLinger, [weak = weak_from_this()] {
        if (const auto self = weak.lock()) self->finish();
      });
      return;
    }
    finish();
  }

  void reset() {
    if (!open_) return;
    open_ = false;
    listener_ = nullptr;
    plain_->reset();
    release();
  }

  void set_reading(bool on) {
    reading_ = on;
    plain_->set_reading(on);
    if (!on || !open_) return;
    core_->post([weak = weak_from_this()] {  // what was deciphered before reading stopped
      if (const auto self = weak.lock()) self->pump();
    });
  }

  bool is_open() const { return open_; }
  std::size_t queued_bytes() const { return plain_->queued_bytes() + waiting_.size(); }
  void set_max_queued_bytes(std::size_t limit) { plain_->set_max_queued_bytes(limit); }
  const std::string& local() const { return plain_->local_address(); }
  const std::string& remote() const { return plain_->remote_address(); }
  TcpCore& core() { return *core_; }

  void on_receive(std::string_view bytes) override {
    const auto self = shared_from_this();  // the listener may let go of the connection
    if (ssl_ == nullptr && !passing_) {
      if (bytes.front() == kHandshakeRecord) {
        engage();
      } else if (role_ == TlsRole::permissive) {
        passing_ = true;
        plain_->write(std::exchange(waiting_, {}));
      } else {
        return refuse(bytes);
      }
    }
    if (passing_) {
      if (listener_ != nullptr) listener_->on_receive(bytes);
      return;
    }
    BIO_write(SSL_get_rbio(ssl_), bytes.data(), static_cast<int>(bytes.size()));
    pump();
  }

  void on_close(error_code reason) override {
    const auto self = shared_from_this();
    open_ = false;
    ConnectionListener* const listener = std::exchange(listener_, nullptr);
    release();
    if (listener != nullptr) listener->on_close(reason);
  }

  void flush() override {}
  void abandon() override {
    open_ = false;
    listener_ = nullptr;
    enlisted_ = 0;
    lingering_ = false;
    self_.reset();
  }

 private:
  void engage() {
    ssl_ = SSL_new(static_cast<SSL_CTX*>(context_.get()));
    SSL_set_bio(ssl_, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    if (role_ == TlsRole::client) {
      SSL_set_connect_state(ssl_);
    } else {
      SSL_set_accept_state(ssl_);
    }
  }

  /// Goes on with the handshake, then hands over what can be read.
  void pump() {
    const auto self = shared_from_this();
    if (ssl_ == nullptr || (!open_ && !self_)) return;
    ERR_clear_error();
    if (!SSL_is_init_finished(ssl_)) {
      const int result = SSL_do_handshake(ssl_);
      const bool failed = result != 1 && SSL_get_error(ssl_, result) != SSL_ERROR_WANT_READ;
      send_out();  // an alert, too
      if (failed) return fail(TransportError::other);
      if (result != 1) return;
      if (!waiting_.empty()) encipher(std::exchange(waiting_, {}));
      if (self_) return finish();
    }
    char plain_text[kRecordSize];
    while (open_ && reading_ && listener_ != nullptr) {
      const int size = SSL_read(ssl_, plain_text, sizeof plain_text);
      if (size <= 0) {
        const int reason = SSL_get_error(ssl_, size);
        send_out();
        if (reason == SSL_ERROR_ZERO_RETURN) return fail(TransportError::connection_closed);
        if (reason != SSL_ERROR_WANT_READ) return fail(TransportError::other);
        return;
      }
      listener_->on_receive({plain_text, static_cast<std::size_t>(size)});
    }
  }

  void encipher(std::string_view bytes) {
    SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size()));  // into memory: takes everything
    send_out();
  }

  void send_out() {
    BIO* const out = SSL_get_wbio(ssl_);
    char* data = nullptr;
    const long size = BIO_get_mem_data(out, &data);
    if (size > 0) plain_->write({data, static_cast<std::size_t>(size)});
    (void)BIO_reset(out);
  }

  /// As a real server does it: the connection is closed, so no answer leaves, and yet what came is handed on.
  void refuse(std::string_view bytes) {
    const auto self = shared_from_this();
    refusing_ = true;
    waiting_.clear();
    if (listener_ != nullptr) listener_->on_receive(bytes);
    if (open_) fail(TransportError::other);
  }

  /// The connection ends here, and the listener is told.
  void fail(TransportError reason) {
    const auto self = shared_from_this();
    open_ = false;
    ConnectionListener* const listener = std::exchange(listener_, nullptr);
    plain_->close();
    release();
    if (listener != nullptr) listener->on_close(reason);
  }

  /// Orderly: close_notify, then what the plain connection does.
  void finish() {
    const auto self = shared_from_this();
    if (ssl_ != nullptr && SSL_is_init_finished(ssl_)) {
      SSL_shutdown(ssl_);
      send_out();
    }
    plain_->close();
    release();
  }

  void release() {
    if (enlisted_ != 0) core_->delist(std::exchange(enlisted_, 0));
    if (std::exchange(lingering_, false)) core_->events.release(linger_);
    self_.reset();
  }

  const std::shared_ptr<TcpCore> core_;
  const TlsContext context_;
  const TlsRole role_;
  const std::shared_ptr<Connection> plain_;
  ConnectionListener* listener_ = nullptr;
  SSL* ssl_ = nullptr;
  std::string waiting_;  ///< written before the handshake ended
  std::shared_ptr<TlsStream> self_;  ///< closed by its user with output waiting
  std::uint64_t enlisted_ = 0;
  EventQueue::Slot linger_ = 0;
  bool lingering_ = false;
  bool passing_ = false;   ///< plain text
  bool refusing_ = false;  ///< plain text where only TLS is taken
  bool open_ = true;
  bool reading_ = true;
};

}  // namespace

std::shared_ptr<Connection> make_tls_connection(const std::shared_ptr<TcpCore>& core, TlsContext context, TlsRole role,
                                                std::shared_ptr<Connection> plain) {
  return std::make_shared<StreamHandle<TlsStream>>(
      std::make_shared<TlsStream>(core, std::move(context), role, std::move(plain)));
}

}  // namespace rmqsim
