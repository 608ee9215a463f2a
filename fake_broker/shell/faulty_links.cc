#include "fake_broker/shell/faulty_links.h"

#include <array>
#include <utility>
#include <vector>

namespace rmqsim {

/// One accepted connection: two pipes, and the plain connection beneath them.
class FaultyLinks::Stream final : public ConnectionListener, public std::enable_shared_from_this<Stream> {
 public:
  Stream(FaultyLinks& links, std::shared_ptr<Connection> plain)
      : links_(&links), id_(++links.last_stream_), plain_(std::move(plain)) {
    links.streams_.emplace(id_, this);
  }
  ~Stream() override {
    if (links_ != nullptr) links_->streams_.erase(id_);
  }

  void start(ConnectionListener& listener) {
    if (!open_) return;
    listener_ = &listener;
    plain_->start(*this);
  }

  void write(std::string_view bytes) {
    if (!open_ || cut_ || bytes.empty()) return;
    if (passes(LinkDirection::to_client, bytes)) return plain_->write(bytes);
    enter(LinkDirection::to_client, bytes);
    if (links_ != nullptr && queued_bytes() > max_queued_) {
      end_later(LinkEnd::How::reset, TransportError::send_queue_full);
    }
  }

  void close() {
    if (!open_) return;
    const auto self = shared_from_this();
    leave();
    forget(LinkDirection::to_server);
    if (closed_by_peer_) forget(LinkDirection::to_client);
    if (!cut_ && (links_ == nullptr || !waits(LinkDirection::to_client))) return plain_->close();
    if (links_ != nullptr) links_->lingering_.emplace(id_, self);
  }

  void reset() {
    if (!open_) return;
    leave();
    clear();
    plain_->reset();
  }

  void set_reading(bool on) {
    reading_ = on;
    plain_->set_reading(on && !crowded_);
    if (on && waits(LinkDirection::to_server)) arm(LinkDirection::to_server);
  }

  bool is_open() const { return open_; }
  std::size_t queued_bytes() const {
    return plain_->queued_bytes() + (pipes_ ? pipe(LinkDirection::to_client).waiting() : 0);
  }
  void set_max_queued_bytes(std::size_t limit) {
    max_queued_ = limit;
    plain_->set_max_queued_bytes(limit);
  }
  Connection& plain() const { return *plain_; }

  void on_receive(std::string_view bytes) override {
    if (!open_ || cut_) return;
    const auto self = shared_from_this();  // the listener may let go of the connection
    if (passes(LinkDirection::to_server, bytes)) return listener_->on_receive(bytes);
    enter(LinkDirection::to_server, bytes);
  }

  /// An orderly end comes behind what is on its way; anything else takes that with it.
  void on_close(error_code reason) override {
    const auto self = shared_from_this();
    const bool behind = open_ && !cut_ && waits(LinkDirection::to_server);
    forget(LinkDirection::to_client);
    if (behind && reason == TransportError::connection_closed) {
      closed_by_peer_ = true;
    } else {
      end(reason);
    }
  }

  /// The rules, or their windows, have changed.
  void look_again() {
    for (const LinkDirection direction : {LinkDirection::to_server, LinkDirection::to_client}) {
      if (cut_ || !waits(direction)) continue;
      const Duration since = links_->since_first_step();
      if (!links_->plan_->link_changed(links_->name_, turns_, direction, since)) continue;
      const std::string bytes = pipe(direction).take_back();
      admit(direction, bytes);
      arm(direction);
    }
  }

  /// The server ends.
  void abandon() {
    const auto self = shared_from_this();
    links_ = nullptr;
    timers_ = {};
    if (!open_) plain_->close();
  }

 private:
  LinkPipe& pipe(LinkDirection direction) const { return (*pipes_)[static_cast<std::size_t>(direction)]; }
  bool waits(LinkDirection direction) const { return pipes_ && !pipe(direction).empty(); }
  void forget(LinkDirection direction) {
    if (pipes_) pipe(direction).clear();
  }
  std::unique_ptr<Timer>& timer(LinkDirection direction) { return timers_[static_cast<std::size_t>(direction)]; }
  /// Nothing holds them up. Only how many they are is noted, for a rule that comes later.
  bool passes(LinkDirection direction, std::string_view bytes) {
    if ((links_ != nullptr && !links_->idle_) || waits(direction)) return false;
    if (pipes_) {
      pipe(direction).skip(bytes.size());
    } else {
      passed_[static_cast<std::size_t>(direction)] += bytes.size();
    }
    return true;
  }

  void enter(LinkDirection direction, std::string_view bytes) {
    if (links_ == nullptr) return;
    if (!pipes_) {
      pipes_ = std::make_unique<LinkPipes>();
      for (std::size_t i = 0; i < passed_.size(); ++i) (*pipes_)[i].skip(passed_[i]);
    }
    const bool waited = !pipe(direction).empty();
    admit(direction, bytes);
    if (!waited) pump(direction);
    crowd();
  }
  void admit(LinkDirection direction, std::string_view bytes) {
    tell(links_->plan_->enter_link(links_->name_, turns_, *pipes_, direction, bytes, links_->since_first_step(),
                                   links_->runtime_.now()));
  }
  void tell(const std::string& rule) {
    if (!rule.empty() && links_->acting_) links_->acting_(rule, plain_->remote_address());
  }

  void arm(LinkDirection direction) {
    auto& timer = this->timer(direction);
    if (!timer) timer = links_->runtime_.make_timer();
    timer->expires_at(pipe(direction).due(), [this, direction] {
      const auto self = shared_from_this();
      pump(direction);
    });
  }

