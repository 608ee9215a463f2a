// The course of a frame through the proxy. A Link is the server's side of a client's connection.
#include "tools/proxy/proxy_front.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "producer/remoting/bodies/batch_body.h"
#include "producer/remoting/headers/send_headers.h"
#include "producer/transport/address.h"

namespace rmqsim {

namespace {

constexpr Duration kConnectTimeout = std::chrono::seconds(3);
constexpr std::size_t kHighWater = 4 * 1024 * 1024;  ///< what one side may leave unread before the other is not read
constexpr std::size_t kLowWater = 1024 * 1024;
constexpr Duration kWaterCheck = std::chrono::milliseconds(5);
constexpr std::size_t kMaxPending = 65536;  ///< unanswered requests of one connection
constexpr std::int32_t kVipDistance = -2;   ///< MixAll.brokerVIPChannel

std::string vip_address(const std::string& address) {
  const auto parsed = parse_address(address);
  return parsed ? parsed->host + ":" + std::to_string(parsed->port + kVipDistance) : address;
}

}  // namespace

/// A request that is on its way.
struct ProxyFront::Pending {
  std::uint64_t connection = 0;
  std::int32_t opaque = 0;
  RemotingCommand request;  ///< without its body
  std::size_t body_bytes = 0;
  std::string body;
  std::size_t messages = 1;
  std::string topic, group, uniq_key, peer, rule;
  std::optional<std::int32_t> queue_id;
  std::optional<FaultAction> action;  ///< of the rule
  Duration delay{0};
  TimePoint at;
  bool from_server = false;
  bool passed_on = false;
  bool done = false;  ///< says the server's own answer
};

class ProxyFront::Link final : public ConnectionListener, public std::enable_shared_from_this<Link> {
 public:
  Link(ProxyFront& front, std::uint64_t client, std::string upstream)
      : front_(&front), client_(client), to_(std::move(upstream)), water_(front.runtime_.make_timer()) {}
  ~Link() override {
    if (upstream_) upstream_->close();
  }

  void connect() {
    front_->transport_.async_connect(
        to_, kConnectTimeout,
        [weak = weak_from_this()](error_code error, std::shared_ptr<Connection> connection) {
          const auto self = weak.lock();
          if (!self || self->front_ == nullptr) return;
          if (!connection) return self->front_->upstream_ended(self->client_, error.message());
          self->upstream_ = std::move(connection);
          self->upstream_->start(*self);
          if (self->front_->paused_) self->pause();
          if (!self->early_.empty()) self->upstream_->write(std::exchange(self->early_, {}));
        });
  }
  void write(std::string_view frame) {
    if (upstream_) {
      upstream_->write(frame);
    } else {
      early_.append(frame);
    }
    hold_client();
  }
  /// No call comes to the front any more.
  void leave() {
    front_ = nullptr;
    water_->cancel();
    if (upstream_) upstream_->close();
  }
  std::uint64_t client() const { return client_; }
  /// Of the server's side; the client's is the front's.
  void pause() {
    if (upstream_) upstream_->set_reading(false);
  }
  void resume() {
    if (upstream_ && !upstream_held_) upstream_->set_reading(true);
    if (const auto client = client_held_ ? peer() : nullptr) client->set_reading(false);
  }

  std::multimap<std::int32_t, std::uint64_t> waiting;  ///< opaque of a client's request → its number, oldest first
  std::map<std::int32_t, std::uint64_t> asked;         ///< the same of the server's own requests

 private:
  void on_receive(std::string_view bytes) override {
    const auto self = shared_from_this();
    while (front_ != nullptr) {
      const auto status = decoder_.next(bytes, command_);
      if (status == FrameDecoder::Status::need_more) break;
      if (status == FrameDecoder::Status::error) return front_->upstream_ended(client_, decoder_.error().message());
      if (command_.is_response()) {
        front_->upstream_answered(*this, command_, decoder_.frame());
      } else {
        front_->upstream_asked(*this, command_, decoder_.frame());
      }
    }
    hold_upstream();
  }
  void on_close(error_code reason) override {
    const auto self = shared_from_this();
    upstream_.reset();
    if (front_ != nullptr) front_->upstream_ended(client_, reason.message());
  }

