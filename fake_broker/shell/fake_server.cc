// The course of a request through a fake server: observe, decide, process, perform; and the server's life cycle.
#include "fake_broker/shell/fake_server.h"

#include <utility>

#include "producer/remoting/headers/send_headers.h"

namespace rmqsim {

namespace {

Peer peer_of(const ServerConnection& connection) {
  return {connection.id(), connection.remote_address(), connection.at_second_port()};
}

}  // namespace

FakeServer::FakeServer(Runtime& runtime, Transport& transport, ServerCore& core, RemotingServerOptions options,
                       FaultPlan* plan, ServerObserver* observer)
    : runtime_(runtime),
      core_(core),
      plan_(plan),
      observer_(observer),
      links_(runtime, transport, plan, core.name(),
             [this](std::string_view rule, std::string_view peer) { observe_connection_rule(rule, peer); }),
      server_(runtime, links_, *this, std::move(options)),
      performer_(runtime, server_, runtime.random("garbage/" + core.name()), *this),
      listening_(runtime, server_, plan, core.name(),
                 [this](std::string_view rule) { observe_connection_rule(rule, {}); }) {
  if (plan != nullptr && core.is_nameserver()) plan->add_nameserver(core.name());
}

FakeServer::~FakeServer() = default;

void FakeServer::start() {
  if (running_) return;
  server_.listen();
  running_ = true;
  listening_.update();
}

void FakeServer::stop() {
  running_ = false;
  listening_.cancel();
  performer_.forget();
  held_.clear();
  forget_gated();
  if (paused_) resume();
  server_.stop_listening();
  server_.close_all();
}

void FakeServer::crash() {
  running_ = false;
  listening_.cancel();
  performer_.forget();
  held_.clear();
  forget_gated();
  listening_.forget_attempts();
  server_.stop_listening();
  server_.reset_all();
  if (paused_) resume();
  core_.crashed();
}

void FakeServer::pause() {
  paused_ = true;
  performer_.pause();
  server_.set_reading(false);
}

void FakeServer::resume() {
  paused_ = false;
  performer_.resume();
  deliver();
  const auto released = std::exchange(released_, {});
  for (const std::uint64_t number : released) release(number);
  server_.set_reading(true);
}

void FakeServer::begin_faults(TimePoint first_step) {
  listening_.begin(first_step);
  links_.begin(first_step);
  if (running_) listening_.update();
}

std::uint64_t FakeServer::received(std::int32_t code) const {
  const auto it = received_by_code_.find(code);
  return it == received_by_code_.end() ? 0 : it->second;
}

void FakeServer::on_connection(ServerConnection& connection) {
  if (observer_ != nullptr) {
    observer_->on_connection(core_.name(), connection.remote_address(), true, runtime_.now());
  }
  const auto decision = listening_.on_accepted();
  if (!decision) return;
  observe_connection_rule(decision->what->id, connection.remote_address());
  const FaultAction& action = decision->what->action;
  if (const ConnectionStep connect = action.connect()) {
    connect(connection);
  } else if (const ConnectionStep end = action.end()) {
    performer_.end_connection(connection.id(), end, decision->delay);
  }
}

void FakeServer::observe_connection_rule(std::string_view rule, std::string_view peer) {
  if (observer_ != nullptr) observer_->on_connection_rule(core_.name(), rule, peer, runtime_.now());
}

void FakeServer::on_disconnect(ServerConnection& connection, error_code reason) {
  (void)reason;
  forget(connection.id());
  if (observer_ == nullptr) return;
  observer_->on_connection(core_.name(), connection.remote_address(), false, runtime_.now());
}

void FakeServer::forget(std::uint64_t connection) {
  core_.connection_closed(connection, runtime_.now());
  for (auto it = held_.begin(); it != held_.end();) {
    if (it->second.outgoing.connection != connection) {
      ++it;
      continue;
    }
    const Outgoing lost = std::move(it->second.outgoing);
    it = held_.erase(it);
    on_outgoing(lost, "LOST", false);
  }
  deliver();
}

void FakeServer::on_request(ServerConnection& connection, RemotingCommand& request) {
  const TimePoint now = runtime_.now();
  serving_ = ++received_;
  ++received_by_code_[request.code];
  std::optional<FaultDecision> decision;
  if (has_rules() || observer_ != nullptr || gate_ != nullptr) {
    RequestFacts facts = core_.facts(request);
    facts.oneway = request.is_oneway();
    const Duration elapsed = listening_.since_first_step(now);
    if (has_rules()) decision = plan_->match(core_.name(), facts, elapsed);
    if (observer_ != nullptr) {
      observe_request(connection, request, facts, now,
                      decision ? std::string_view(decision->what->id) : std::string_view());
    }
    if (gate_ != nullptr && gate_->holds(core_.name(), serving_, facts, elapsed)) {
      gated_.insert_or_assign(serving_, Gated{connection.id(), connection.remote_address(),
                                              connection.at_second_port(), request, std::move(decision)});
      return;
    }
  }
  go_on(&connection, peer_of(connection), request, now, decision);
}

void FakeServer::go_on(ServerConnection* connection, const Peer& peer, const RemotingCommand& request, TimePoint now,
                       const std::optional<FaultDecision>& decision) {
  busy_ = true;
  if (decision) {
    serve_faulty(peer, request, now, *decision);
  } else {
    serve(connection, peer, request, now);
  }
  busy_ = false;
  deliver();
}

bool FakeServer::release(std::uint64_t number) {
  const auto it = gated_.find(number);
  if (it == gated_.end()) return false;
  if (paused_) {  // a process that stands still does nothing about it before it goes on
    released_.push_back(number);
    return true;
  }
  const Gated gated = std::move(it->second);
  gated_.erase(it);
  serving_ = number;
  const auto connection = server_.find(gated.connection);
  const Peer peer{gated.connection, gated.address, gated.at_second_port};
  go_on(connection.get(), peer, gated.request, runtime_.now(), gated.decision);
  if (!connection) forget(gated.connection);  // whoever has left is registered for nothing and waits for nothing
  return true;
}

void FakeServer::forget_gated() {
  const auto gated = std::exchange(gated_, {});
  released_.clear();
  for (const auto& [number, what] : gated) {
    gate_->forgotten(core_.name(), number);
    if (observer_ == nullptr) continue;
    observer_->on_answer(core_.name(), AnswerSeen{runtime_.now(), number, what.request.code, "LOST", 0, false});
  }
}

void FakeServer::observe_request(ServerConnection& connection, const RemotingCommand& request,
                                 const RequestFacts& facts, TimePoint now, std::string_view rule) {
  RequestSeen seen;
  seen.at = now;
  seen.number = serving_;
  seen.code = request.code;
  seen.opaque = request.opaque;
  seen.topic = facts.topic;
  seen.queue_id = facts.queue_id;
  seen.producer_group = facts.producer_group;
  seen.uniq_key = core_.uniq_key(request, facts);
  seen.first_member_key = core_.first_member_key(request);
  seen.peer = connection.remote_address();
  seen.connection = connection.id();
  seen.oneway = request.is_oneway();
  seen.rule = rule;
  observer_->on_request(core_.name(), seen);
}

void FakeServer::serve(ServerConnection* connection, const Peer& peer, const RemotingCommand& request, TimePoint now) {
  reply_.clear();
  core_.process(request, peer, now, reply_);
  if (reply_.stored.count > 0) told_of_store(now);
  push_requests();
  if (reply_.push || reply_.held != 0 || reply_.delay != Duration::zero()) {
    return take_reply(outgoing_of(peer, request), Duration::zero());
  }
  const bool answers = reply_.has_response && !request.is_oneway();
  const bool leaves = answers && connection != nullptr && connection->is_open();
  bool acknowledged = false;
  if (leaves) {
    connection->write(reply_.response);
    acknowledged = acknowledge(request.code, reply_.response, reply_.stored);
  }
  if (observer_ != nullptr) {
    const std::string answer = leaves ? response_code_name(reply_.response.code) : std::string();
    const std::string_view outcome = leaves                ? std::string_view(answer)
                                     : answers             ? "LOST"
                                     : request.is_oneway() ? "ONEWAY"
                                                           : "NO_ANSWER";
    observer_->on_answer(core_.name(),
                         AnswerSeen{now, serving_, request.code, outcome, reply_.stored.count, acknowledged});
  }
}

void FakeServer::serve_faulty(const Peer& peer, const RemotingCommand& request, TimePoint now,
                              const FaultDecision& decision) {
  const FaultAction& action = decision.what->action;
  Outgoing outgoing = outgoing_of(peer, request);
  outgoing.action = action;
  reply_.clear();
  if (action.processes_request()) {
    core_.process(request, peer, now, reply_);
    if (reply_.stored.count > 0) told_of_store(now);
    push_requests();
  } else {
    reply_.has_response = action.respond(core_, request, reply_.response);
  }
  take_reply(std::move(outgoing), decision.delay);
}

void FakeServer::take_reply(Outgoing outgoing, Duration delay) {
  if (reply_.held != 0) {
    held_.insert_or_assign(reply_.held, Held{std::move(outgoing), delay});
    return;
  }
  delay += reply_.delay;
  outgoing.stored = reply_.stored;
  outgoing.has_response = reply_.has_response;
  if (reply_.has_response) outgoing.action.reshape(core_, reply_.response);
  if (outgoing.has_response && reply_.push) return answer_after_push(std::move(outgoing), delay);
  if (outgoing.has_response) outgoing.response = std::move(reply_.response);
  performer_.perform(std::move(outgoing), delay);
}

void FakeServer::push_requests() {
  Outbox* const box = core_.outbox();
  if (box == nullptr || box->requests.empty()) return;
  std::vector<ServerRequest> requests;
  requests.swap(box->requests);
  for (ServerRequest& request : requests) push(std::move(request));
}

void FakeServer::answer_woken() {
  std::vector<std::uint64_t> woken;
  woken.swap(core_.outbox()->woken);
  for (const std::uint64_t number : woken) {
    const auto it = held_.find(number);
    if (it == held_.end()) continue;
    Held held = std::move(it->second);
    held_.erase(it);
    reply_.clear();
    core_.resume(number, runtime_.now(), reply_);
    take_reply(std::move(held.outgoing), held.delay);
  }
}

void FakeServer::deliver() {
  Outbox* const box = core_.outbox();
  if (busy_ || paused_ || box == nullptr) return;  // reply_ is in use, or nothing may leave: it is done afterwards
  busy_ = true;
  while (!box->empty()) {
    push_requests();
    answer_woken();
  }
  busy_ = false;
}

Outgoing FakeServer::outgoing_of(const Peer& peer, const RemotingCommand& request) const {
  Outgoing outgoing;
  outgoing.number = serving_;
  outgoing.request_code = request.code;
  outgoing.connection = peer.connection;
  outgoing.oneway = request.is_oneway();
  return outgoing;
}

void FakeServer::told_of_store(TimePoint now) {
  ++stored_requests_;
  if (observer_ != nullptr) observer_->on_stored(core_.name(), reply_.stored, now);
}

/// The answer in reply_ leaves when the client has taken what is pushed to it, or has not.
void FakeServer::answer_after_push(Outgoing outgoing, Duration delay) {
  outgoing.stored = reply_.stored;
  outgoing.has_response = reply_.has_response;
  outgoing.response = std::move(reply_.response);
  ServerRequest request = std::move(*reply_.push);
  reply_.push.reset();
  auto held = std::make_unique<Outgoing>(std::move(outgoing));
  const auto code = request.failure_code;  // before the request is moved from
  auto remark = request.failure_remark;
  push(std::move(request), [this, delay, held = std::move(held), code,
                            remark = std::move(remark)](bool answered) mutable {
    if (!answered) {
      held->response.code = code;
      held->response.remark = std::move(remark);
    }
    performer_.perform(std::move(*held), delay);
  });
}

void FakeServer::push(ServerRequest request, PushHandler done) {
  const TimePoint now = runtime_.now();
  const auto connection = server_.find(request.connection);
  if (!connection || !running_) {
    if (done) done(false);
    return;
  }
  RequestFacts facts = core_.facts(request.command);
  facts.pushed = true;
  auto decision = has_rules() ? plan_->match(core_.name(), facts, listening_.since_first_step(now)) : std::nullopt;
  if (observer_ != nullptr) {
    observe_request(*connection, request.command, facts, now,
                    decision ? std::string_view(decision->what->id) : std::string_view());
  }
  if (!decision) return push_now(std::move(request), std::move(done));
  const ConnectionStep end = decision->what->action.end();
  if (end != nullptr) performer_.end_connection(request.connection, end, decision->delay);
  auto timer = std::shared_ptr<Timer>(runtime_.make_timer());
  if (end != nullptr) {
    if (!done) return;
    timer->expires_after(request.timeout, [timer, alive = std::weak_ptr(alive_), done = std::move(done)]() mutable {
      if (!alive.expired()) done(false);
    });
    return;
  }
  if (decision->delay == Duration::zero()) return push_now(std::move(request), std::move(done));
  auto held = std::make_unique<ServerRequest>(std::move(request));
  timer->expires_after(decision->delay, [this, timer, alive = std::weak_ptr(alive_), held = std::move(held),
                                         done = std::move(done)]() mutable {
    if (!alive.expired()) push_now(std::move(*held), std::move(done));
  });
}

void FakeServer::push_now(ServerRequest request, PushHandler done) {
  const auto connection = server_.find(request.connection);
  if (!connection || !running_) {
    if (done) done(false);
    return;
  }
  if (request.timeout == Duration::zero()) return server_.invoke_oneway(*connection, request.command);
  server_.invoke(*connection, request.command, request.timeout,
                 [alive = std::weak_ptr(alive_), done = std::move(done)](error_code ec,
                                                                         const RemotingCommand* answer) mutable {
                   if (alive.expired() || !done) return;
                   done(!ec && answer != nullptr && answer->code == ResponseCode::SUCCESS);
                 });
}

void FakeServer::on_outgoing(const Outgoing& outgoing, std::string_view outcome, bool response_left) {
  const bool acknowledged =
      response_left && acknowledge(outgoing.request_code, outgoing.response, outgoing.stored);
  if (observer_ == nullptr) return;
  const std::string name = outcome.empty() ? response_code_name(outgoing.response.code) : std::string(outcome);
  observer_->on_answer(core_.name(), AnswerSeen{runtime_.now(), outgoing.number, outgoing.request_code, name,
                                                outgoing.stored.count, acknowledged});
}

/// Of a send also when a rule made the answer up and nothing is stored.
bool FakeServer::acknowledge(std::int32_t request_code, const RemotingCommand& response, StoredRange stored) {
  if (!says_stored(response.code)) return false;
  if (stored.count > 0) core_.acknowledge(stored);
  return stored.count > 0 || is_send_request(request_code);
}

}  // namespace rmqsim