  /// Lets pass what is due.
  void pump(LinkDirection direction) {
    const bool in = direction == LinkDirection::to_server;
    LinkPipe& pipe = this->pipe(direction);
    if (cut_ || links_ == nullptr || (in && !reading_)) return;
    LinkPipe::Taken taken = pipe.take(links_->runtime_.now());
    if (taken.end) {
      tell(links_->plan_->end_link(turns_, direction, taken.end->acts, links_->since_first_step()));
      const bool reset = taken.end->how == LinkEnd::How::reset;
      end_later(taken.end->how, reset ? TransportError::connection_reset : TransportError::connection_closed);
    }
    if (!taken.bytes.empty()) {
      if (!in) plain_->write(taken.bytes);
      if (in && open_) listener_->on_receive(taken.bytes);
    }
    if (cut_ || links_ == nullptr) return;
    crowd();
    if (!pipe.empty()) return arm(direction);
    if (!in && !open_) return finish();
    if (in && open_ && closed_by_peer_) end(TransportError::connection_closed);
  }

  /// Clients have to wait while too much is on its way to the server.
  void crowd() {
    const bool crowded = pipe(LinkDirection::to_server).waiting() >= kWindow;
    if (crowded == crowded_ || !open_) return;
    crowded_ = crowded;
    plain_->set_reading(reading_ && !crowded);
  }

  /// What was written in this turn still leaves.
  void end_later(LinkEnd::How how, error_code reason) {
    cut_ = true;
    links_->runtime_.post([weak = weak_from_this(), how, reason] {
      const auto self = weak.lock();
      if (!self) return;
      if (how == LinkEnd::How::reset) self->plain_->reset();
      self->end(reason);
    });
  }
  void end(error_code reason) {
    ConnectionListener* const listener = listener_;
    leave();
    clear();
    finish();
    if (listener != nullptr) listener->on_close(reason);
  }
  /// Of one that was closed before: it is over.
  void finish() {
    plain_->close();
    if (links_ != nullptr) links_->lingering_.erase(id_);
  }
  void leave() {
    open_ = false;
    listener_ = nullptr;
  }
  void clear() {
    forget(LinkDirection::to_server);
    forget(LinkDirection::to_client);
    timers_ = {};
  }

  FaultyLinks* links_;
  std::uint64_t id_;
  std::shared_ptr<Connection> plain_;
  ConnectionListener* listener_ = nullptr;
  FaultPlan::LinkTurns turns_;
  std::array<std::uint64_t, 2> passed_{};  ///< before there were pipes
  std::unique_ptr<LinkPipes> pipes_;       ///< once a rule on a link is there
  std::array<std::unique_ptr<Timer>, 2> timers_;
  std::size_t max_queued_ = SIZE_MAX;
  bool open_ = true;
  bool reading_ = true;
  bool crowded_ = false;
  bool cut_ = false;  ///< a rule ends the connection
  bool closed_by_peer_ = false;
};

class FaultyLinks::Handle final : public Connection {
 public:
  explicit Handle(std::shared_ptr<Stream> stream) : stream_(std::move(stream)) {}
  ~Handle() override { stream_->close(); }

  void start(ConnectionListener& listener) override { stream_->start(listener); }
  void write(std::string_view bytes) override { stream_->write(bytes); }
  void close() override { stream_->close(); }
  void reset() override { stream_->reset(); }
  void set_reading(bool on) override { stream_->set_reading(on); }
  bool is_open() const override { return stream_->is_open(); }
  std::size_t queued_bytes() const override { return stream_->queued_bytes(); }
  void set_max_queued_bytes(std::size_t limit) override { stream_->set_max_queued_bytes(limit); }
  const std::string& local_address() const override { return stream_->plain().local_address(); }
  const std::string& remote_address() const override { return stream_->plain().remote_address(); }

 private:
  std::shared_ptr<Stream> stream_;
};

FaultyLinks::FaultyLinks(Runtime& runtime, Transport& network, FaultPlan* plan, std::string name, Acting acting)
    : runtime_(runtime), network_(network), plan_(plan), name_(std::move(name)), acting_(std::move(acting)) {
  update();
}

FaultyLinks::~FaultyLinks() {
  for (const auto& [id, stream] : std::exchange(streams_, {})) stream->abandon();
}

Duration FaultyLinks::since_first_step() const {
  return first_step_ ? runtime_.now() - *first_step_ : FaultPlan::kBeforeFirstStep;
}

void FaultyLinks::begin(TimePoint first_step) {
  first_step_ = first_step;
  update();
}

void FaultyLinks::update() {
  if (plan_ == nullptr) return;
  idle_ = !plan_->has_links(name_);
  std::vector<std::shared_ptr<Stream>> streams;
  for (const auto& [id, stream] : streams_) streams.push_back(stream->shared_from_this());
  for (const auto& stream : streams) stream->look_again();
  const auto next = first_step_ ? plan_->next_link_change(name_, since_first_step()) : std::nullopt;
  if (!next) return changes_.reset();
  if (!changes_) changes_ = runtime_.make_timer();
  changes_->expires_at(*first_step_ + *next, [this] { update(); });
}

std::unique_ptr<Acceptor> FaultyLinks::listen(std::string_view address, AcceptHandler handler) {
  if (plan_ == nullptr) return network_.listen(address, std::move(handler));
  return network_.listen(address, [this, handler = std::move(handler)](std::shared_ptr<Connection> plain) mutable {
    handler(std::make_shared<Handle>(std::make_shared<Stream>(*this, std::move(plain))));
  });
}

}  // namespace rmqsim
