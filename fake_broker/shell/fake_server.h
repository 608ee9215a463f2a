// The shell of a fake server: a RemotingServer in front of a ServerCore, with the fault rules of a FaultPlan in between
// and an observer beside. The world calls it with connections and bytes; the scenario engine (or a program's main)
// starts, crashes, pauses and restarts it. It has no opinion on the protocol: what an answer says is the core's affair,
// which rule acts is the plan's. All calls come under the monitor of the Runtime.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "fake_broker/rules/fault_performer.h"
#include "fake_broker/rules/fault_plan.h"
#include "fake_broker/shell/faulty_links.h"
#include "fake_broker/shell/listening.h"
#include "fake_broker/shell/server_core.h"
#include "producer/remoting/remoting_server.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

class FakeServer final : private RequestHandler, private OutgoingListener {
 public:
  /// `plan` and `observer` may be null; everything referred to must outlive the server.
  FakeServer(Runtime& runtime, Transport& transport, ServerCore& core, RemotingServerOptions options, FaultPlan* plan,
             ServerObserver* observer = nullptr);
  ~FakeServer() override;

  /// Binds and listens; throws boost::system::system_error (address_in_use, bad_address, other).
  void start();
  /// Orderly end: stops listening and closes all connections; answers still held by a rule are forgotten.
  void stop();
  /// As kill -9: stops listening, resets all connections, forgets held answers and what the core has in memory only.
  void crash();
  /// Listens again on the same port after stop() or crash(). May throw as start() does.
  void restart() { start(); }
  /// As SIGSTOP: connections are accepted and their bytes wait in the network; nothing leaves.
  void pause();
  void resume();
  bool running() const { return running_; }
  bool paused() const { return paused_; }

  /// For a world that can refuse a connection before it is accepted (SimNetwork::set_connect_rule): asks the plan about
  /// an attempt that arrives now. True: refuse it. False: let it come; whatever else its rule does happens then. A
  /// world that never asks gets the same decisions at acceptance, where a refusal is a connection that is reset at
  /// once.
  bool refuses_connection() { return listening_.refuses_attempt(); }
  /// The instant that `fromMs` and `toMs` count from. Until told, no rule with `fromMs` acts.
  void begin_faults(TimePoint first_step);
  void set_observer(ServerObserver* observer) { observer_ = observer; }
  /// May be null; must outlive the server.
  void set_gate(RequestGate* gate) { gate_ = gate; }
  /// Lets a request go on that the gate held; false when there is none of that number.
  bool release(std::uint64_t number);
  /// The plan has other rules now.
  void rules_changed() {
    links_.update();
    if (running_) listening_.update();
  }

  /// Sends a request of the server's own. Rules see it as they see requests: `drop` loses it, `delayMs` and `late` hold
  /// it, `close` and `reset` end the connection instead; what concerns answers does nothing here. The observer is told
  /// of it. `done` (for a request with a timeout) learns whether the client answered 0 in time.
  using PushHandler = Function<void(bool answered)>;
  void push(ServerRequest request, PushHandler done = nullptr);
  /// Sends what lies in the core's Outbox; for whoever made the core do something without a request.
  void deliver();
  /// Requests whose answer waits for something to happen (long polling).
  std::size_t held() const { return held_.size(); }

  const std::string& address() const { return server_.address(); }
  RemotingServer& remoting() { return server_; }
  /// Requests that arrived in well-formed frames, one-way ones included; not those sent into a black hole.
  std::uint64_t received() const { return received_; }
  std::uint64_t received(std::int32_t code) const;
  /// Requests that stored something, a batch counting once.
  std::uint64_t stored_requests() const { return stored_requests_; }

 private:
  void on_connection(ServerConnection& connection) override;
  void on_request(ServerConnection& connection, RemotingCommand& request) override;
  void on_disconnect(ServerConnection& connection, error_code reason) override;
  void on_outgoing(const Outgoing& outgoing, std::string_view outcome, bool response_left) override;

  struct Gated {
    std::uint64_t connection = 0;  ///< which may have ended since
    std::string address;
    bool at_second_port = false;
    RemotingCommand request;
    std::optional<FaultDecision> decision;
  };

  bool has_rules() const { return plan_ != nullptr && !plan_->empty(); }
  /// `connection` is null when it has ended: the request is processed all the same, and its answer lost.
  void go_on(ServerConnection* connection, const Peer& peer, const RemotingCommand& request, TimePoint now,
             const std::optional<FaultDecision>& decision);
  void forget_gated();
  /// What the core keeps for a connection, and answers that wait for it.
  void forget(std::uint64_t connection);
  void serve(ServerConnection* connection, const Peer& peer, const RemotingCommand& request, TimePoint now);
  void serve_faulty(const Peer& peer, const RemotingCommand& request, TimePoint now, const FaultDecision& decision);
  void observe_request(ServerConnection& connection, const RemotingCommand& request, const RequestFacts& facts,
                       TimePoint now, std::string_view rule);
  void observe_connection_rule(std::string_view rule, std::string_view peer);
  bool acknowledge(std::int32_t request_code, const RemotingCommand& response, StoredRange stored);
  void told_of_store(TimePoint now);
  struct Held {
    Outgoing outgoing;
    Duration delay;
  };
  void push_requests();
  void answer_woken();
  /// Ends or holds anew an answer whose request has just been processed; reply_ has what came of it.
  void take_reply(Outgoing outgoing, Duration delay);
  Outgoing outgoing_of(const Peer& peer, const RemotingCommand& request) const;
  void answer_after_push(Outgoing outgoing, Duration delay);
  void push_now(ServerRequest request, PushHandler done);

  Runtime& runtime_;
  ServerCore& core_;
  FaultPlan* plan_;
  ServerObserver* observer_;
  RequestGate* gate_ = nullptr;
  FaultyLinks links_;
  RemotingServer server_;
  FaultPerformer performer_;
  Listening listening_;
  Reply reply_;
  std::map<std::uint64_t, Held> held_;  ///< by number of the core
  std::map<std::int32_t, std::uint64_t> received_by_code_;
  std::uint64_t received_ = 0;
  std::uint64_t serving_ = 0;             ///< number of the request that is being dealt with
  std::map<std::uint64_t, Gated> gated_;  ///< by number; the gate sees to it that they are not too many
  std::vector<std::uint64_t> released_;   ///< of them, let go during a pause, whose end they wait for
  std::uint64_t stored_requests_ = 0;
  bool running_ = false;
  bool paused_ = false;
  bool busy_ = false;  ///< reply_ is in use
  std::shared_ptr<char> alive_ = std::make_shared<char>();  ///< last, so that what a client answers too late finds out
};

}  // namespace rmqsim