  std::shared_ptr<ServerConnection> peer() const { return front_ == nullptr ? nullptr : front_->server_.find(client_); }

  // Whoever reads slowly slows down the other side, and nobody's memory is used instead.
  void hold_client() {
    const std::size_t waiting_bytes = early_.size() + (upstream_ ? upstream_->queued_bytes() : 0);
    const auto client = peer();
    if (client_held_ || !client || waiting_bytes < kHighWater) return;
    client_held_ = true;
    client->set_reading(false);
    check_water();
  }
  void hold_upstream() {
    const auto client = peer();
    if (upstream_held_ || !client || !upstream_ || client->queued_bytes() < kHighWater) return;
    upstream_held_ = true;
    upstream_->set_reading(false);
    check_water();
  }
  void check_water() {
    water_->expires_after(kWaterCheck, [this] {
      const auto self = shared_from_this();
      const auto client = peer();
      if (!client) return;
      if (front_->paused_) return check_water();
      if (client_held_ && early_.size() + (upstream_ ? upstream_->queued_bytes() : 0) < kLowWater) {
        client_held_ = false;
        client->set_reading(true);
      }
      if (upstream_held_ && upstream_ && client->queued_bytes() < kLowWater) {
        upstream_held_ = false;
        upstream_->set_reading(true);
      }
      if (front_ != nullptr && (client_held_ || upstream_held_)) check_water();
    });
  }

