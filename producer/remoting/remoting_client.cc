#include "producer/remoting/remoting_client.h"

#include <algorithm>
#include <utility>

namespace rmqsim {

class RemotingClient::Channel : public ConnectionListener, public std::enable_shared_from_this<Channel> {
 public:
  Channel(RemotingClient& client, ChannelId id, std::string address, std::shared_ptr<Connection> connection)
      : client(client), id(id), address(std::move(address)), connection(std::move(connection)),
        address_text((client.profile_.address_text_has_slash ? "/" : "") + this->connection->remote_address()),
        decoder(client.options_.max_frame), last_activity(client.runtime_.now()) {}

  void on_receive(std::string_view bytes) override {
    last_activity = client.runtime_.now();
    const auto self = shared_from_this();  // a handler may close this channel
    while (open) {
      const FrameDecoder::Status status = decoder.next(bytes, client.incoming_);
      if (status == FrameDecoder::Status::need_more) return;
      if (status == FrameDecoder::Status::error) {
        client.close_channel(*this, WireOutcome::connection_closed);
        return;
      }
      client.on_frame(*this, client.incoming_);
    }
  }

  void on_close(error_code reason) override { client.on_channel_closed(*this, reason); }
  /// The peer in the texts of requests that nothing is left for: 5.x parses its own (behaviour §9.3).
  std::string plain_text() const {
    return client.profile_.address_text_has_slash ? connection->remote_address() : address;
  }

