// One link per nameserver: connect, register, read answers, come back after a loss. The schedule is common to all.
#include "fake_broker/namesrv_registrar.h"

#include <utility>

#include "fake_broker/registration.h"

namespace rmqsim {

namespace {
constexpr Duration kConnectTimeout = std::chrono::seconds(3);
}  // namespace

/// The connection to one nameserver.
class NamesrvRegistrar::Link final : private ConnectionListener {
 public:
  Link(NamesrvRegistrar& owner, std::string address)
      : owner_(owner),
        address_(std::move(address)),
        retry_(owner.runtime_.make_timer()),
        patience_(owner.runtime_.make_timer()) {}
  ~Link() override {
    alive_.reset();
    if (connection_) connection_->close();
  }

  bool registered() const { return registered_; }

  /// Registers, connecting first if needed; then the registration is a full one.
  void announce(const std::string& only_topic) {
    if (connection_) {
      if (!answered_) trouble(Trouble::no_answer, "it says nothing");
      register_now(registered_ ? only_topic : std::string());
      return;
    }
    if (connecting_) return;
    connecting_ = true;
    owner_.transport_.async_connect(
        address_, kConnectTimeout,
        [this, alive = std::weak_ptr<char>(alive_)](error_code error, std::shared_ptr<Connection> connection) {
          if (!alive.expired()) connected(error, std::move(connection));
        });
  }

  void end(bool unregister, bool with_reset) {
    retry_->cancel();
    patience_->cancel();
    alive_ = std::make_shared<char>();  // an attempt to connect that is under way is forgotten
    connecting_ = false;
    registered_ = false;
    if (!connection_) return;
    if (unregister) send(make_unregister_broker(owner_.broker_, owner_.address_));
    if (with_reset) {
      connection_->reset();
    } else {
      connection_->close();
    }
    connection_.reset();
  }

 private:
  void connected(error_code error, std::shared_ptr<Connection> connection) {
    connecting_ = false;
    if (error) {
      trouble(Trouble::unreachable, error.message());
      retry();
      return;
    }
    connection_ = std::move(connection);
    decoder_ = FrameDecoder();
    answered_ = false;
    unanswered_ = 0;
    connection_->start(*this);
    register_now({});
  }

  void register_now(const std::string& only_topic) {
    send(make_register_broker(owner_.broker_, owner_.address_, only_topic));
    if (unanswered_++ == 0) wait_for_answer();
  }

  /// Java's client closes a connection over which an answer does not come in time (wire §6.1).
  void wait_for_answer() {
    patience_->expires_after(millis(owner_.broker_.profile().register_timeout), [this] {
      if (owner_.paused_) return wait_for_answer();
      trouble(Trouble::no_answer, "it says nothing");
      give_up();
    });
  }

  void give_up() {
    patience_->cancel();
    std::exchange(connection_, nullptr)->close();
    retry();
  }

  void trouble(Trouble what, const std::string& detail) {
    if (std::exchange(trouble_, what) != what && owner_.told_) owner_.told_(address_, what, detail);
  }

  void take(const RemotingCommand& answer) {
    answered_ = true;
    if (unanswered_ > 0 && --unanswered_ > 0) {
      wait_for_answer();
    } else {
      patience_->cancel();
    }
    registered_ = answer.code == ResponseCode::SUCCESS;
    if (registered_) return trouble(Trouble::none, {});
    trouble(Trouble::refused, "code " + std::to_string(answer.code) + ", " + answer.remark.value_or("no remark"));
  }

  void send(RemotingCommand request) {
    request.opaque = opaque_;
    opaque_ = (opaque_ + 1) & 0x7fffffff;
    std::string frame;
    encode(request, frame);
    connection_->write(frame);
  }

  void retry() {
    registered_ = false;
    if (!owner_.running_) return;
    retry_->expires_after(kReconnect, [this] {
      if (owner_.running_ && !owner_.paused_) announce({});
      if (owner_.paused_) owner_.missed_ = true;
    });
  }

  void on_receive(std::string_view bytes) override {
    const auto keep = connection_;
    for (;;) {
      const auto status = decoder_.next(bytes, answer_);
      if (status == FrameDecoder::Status::need_more) return;
      if (status == FrameDecoder::Status::error) {
        if (!answered_) trouble(Trouble::no_answer, "what it says is not RocketMQ's protocol");
        return give_up();
      }
      if (answer_.is_response()) take(answer_);
    }
  }

  void on_close(error_code reason) override {
    connection_.reset();
    patience_->cancel();
    if (!answered_) trouble(Trouble::no_answer, "it ends the connection: " + reason.message());
    retry();
  }

  NamesrvRegistrar& owner_;
  std::string address_;
  std::unique_ptr<Timer> retry_;
  std::unique_ptr<Timer> patience_;  ///< for the answer to the oldest registration
  std::shared_ptr<Connection> connection_;
  std::shared_ptr<char> alive_ = std::make_shared<char>();
  FrameDecoder decoder_;
  RemotingCommand answer_;
  std::int32_t opaque_ = 0;
  int unanswered_ = 0;     ///< registrations on this connection
  bool connecting_ = false;
  bool answered_ = false;  ///< anything, on this connection
  Trouble trouble_ = Trouble::none;
  bool registered_ = false;
};

NamesrvRegistrar::NamesrvRegistrar(Runtime& runtime, Transport& transport, const BrokerState& broker,
                                   std::vector<std::string> nameservers)
    : runtime_(runtime), transport_(transport), broker_(broker), timer_(runtime.make_timer()) {
  for (std::string& address : nameservers) links_.push_back(std::make_unique<Link>(*this, std::move(address)));
}

NamesrvRegistrar::~NamesrvRegistrar() { running_ = false; }

void NamesrvRegistrar::start(std::string address) {
  if (running_ || links_.empty()) return;
  address_ = std::move(address);
  running_ = true;
  register_everywhere({});
  timer_->expires_after(kFirstRepeat, [this] { tick(); });
}

void NamesrvRegistrar::stop() {
  running_ = false;
  timer_->cancel();
  for (auto& link : links_) link->end(true, false);
}

void NamesrvRegistrar::crash() {
  running_ = false;
  paused_ = false;
  missed_ = false;
  timer_->cancel();
  for (auto& link : links_) link->end(false, true);
}

void NamesrvRegistrar::resume() {
  paused_ = false;
  if (missed_ && running_) register_everywhere({});
  missed_ = false;
}

void NamesrvRegistrar::tick() {
  register_everywhere({});
  timer_->expires_after(kPeriod, [this] { tick(); });
}

void NamesrvRegistrar::topics_changed() {
  const bool alone = broker_.profile().registers_changed_topic_alone;
  if (running_) register_everywhere(alone ? broker_.topics.last_changed() : std::string());
}

void NamesrvRegistrar::register_everywhere(const std::string& only_topic) {
  if (paused_) {
    missed_ = true;
    return;
  }
  for (auto& link : links_) link->announce(only_topic);
}

std::size_t NamesrvRegistrar::registered() const {
  std::size_t n = 0;
  for (const auto& link : links_) n += link->registered() ? 1 : 0;
  return n;
}

}  // namespace rmqsim