  ProxyFront* front_;
  std::uint64_t client_;
  const std::string to_;
  std::unique_ptr<Timer> water_;
  std::shared_ptr<Connection> upstream_;
  std::string early_;  ///< what came before the connection was there
  FrameDecoder decoder_;
  RemotingCommand command_;
  bool client_held_ = false;
  bool upstream_held_ = false;
};

ProxyFront::ProxyFront(Runtime& runtime, Transport& transport, ServerCore& core, std::string upstream,
                       std::string listen, FaultPlan* plan, ProxyObserver& observer, ServerObserver* journal,
                       Rewrite rewrite, bool vip)
    : runtime_(runtime),
      transport_(transport),
      core_(core),
      upstream_(std::move(upstream)),
      plan_(plan),
      observer_(observer),
      journal_(journal),
      rewrite_(std::move(rewrite)),
      nameserver_(static_cast<bool>(rewrite_)),
      faulty_links_(runtime, transport, plan, core.name(),
                    [this](std::string_view rule, std::string_view peer) {
                      observer_.on_connection(core_.name(), peer, "under rule " + std::string(rule));
                      if (journal_ != nullptr) {
                        journal_->on_connection_rule(core_.name(), rule, peer, runtime_.now());
                      }
                    }),
      // The server behind decides when a connection is idle.
      server_(runtime, faulty_links_, *this,
              {.listen = std::move(listen), .second_port = vip ? kVipDistance : 0, .idle = std::chrono::hours(24)}),
      performer_(runtime, server_, runtime.random("garbage/" + core.name()), *this),
      listening_(runtime, server_, plan_, core.name(), [](std::string_view) {}) {
  if (plan != nullptr && nameserver_) plan->add_nameserver(core.name());
}

ProxyFront::~ProxyFront() {
  for (const auto& [id, link] : links_) link->leave();
}

void ProxyFront::start() {
  server_.listen();
  running_ = true;
  listening_.update();
}

void ProxyFront::crash() {
  running_ = false;
  listening_.cancel();
  performer_.forget();
  server_.stop_listening();
  server_.reset_all();
  if (paused_) resume();
}

void ProxyFront::pause() {
  paused_ = true;
  performer_.pause();
  server_.set_reading(false);
  for (const auto& [id, link] : links_) link->pause();
}

void ProxyFront::resume() {
  paused_ = false;
  performer_.resume();
  server_.set_reading(true);
  for (const auto& [id, link] : links_) link->resume();
}

void ProxyFront::stop() {
  running_ = false;
  listening_.cancel();
  performer_.forget();
  server_.stop_listening();
  server_.close_all();
  while (!pending_.empty()) finish(pending_.begin()->first, "LOST", nullptr);
}

void ProxyFront::begin_faults(TimePoint first_step) {
  listening_.begin(first_step);
  faulty_links_.begin(first_step);
  listening_.update();
}

void ProxyFront::on_connection(ServerConnection& connection) {
  observer_.on_connection(core_.name(), connection.remote_address(), "opened");
  if (journal_ != nullptr) journal_->on_connection(core_.name(), connection.remote_address(), true, runtime_.now());
  std::optional<FaultDecision> decision;
  if (has_rules()) decision = plan_->match_connect(core_.name(), listening_.since_first_step());
  if (decision) {
    const FaultAction& action = decision->what->action;
    if (const ConnectionStep connect = action.connect()) return connect(connection);
    if (const ConnectionStep end = action.end()) {
      performer_.end_connection(connection.id(), end, decision->delay);
      if (!connection.is_open()) return;
    }
  }
  const auto link =
      std::make_shared<Link>(*this, connection.id(), connection.at_second_port() ? vip_address(upstream_) : upstream_);
  links_.emplace(connection.id(), link);
  link->connect();
}

void ProxyFront::on_disconnect(ServerConnection& connection, error_code reason) {
  const bool closed = !reason || reason == TransportError::connection_closed;
  observer_.on_connection(core_.name(), connection.remote_address(), closed ? "closed" : "lost: " + reason.message());
  if (journal_ != nullptr) journal_->on_connection(core_.name(), connection.remote_address(), false, runtime_.now());
  const auto found = links_.find(connection.id());
  if (found == links_.end()) return;
  const auto link = found->second;
  links_.erase(found);
  link->leave();
  lose(*link);
}

/// Everything that is under way on the connection.
void ProxyFront::lose(Link& link) {
  const auto waiting = std::exchange(link.waiting, {});
  for (const auto& [opaque, number] : waiting) finish(number, "LOST", nullptr);
  const auto asked = std::exchange(link.asked, {});
  for (const auto& [opaque, number] : asked) finish(number, "LOST", nullptr);
  for (auto it = gated_.begin(); it != gated_.end();) {
    if (it->second.connection != link.client()) {
      ++it;
      continue;
    }
    const std::uint64_t number = it->first;
    it = gated_.erase(it);
    if (gate_ != nullptr) gate_->forgotten(core_.name(), number);
    finish(number, "LOST", nullptr);
  }
}

void ProxyFront::on_request(ServerConnection& connection, RemotingCommand& request) {
  const auto found = links_.find(connection.id());
  if (found == links_.end()) return;
  const auto link = found->second;
  if (link->waiting.size() >= kMaxPending) return connection.reset();
  RequestFacts facts = core_.facts(request);
  facts.oneway = request.is_oneway();
  const Duration since = listening_.since_first_step();
  std::optional<FaultDecision> decision;
  if (has_rules()) decision = plan_->match(core_.name(), facts, since);
  Pending& pending = enter(connection.id(), request, facts, connection.remote_address());
  const std::uint64_t number = requests_;
  if (decision) {
    pending.rule = decision->what->id;
    pending.action = decision->what->action;
  }
  tell_journal(number, pending);
  if (gate_ != nullptr && gate_->holds(core_.name(), number, facts, since)) {
    gated_[number] = {connection.id(), std::string(connection.frame()), std::move(decision)};
    return;
  }
  go_on(*link, number, connection.frame(), decision);
}

void ProxyFront::release(std::uint64_t number) {
  const auto found = gated_.find(number);
  if (found == gated_.end()) return;
  const Gated gated = std::move(found->second);
  gated_.erase(found);
  const auto link = links_.find(gated.connection);
  if (link == links_.end()) return;
  const std::shared_ptr<Link> kept = link->second;
  go_on(*kept, number, gated.frame, gated.decision);
}

void ProxyFront::go_on(Link& link, std::uint64_t number, std::string_view frame,
                       const std::optional<FaultDecision>& decision) {
  if (decision) return serve_faulty(link, number, frame, *decision);
  pass_on(link, number, frame);
  const RemotingCommand& request = pending_.at(number).request;
  if (request.is_oneway()) return finish(number, "ONEWAY", nullptr);
  link.waiting.emplace(request.opaque, number);
}

void ProxyFront::pass_on(Link& link, std::uint64_t number, std::string_view frame) {
  pending_.at(number).passed_on = true;
  link.write(frame);
}

void ProxyFront::tell_journal(std::uint64_t number, const Pending& pending) {
  if (journal_ == nullptr) return;
  RequestSeen seen;
  seen.at = pending.at;
  seen.number = number;
  seen.code = pending.request.code;
  seen.topic = pending.topic;
  seen.queue_id = pending.queue_id;
  seen.producer_group = pending.group;
  seen.uniq_key = pending.uniq_key;
  seen.peer = pending.peer;
  seen.connection = pending.connection;
  seen.oneway = pending.request.is_oneway();
  seen.rule = pending.rule;
  journal_->on_request(core_.name(), seen);
}

/// Of a request that is on its way only the header is kept.
ProxyFront::Pending& ProxyFront::enter(std::uint64_t connection, RemotingCommand& request, const RequestFacts& facts,
                                       std::string_view peer) {
  Pending& pending = pending_[++requests_];
  pending.connection = connection;
  pending.opaque = request.opaque;
  pending.topic = facts.topic;
  pending.group = facts.producer_group;
  pending.queue_id = facts.queue_id;
  pending.uniq_key = core_.uniq_key(request, facts);
  pending.peer = peer;
  pending.at = runtime_.now();
  pending.body_bytes = request.body.size();
  if (request.body.size() <= kKeptBody && is_send_request(request.code)) pending.body = request.body;
  std::vector<BatchEntry> entries;
  if (is_batch(request) && !decode_batch_body(request.body, entries)) {
    pending.messages = std::max<std::size_t>(1, entries.size());
  }
  std::string body;
  body.swap(request.body);
  pending.request = request;
  body.swap(request.body);
  return pending;
}

void ProxyFront::serve_faulty(Link& link, std::uint64_t number, std::string_view frame, const FaultDecision& decision) {
  const FaultAction& action = decision.what->action;
  Pending& pending = pending_.at(number);
  const RemotingCommand& request = pending.request;
  if (action.processes_request()) {
    pass_on(link, number, frame);
    if (!request.is_oneway()) {
      pending.delay = decision.delay;
      link.waiting.emplace(request.opaque, number);
      return;
    }
  }
  Outgoing outgoing;
  outgoing.number = number;
  outgoing.request_code = request.code;
  outgoing.connection = link.client();
  outgoing.oneway = request.is_oneway();
  outgoing.action = action;
  if (!request.is_oneway()) outgoing.has_response = action.respond(core_, request, outgoing.response);
  performer_.perform(std::move(outgoing), decision.delay);
}

void ProxyFront::upstream_answered(Link& link, RemotingCommand& response, std::string_view frame) {
  const auto client = server_.find(link.client());
  if (!client) return;
  const auto found = link.waiting.find(response.opaque);  // the oldest of equal ones
  if (found == link.waiting.end()) return client->write_bytes(frame);
  const std::uint64_t number = found->second;
  link.waiting.erase(found);
  Pending& pending = pending_.at(number);
  pending.done = is_send_request(pending.request.code) ? says_stored(response.code)
                                                       : response.code == ResponseCode::SUCCESS;
  const bool changed = rewrite_ && rewrite_(pending.request, response);
  if (!pending.action) {
    if (changed) {
      client->write(response);
    } else {
      client->write_bytes(frame);
    }
    return finish(number, response_code_name(response.code), &response, true);
  }
  Outgoing outgoing;
  outgoing.number = number;
  outgoing.request_code = pending.request.code;
  outgoing.connection = link.client();
  outgoing.has_response = true;
  outgoing.action = *pending.action;
  outgoing.action.reshape(core_, response);
  outgoing.response = response;
  performer_.perform(std::move(outgoing), pending.delay);
}

/// What the server asks of the client by itself: a check, a reply that it passes on.
void ProxyFront::upstream_asked(Link& link, RemotingCommand& request, std::string_view frame) {
  const auto client = server_.find(link.client());
  if (!client) return;
  const RequestFacts facts = core_.facts(request);
  std::optional<FaultDecision> decision;
  if (has_rules()) decision = plan_->match(core_.name(), facts, listening_.since_first_step());
  Pending& pending = enter(link.client(), request, facts, client->remote_address());
  const std::uint64_t number = requests_;
  pending.from_server = true;
  if (decision) {
    pending.rule = decision->what->id;
    pending.action = decision->what->action;
  }
  tell_journal(number, pending);
  if (decision) {
    Outgoing outgoing;
    outgoing.number = number;
    outgoing.request_code = request.code;
    outgoing.connection = link.client();
    outgoing.has_response = true;  // what leaves is the request itself
    outgoing.response = request;
    outgoing.action = decision->what->action;
    return performer_.perform(std::move(outgoing), decision->delay);
  }
  client->write_bytes(frame);
  if (request.is_oneway()) return finish(number, "ONEWAY", nullptr);
  link.asked[request.opaque] = number;
}

void ProxyFront::on_unasked_response(ServerConnection& connection, RemotingCommand& response) {
  const auto found = links_.find(connection.id());
  if (found == links_.end()) return;
  const auto link = found->second;
  link->write(connection.frame());
  const auto asked = link->asked.find(response.opaque);
  if (asked == link->asked.end()) return;
  const std::uint64_t number = asked->second;
  link->asked.erase(asked);
  finish(number, response_code_name(response.code), &response, true);
}

/// As the server does, so does the proxy: its end ends the client's connection.
void ProxyFront::upstream_ended(std::uint64_t connection, std::string_view why) {
  const auto client = server_.find(connection);
  if (!client) return;
  observer_.on_connection(core_.name(), client->remote_address(), "server: " + std::string(why));
  const auto link = links_.find(connection);
  if (link != links_.end()) {
    const auto waiting = std::exchange(link->second->waiting, {});
    for (const auto& [opaque, number] : waiting) finish(number, "CLOSED", nullptr);
  }
  client->close();
}

void ProxyFront::on_outgoing(const Outgoing& outgoing, std::string_view outcome, bool response_left) {
  const auto found = pending_.find(outgoing.number);
  if (found == pending_.end()) return;
  const bool asked = found->second.from_server;
  if (asked && response_left && !found->second.request.is_oneway()) {
    const auto link = links_.find(outgoing.connection);
    if (link != links_.end()) {
      link->second->asked[found->second.opaque] = outgoing.number;
      return;
    }
  }
  const std::string name = !outcome.empty() ? std::string(outcome)
                           : asked          ? std::string("ONEWAY")
                                            : response_code_name(outgoing.response.code);
  finish(outgoing.number, name, outgoing.has_response && !asked ? &outgoing.response : nullptr, response_left);
}

/// `heard`: the response left whole.
void ProxyFront::finish(std::uint64_t number, std::string_view outcome, const RemotingCommand* response, bool heard) {
  const auto found = pending_.find(number);
  if (found == pending_.end()) return;
  const Pending pending = std::move(found->second);
  pending_.erase(found);
  Exchange exchange;
  exchange.server = core_.name();
  exchange.number = number;
  exchange.request = &pending.request;
  exchange.body_bytes = pending.body_bytes;
  exchange.body = pending.body;
  exchange.messages = pending.messages;
  exchange.topic = pending.topic;
  exchange.queue_id = pending.queue_id;
  exchange.group = pending.group;
  exchange.uniq_key = pending.uniq_key;
  exchange.peer = pending.peer;
  exchange.rule = pending.rule;
  exchange.action = pending.action ? &*pending.action : nullptr;
  exchange.outcome = outcome;
  exchange.response = response;
  exchange.passed_on = pending.passed_on;
  exchange.nameserver = nameserver_;
  exchange.done = pending.done;
  exchange.heard = heard && response != nullptr;
  exchange.from_server = pending.from_server;
  exchange.at = pending.at;
  exchange.took = runtime_.now() - pending.at;
  observer_.on_exchange(exchange);
  if (journal_ == nullptr) return;
  AnswerSeen answer;
  answer.at = runtime_.now();
  answer.number = number;
  answer.code = pending.request.code;
  answer.outcome = outcome;
  // What the cluster stored beyond what it says nobody can know.
  if (is_send_request(answer.code)) {
    answer.stored = pending.done ? static_cast<std::uint32_t>(pending.messages) : 0;
    answer.acknowledged = exchange.heard && says_stored(response->code);
  }
  journal_->on_answer(core_.name(), answer);
}

}  // namespace rmqsim