  RemotingClient& client;
  const ChannelId id;
  const std::string address;  // the key in the table
  std::shared_ptr<Connection> connection;
  const std::string address_text;  // as exception texts spell the peer
  FrameDecoder decoder;
  TimePoint last_activity;
  bool open = true;
};

struct RemotingClient::Wrapper {
  std::shared_ptr<Channel> channel;     // null while connecting
  std::vector<Continuation<void(Channel*)>> waiters;  // share one pending connect
};

RemotingClient::RemotingClient(Runtime& runtime, Transport& transport, const Profile& profile,
                               RemotingClientOptions options)
    : runtime_(runtime), transport_(transport), profile_(profile), options_(std::move(options)),
      name_servers_(runtime.random("name-server")), deadline_timer_(runtime.make_timer()),
      scan_timer_(runtime.make_timer()), selector_thread_(runtime.new_thread("NettyClientSelector_1")),
      callback_slots_(std::make_shared<CallbackThreads>(options_.callback_threads)) {
  for (std::size_t i = 1; i <= std::max<std::size_t>(options_.callback_threads, 1); ++i) {
    callback_threads_.push_back(runtime.new_thread("NettyClientPublicExecutor_" + std::to_string(i)));
  }
}

RemotingClient::~RemotingClient() { shutdown(); }

void RemotingClient::start() {
  if (running_) return;
  running_ = true;
  shut_down_ = forgotten_ = false;
  started_ = runtime_.now();
  next_scan_ = started_ + millis(3000);
  arm_scan();
}

void RemotingClient::shutdown() {
  running_ = false;
  shut_down_ = true;
  scan_timer_->cancel();
  callback_slots_->run_all();
  for (Wrapper& wrapper : channels_.take_all()) {
    if (wrapper.channel && wrapper.channel->open) {
      wrapper.channel->open = false;
      wrapper.channel->connection->close();
      fail_pending(*wrapper.channel, WireOutcome::connection_closed);
    }
    for (auto& waiter : wrapper.waiters) waiter(nullptr);
  }
  for (auto& channel : std::exchange(replaced_, {})) {
    if (!channel->open) continue;
    channel->open = false;
    channel->connection->close();
    fail_pending(*channel, WireOutcome::connection_closed);
  }
  // Whoever still waits, as 4.9.8 does on a connection that the peer has closed, waits to the end of its time.
  deadline_timer_->cancel();
  deadline_armed_.reset();
  arm_deadline_timer();
  graveyard_.clear();
}

void RemotingClient::forget() {
  forgotten_ = true;
  // What a handler holds may hold this client.
  const ResponseTable waiting = std::exchange(table_, {});
  const auto channels = channels_.take_all();
}

void RemotingClient::update_name_server_address_list(std::vector<std::string> addresses) {
  const std::string former = name_servers_.chosen();
  if (!name_servers_.update(std::move(addresses))) return;
  // 5.x also closes the connection to a nameserver that is no longer listed; 4.9.8 keeps it open, unused (behaviour
  // §4.7).
  if (!profile_.closes_unlisted_nameserver) return;
  if (auto* const it = channels_.find(former); it != nullptr && it->second.channel) {
    close_channel(*it->second.channel, WireOutcome::connection_closed);
  }
}

// ---- connections

void RemotingClient::with_channel(std::string_view address, ChannelHandler handler) {
  if (address.empty()) {
    with_name_server_channel(profile_.tries_every_nameserver ? name_servers_.size() : 1, std::move(handler));
    return;
  }
  with_channel_at(address, std::move(handler));
}

/// Also at the empty address, which a list of nameservers may have.
void RemotingClient::with_channel_at(std::string_view address, ChannelHandler handler) {
  if (forgotten_) return;
  if (auto* const it = channels_.find(address); it != nullptr) {
    if (it->second.channel) {
      handler(it->second.channel.get());
    } else {
      it->second.waiters.emplace_back(runtime_, std::move(handler));
    }
    return;
  }
  connect(std::string(address), std::move(handler));
}

bool RemotingClient::connected_to(std::string_view address) const {
  const auto* const it = channels_.find(address);
  return it != nullptr && it->second.channel && it->second.channel->open;
}

// 5.3.3 tries one candidate per request; a failure moves only the next request on. 4.9.8 goes round the whole list.
void RemotingClient::with_name_server_channel(std::size_t tries_left, ChannelHandler handler) {
  if (const std::string& chosen = name_servers_.chosen(); !chosen.empty()) {
    if (auto* const it = channels_.find(chosen); it != nullptr && it->second.channel) {
      handler(it->second.channel.get());
      return;
    }
  }
  if (name_servers_.size() == 0 || tries_left == 0) {
    handler(nullptr);
    return;
  }
  const std::string candidate = name_servers_.advance();
  with_channel_at(candidate, [this, alive = std::weak_ptr(alive_), tries_left,
                              handler = std::move(handler)](Channel* channel) mutable {
    if (channel != nullptr || tries_left <= 1 || alive.expired() || !running_) {
      handler(channel);
    } else {
      with_name_server_channel(tries_left - 1, std::move(handler));
    }
  });
}

void RemotingClient::connect(const std::string& address, ChannelHandler handler) {
  if (shut_down_) return handler(nullptr);  // a retry of what shutdown() has just failed
  channels_[address].waiters.emplace_back(runtime_, std::move(handler));
  transport_.async_connect(address, options_.connect_timeout,
                           [this, alive = std::weak_ptr(alive_), address](error_code ec,
                                                                         std::shared_ptr<Connection> connection) {
                             if (alive.expired()) return;
                             on_connected(address, ec, std::move(connection));
                           });
}

void RemotingClient::on_connected(const std::string& address, error_code ec, std::shared_ptr<Connection> connection) {
  auto* const it = channels_.find(address);
  if (it == nullptr) {  // shut down meanwhile
    if (connection) connection->close();
    return;
  }
  auto waiters = std::exchange(it->second.waiters, {});
  if (ec) {
    channels_.erase(address);
    for (auto& waiter : waiters) waiter(nullptr);
    return;
  }
  auto channel = std::make_shared<Channel>(*this, next_channel_++, address, std::move(connection));
  it->second.channel = channel;
  channel->connection->start(*channel);
  for (auto& waiter : waiters) waiter(channel.get());
  if (channel->open && on_channel_active_) on_channel_active_(channel->connection->remote_address());
}

void RemotingClient::on_channel_closed(Channel& channel, error_code reason) {
  if (!channel.open) return;
  channel.open = false;
  // 4.9.8 has no handler for an orderly close: the channel is gone for the next request, but nobody tells those that
  // wait on it (behaviour §9.6). A reset reaches them in both versions.
  const bool silent = reason == error_code(TransportError::connection_closed) && !profile_.fin_fails_pending;
  bury(channel.address, channel.shared_from_this());  // first: a request that fails now is retried at once
  if (silent) {
    table_.mark_peer_closed(channel.id, runtime_.now());
  } else {
    fail_pending(channel, WireOutcome::connection_closed);
  }
}

void RemotingClient::close_channel(Channel& channel, WireOutcome outcome) {
  if (!channel.open) return;
  channel.open = false;
  const auto self = channel.shared_from_this();
  channel.connection->close();
  if (options_.close_delay == Duration::zero()) {
    bury(channel.address, self);
  } else {
    // Quirk 40: until the close event has run, the table still offers the dying channel.
    auto timer = std::shared_ptr<Timer>(runtime_.make_timer());
    timer->expires_after(options_.close_delay, [this, alive = std::weak_ptr(alive_), self, timer] {
      if (!alive.expired()) bury(self->address, self);
    });
  }
  fail_pending(channel, outcome);
}

/// Takes a closed channel out of the table, unless a newer one has its place.
void RemotingClient::bury(const std::string& address, std::shared_ptr<Channel> channel) {
  if (auto* const it = channels_.find(address); it != nullptr && it->second.channel == channel) {
    channels_.erase(address);
  }
  std::erase(replaced_, channel);
  graveyard_.push_back(std::move(channel));
  if (graveyard_.size() > 1) return;
  runtime_.post([this, alive = std::weak_ptr(alive_)] {
    if (!alive.expired()) graveyard_.clear();
  });
}

void RemotingClient::fail_pending(Channel& channel, WireOutcome outcome) {
  for (const std::int32_t opaque : table_.of_channel(channel.id)) {
    const PendingRequest* pending = table_.find(opaque);
    if (pending == nullptr || pending->outcome_waits) continue;
    if (too_late(*pending, opaque)) continue;
    const auto fail = [this, alive = std::weak_ptr(alive_), opaque, outcome] {
      if (alive.expired()) return;
      if (const PendingRequest* waits = table_.find(opaque); waits == nullptr || too_late(*waits, opaque)) return;
      auto request = table_.take(opaque);
      MQError error = send_failure(request->sync, request->remote, outcome);
      complete(*request, {.error = &error});
    };
    if (outcome_waits(opaque)) {
      callback_slots_->wait(fail);
    } else {
      fail();
    }
  }
}

// ---- requests

namespace {

/// Whole milliseconds between two instants, as Java's currentTimeMillis arithmetic has them.
std::int64_t cost_millis(TimePoint begin, TimePoint now) { return to_millis(now) - to_millis(begin); }

/// A request that must wait for a connection, with its bytes.
struct Held {
  explicit Held(const EncodedRequest& request)
      : code(request.code), opaque(request.opaque), bytes(request.bytes),
        command(request.command == nullptr ? nullptr : std::make_unique<RemotingCommand>(*request.command)) {}
  std::int32_t code;
  std::int32_t opaque;
  std::string bytes;
  std::unique_ptr<RemotingCommand> command;
  EncodedRequest view() const { return {code, opaque, bytes, command.get()}; }
};

}  // namespace

/// Whom an RPC hook is told that a request goes to.
std::string RemotingClient::hook_address(const Channel& channel, const std::string& asked) const {
  return profile_.rpc_hook_gets_asked_address ? asked : channel.connection->remote_address();
}

void RemotingClient::write(Channel& channel, const EncodedRequest& request) {
  channel.last_activity = runtime_.now();
  channel.connection->write(request.bytes);
  if (TraceSink* trace = runtime_.trace()) {
    trace->record(runtime_.now(), options_.node, "request",
                  {{"to", channel.address}, {"code", request.code}, {"opaque", request.opaque},
                   {"bytes", request.bytes.size()}});
  }
}

void RemotingClient::invoke_sync(std::string_view address, const EncodedRequest& request, std::int64_t timeout_millis,
                                 InvokeHandler handler) {
  const TimePoint begin = runtime_.now();
  if (auto* const it = channels_.find(address); it != nullptr && it->second.channel) {
    send_sync(it->second.channel.get(), it->first, request, begin, timeout_millis, std::move(handler));
    return;
  }
  auto call = [this, held = std::make_unique<Held>(request),
               address = std::string(address), begin, timeout_millis,
               handler = std::move(handler)](Channel* channel) mutable {
    send_sync(channel, address, held->view(), begin, timeout_millis, std::move(handler));
  };
  with_channel(address, std::move(call));
}

void RemotingClient::send_sync(Channel* channel, const std::string& address, const EncodedRequest& request,
                               TimePoint begin, std::int64_t timeout_millis, InvokeHandler handler) {
  if (channel == nullptr) {
    MQError error = connect_error(address);
    handler({.error = &error});
    return;
  }
  if (!channel->open) {  // picked while dying
    MQError error = send_failure(true, channel->address_text, WireOutcome::send_failed);
    handler({.error = &error});
    return;
  }
  const TimePoint now = runtime_.now();
  const std::int64_t left = timeout_millis - cost_millis(begin, now);
  if (profile_.zero_left_times_out ? left <= 0 : left < 0) {
    MQError error = remoting_timeout_exception("invokeSync call the addr[" + channel->plain_text() + "] timeout");
    if (profile_.sync_timeout_always_closes) close_channel(*channel, WireOutcome::connection_closed);
    handler({.error = &error});
    return;
  }
  if (request.command != nullptr) {
    EncodedRequest encoded = request;
    std::string bytes;
    auto error = encode_hooked(hook_address(*channel, address), encoded, bytes, &handler);
    if (error) return handler({.error = &*error});
    return send_sync(channel, address, encoded, begin, timeout_millis, std::move(handler));
  }
  PendingRequest pending{.code = request.code, .sync = true, .channel = channel->id,
                         .called_on = channel->id, .timeout_millis = left, .requested_millis = timeout_millis,
                         .remote = channel->address_text, .begin = now, .end = now + millis(left),
                         .caller = runtime_.current_thread(), .handler = std::move(handler)};
  table_.add(request.opaque, std::move(pending), runtime_.timer_slack());
  arm_deadline_timer();
  write(*channel, request);
}

void RemotingClient::invoke_async(std::string_view address, const EncodedRequest& request,
                                  std::int64_t timeout_millis, InvokeHandler handler) {
  const TimePoint begin = runtime_.now();
  if (!profile_.async_connect_in_caller) handler({});
  if (auto* const it = channels_.find(address); it != nullptr && it->second.channel) {
    send_async(it->second.channel.get(), it->first, request, begin, timeout_millis, std::move(handler));
    return;
  }
  auto call = [this, held = std::make_unique<Held>(request),
               address = std::string(address), begin, timeout_millis,
               handler = std::move(handler)](Channel* channel) mutable {
    send_async(channel, address, held->view(), begin, timeout_millis, std::move(handler));
  };
  with_channel(address, std::move(call));
}

// 4.9.8 does all this in the caller, which has waited for the connect; 5.3.3 in a listener on the event loop (behaviour
// §9.4).
void RemotingClient::send_async(Channel* channel, const std::string& address, const EncodedRequest& request,
                                TimePoint begin, std::int64_t timeout_millis, InvokeHandler handler) {
  const bool thrown = profile_.async_connect_in_caller;
  ThreadScope scope(runtime_, thrown ? runtime_.current_thread() : selector_thread_);
  if (channel == nullptr) {
    MQError error = connect_error(address);
    handler({.error = &error, .thrown = thrown});
    return;
  }
  if (!channel->open) {
    MQError error = remoting_send_request_exception(channel->address_text, WireOutcome::send_failed);
    handler({.error = &error, .thrown = thrown});
    return;
  }
  const TimePoint now = runtime_.now();
  const std::int64_t left = timeout_millis - cost_millis(begin, now);
  if (profile_.async_times_out_in_time ? left <= 0 : left < 0) {
    MQError error =
        remoting_too_much_request_exception("invokeAsync call the addr[" + channel->plain_text() + "] timeout");
    handler({.error = &error, .thrown = thrown});
    if (profile_.late_connect_fails_twice) {
      // Quirk 22: the listener of 5.3.x forgets to return, so the same request fails a second time.
      MQError again = remoting_timeout_exception("invokeAsyncImpl call timeout");
      handler({.error = &again});
    }
    return;
  }
  if (request.command != nullptr) {
    EncodedRequest encoded = request;
    std::string bytes;
    InvokeHandler* const after = profile_.async_runs_after_hooks ? &handler : nullptr;
    if (auto error = encode_hooked(hook_address(*channel, address), encoded, bytes, after)) {
      if (thrown || !profile_.hook_failure_loses_async) handler({.error = &*error, .thrown = thrown});
      return;
    }
    return send_async(channel, address, encoded, begin, timeout_millis, std::move(handler));
  }
  PendingRequest pending{.code = request.code, .sync = false, .channel = channel->id,
                         .called_on = channel->id, .timeout_millis = left, .requested_millis = timeout_millis,
                         .remote = channel->address_text, .begin = now};
  if (profile_.async_connect_in_caller) handler({});
  pending.handler = std::move(handler);
  if (profile_.async_times_out_in_time) pending.end = now + millis(left);
  table_.add(request.opaque, std::move(pending), runtime_.timer_slack());
  if (profile_.async_times_out_in_time) arm_deadline_timer();
  write(*channel, request);
}

void RemotingClient::invoke_oneway(std::string_view address, const EncodedRequest& request, InvokeHandler handler) {
  if (auto* const it = channels_.find(address); it != nullptr && it->second.channel) {
    send_oneway(*it->second.channel, it->first, request, false, handler);
    return;
  }
  // 5.3.x returns before the connect and never tells its caller what became of it (quirk 24).
  if (!profile_.oneway_reports_connect_failure) handler({});
  auto call = [this, held = std::make_unique<Held>(request),
               address = std::string(address), handler = std::move(handler)](Channel* channel) mutable {
    const bool waits = profile_.oneway_reports_connect_failure;
    if (channel == nullptr) {
      MQError error = connect_error(address);
      handler({.error = &error, .thrown = waits});
      return;
    }
    send_oneway(*channel, address, held->view(), !waits, handler);
  };
  with_channel(address, std::move(call));
}

/// `returned`: the caller was told already that the request is on its way.
void RemotingClient::send_oneway(Channel& channel, const std::string& address, const EncodedRequest& request,
                                 bool returned, InvokeHandler& handler) {
  EncodedRequest encoded = request;
  std::string bytes;
  std::optional<MQError> error;
  if (channel.open && request.command != nullptr) {
    error = encode_hooked(hook_address(channel, address), encoded, bytes, nullptr);
  }
  const bool thrown = error && profile_.oneway_reports_connect_failure;
  if (channel.open && !error) write(channel, encoded);
  if (!returned && !thrown) handler({});
  if (error) handler({.error = &*error, .thrown = thrown});
}

// ---- answers, time

void RemotingClient::on_frame(Channel& channel, RemotingCommand& command) {
  if (TraceSink* trace = runtime_.trace()) {
    trace->record(runtime_.now(), options_.node, command.is_response() ? "response" : "server-request",
                  {{"from", channel.address}, {"code", command.code}, {"opaque", command.opaque}});
  }
  if (command.is_response()) {
    if (callback_slots_->busy()) {
      const PendingRequest* pending = table_.find(command.opaque);
      if (pending != nullptr && pending->outcome_waits) return;  // a second answer
    }
    if (!outcome_waits(command.opaque)) return on_response(channel, command);
    callback_slots_->wait([this, alive = std::weak_ptr(alive_), channel = channel.shared_from_this(),
                           held = std::make_unique<RemotingCommand>(std::move(command))] {
      if (!alive.expired()) on_response(*channel, *held);
    });
    return;
  }
  if (has_rpc_hooks()) before_request(channel.connection->remote_address(), command);
  RemotingCommand answer = RemotingCommand::response_to(command, ResponseCode::SUCCESS);
  const bool oneway = command.is_oneway();
  const std::int32_t code = command.code;
  Processed processed = Processed::unknown;
  if (request_processor_) {
    ThreadScope scope(runtime_, callback_threads_[next_callback_thread_++ % callback_threads_.size()]);
    processed = request_processor_(channel.connection->remote_address(), command, answer);
  }
  if (processed == Processed::silent || oneway || !channel.open) return;
  if (processed == Processed::unknown) {
    answer.code = ResponseCode::REQUEST_CODE_NOT_SUPPORTED;
    answer.remark = " request type " + std::to_string(code) + " not supported";
  }
  answer.version = profile_.version;
  if (has_rpc_hooks()) after_response(channel.connection->remote_address(), command, answer);
  std::string bytes;
  encode(answer, bytes);
  channel.connection->write(bytes);
}

void RemotingClient::on_response(Channel& channel, RemotingCommand& command) {
  const PendingRequest* pending = table_.find(command.opaque);
  if (pending == nullptr || too_late(*pending, command.opaque)) return;  // Java only logs
  auto request = table_.take(command.opaque);
  if (command.code == ResponseCode::GO_AWAY && profile_.reconnects_for_go_away) {
    return on_go_away(channel, std::move(*request));
  }
  complete(*request, {.response = &command});
}

// The first request that is told so makes the new connection; the old one stays until the server ends it (behaviour
// §9.9).
void RemotingClient::on_go_away(Channel& channel, PendingRequest request) {
  const std::string from = "from channelId=" + std::to_string(request.called_on);
  if (request.repeated) return fail_go_away(request, "Receive GO_AWAY twice in request " + from);
  auto* it = channels_.find(channel.address);
  EncodeAgain again{next_opaque(), {}};
  if (options_.enable_reconnect_for_go_away && it != nullptr) request.handler({.again = &again});
  if (again.frame.empty()) return fail_go_away(request, "Receive GO_AWAY " + from);
  it = channels_.find(channel.address);
  const bool reconnect = it != nullptr && it->second.channel.get() == &channel;
  if (reconnect) replaced_.push_back(std::exchange(it->second.channel, nullptr));
  // It waits in the table all the while: a sync caller waits for one answer, however often it is asked for.
  request.repeated = true;
  request.outcome_waits = false;
  request.channel = kNoChannel;
  table_.add(again.opaque, std::move(request), runtime_.timer_slack());
  arm_deadline_timer();
  auto proceed = [this, alive = std::weak_ptr(alive_),
                  again = std::make_unique<EncodeAgain>(std::move(again))](Channel* next) {
    if (!alive.expired()) repeat(next, *again);
  };
  if (reconnect) {
    connect(channel.address, std::move(proceed));
  } else {
    with_channel(channel.address, std::move(proceed));
  }
}

void RemotingClient::repeat(Channel* channel, const EncodeAgain& again) {
  PendingRequest* waits = table_.find(again.opaque);
  if (waits == nullptr || too_late(*waits, again.opaque)) return;
  if (channel == nullptr || !channel->open) {
    auto request = table_.take(again.opaque);
    MQError error = send_failure(request->sync, request->remote, WireOutcome::send_failed);
    if (channel == nullptr) {
      MQError connect = remoting_connect_exception(request->remote);
      connect.wire = error.wire;  // the request itself had arrived
      if (request->sync) {
        error.cause = std::make_shared<const MQError>(std::move(connect));
      } else {
        error = std::move(connect);
      }
    }
    if (request->sync) close_call(*request);
    return complete(*request, {.error = &error});
  }
  const TimePoint now = runtime_.now();
  const std::int64_t left = waits->timeout_millis - cost_millis(waits->begin, now);
  if (left < 0) {  // of an async request, which no timer ends
    auto request = table_.take(again.opaque);
    MQError error = remoting_timeout_exception("invokeAsyncImpl call timeout");
    error.wire = WireOutcome::timeout;
    return complete(*request, {.error = &error});
  }
  waits->channel = channel->id;
  waits->remote = channel->address_text;
  waits->begin = now;
  if (!waits->sync) waits->timeout_millis = left;
  write(*channel, {waits->code, again.opaque, again.frame});
}

/// A sync caller sees the exception inside another of its kind.
void RemotingClient::fail_go_away(PendingRequest& request, std::string why) {
  auto cause = std::make_shared<const MQError>(runtime_exception(ErrorType::RuntimeException, std::move(why)));
  MQError error = remoting_send_request_exception(request.remote, WireOutcome::send_failed, std::move(cause));
  if (request.sync) {
    error = remoting_send_request_exception(request.remote, WireOutcome::send_failed,
                                            std::make_shared<const MQError>(std::move(error)));
    close_call(request);
  }
  complete(request, {.error = &error});
}

/// Closes the channel that a sync call began on, also when its request went out on another since.
void RemotingClient::close_call(const PendingRequest& request) {
  if (const auto channel = find_channel(request.called_on)) close_channel(*channel, WireOutcome::connection_closed);
}

std::shared_ptr<RemotingClient::Channel> RemotingClient::find_channel(ChannelId id) const {
  for (const auto& [address, wrapper] : channels_) {
    if (wrapper.channel && wrapper.channel->id == id) return wrapper.channel;
  }
  const auto is_it = [&](const std::shared_ptr<Channel>& channel) { return channel->id == id; };
  const auto it = std::find_if(replaced_.begin(), replaced_.end(), is_it);
  return it == replaced_.end() ? nullptr : *it;
}

void RemotingClient::on_timeout(std::int32_t opaque) {
  auto request = table_.take(opaque);
  if (!request) return;  // failed by the closing that an earlier timeout of this turn caused
  MQError error = remoting_timeout_exception(request->remote, request->timeout_millis);
  if (request->peer_closed) error.wire = WireOutcome::connection_closed;
  const bool closes = request->sync && options_.close_socket_if_timeout &&
                      (profile_.sync_timeout_always_closes || request->timeout_millis > 100 ||
                       request->timeout_millis > request->requested_millis / 4);
  if (closes) close_call(*request);
  complete(*request, {.error = &error});
}

void RemotingClient::close_idle_channels() {
  std::vector<std::shared_ptr<Channel>> idle;
  const TimePoint since = runtime_.now() - options_.max_idle;
  for (auto& [address, wrapper] : channels_) {
    if (wrapper.channel && wrapper.channel->open && wrapper.channel->last_activity <= since) {
      idle.push_back(wrapper.channel);
    }
  }
  for (auto& channel : replaced_) {
    if (channel->last_activity <= since) idle.push_back(channel);
  }
  for (auto& channel : idle) close_channel(*channel, WireOutcome::connection_closed);
}

}  // namespace rmqsim
