// One port of the proxy, in front of one server of a real cluster: a connection of a client is paired with one of its
// own to that server, frames pass unchanged in both directions, and fault rules act on them as they do in the fakes.
// Requests of the server pass to the client, and its answers back. All calls come under the monitor of the Runtime.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fake_broker/rules/fault_performer.h"
#include "fake_broker/rules/fault_plan.h"
#include "fake_broker/shell/faulty_links.h"
#include "fake_broker/shell/listening.h"
#include "fake_broker/shell/server_core.h"
#include "producer/remoting/remoting_server.h"
#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"
#include "scenarios/harness/http_control/controlled_server.h"

namespace rmqsim {

/// Bodies up to so many bytes are kept until the answer came.
inline constexpr std::size_t kKeptBody = 4096;

/// A request that passed, and what became of it. Views live only during the call.
struct Exchange {
  std::string_view server;  ///< as rules name it
  std::uint64_t number = 0;  ///< of the request at this server, from 1
  const RemotingCommand* request = nullptr;  ///< without its body
  std::size_t body_bytes = 0;
  std::string_view body;     ///< of a message of at most kKeptBody bytes; else empty
  std::size_t messages = 1;  ///< of a batch
  std::string_view topic;
  std::optional<std::int32_t> queue_id;
  std::string_view group;
  std::string_view uniq_key;
  std::string_view peer;
  std::string_view rule;     ///< that acted, or empty
  const FaultAction* action = nullptr;  ///< what it did
  std::string_view outcome;  ///< as AnswerSeen::outcome; CLOSED also when the server itself ended the connection
  const RemotingCommand* response = nullptr;  ///< of the server or made up; null when none came
  bool done = false;         ///< the server's own answer, whatever a rule made of it, says that the request was done
  bool heard = false;        ///< the response left whole
  bool passed_on = false;    ///< to the server
  bool nameserver = false;   ///< which is one
  bool from_server = false;  ///< a request of the server to the client
  TimePoint at;              ///< when the request came
  Duration took{0};          ///< until the client was answered, or it was clear that it would not be
};

class ProxyObserver {
 public:
  virtual ~ProxyObserver() = default;
  virtual void on_exchange(const Exchange& exchange) = 0;
  virtual void on_connection(std::string_view server, std::string_view peer, std::string_view what) = 0;
};

class ProxyFront final : public ControlledServer, private RequestHandler, private OutgoingListener {
 public:
  /// What may be changed in an answer on its way to the client. True: `response` was changed.
  using Rewrite = Function<bool(const RemotingCommand& request, RemotingCommand& response)>;

  /// `core` says how rules see a request and makes answers up; it processes nothing. `plan` and `journal` may be null;
  /// the journal is told what a fake tells it. Only a nameserver's front has a `rewrite`, and only a broker's may have
  /// a `vip` port: two below its own, and what comes there goes to the port two below `upstream` (wire §6.4).
  /// Everything referred to must outlive the front.
  ProxyFront(Runtime& runtime, Transport& transport, ServerCore& core, std::string upstream, std::string listen,
             FaultPlan* plan, ProxyObserver& observer, ServerObserver* journal, Rewrite rewrite, bool vip = false);
  ~ProxyFront() override;

  /// Throws boost::system::system_error (address_in_use, bad_address, other).
  void start();
  void begin_faults(TimePoint first_step);
  /// Stops listening and closes all connections; what was under way is told as LOST.
  void stop();
  const std::string& name() const override { return core_.name(); }
  const std::string& address() const override { return server_.address(); }
  std::string upstream() const override { return upstream_; }
  bool nameserver() const override { return nameserver_; }
  bool running() const override { return running_; }
  bool paused() const override { return paused_; }
  std::uint64_t received() const override { return requests_; }
  /// To clients it is as if the server behind had died; that one only sees connections end.
  void crash() override;
  void restart() override { start(); }
  void pause() override;
  void resume() override;
  void set_gate(RequestGate* gate) override { gate_ = gate; }
  void release(std::uint64_t number) override;
  void rules_changed() override {
    faulty_links_.update();
    if (running_) listening_.update();
  }

 private:
  class Link;
  struct Pending;
  /// What a gate holds.
  struct Gated {
    std::uint64_t connection = 0;
    std::string frame;
    std::optional<FaultDecision> decision;
  };

  bool has_rules() const { return plan_ != nullptr && !plan_->empty(); }
  void on_connection(ServerConnection& connection) override;
  void on_request(ServerConnection& connection, RemotingCommand& request) override;
  void on_unasked_response(ServerConnection& connection, RemotingCommand& response) override;
  void on_disconnect(ServerConnection& connection, error_code reason) override;
  void on_outgoing(const Outgoing& outgoing, std::string_view outcome, bool response_left) override;

  Pending& enter(std::uint64_t connection, RemotingCommand& request, const RequestFacts& facts, std::string_view peer);
  void tell_journal(std::uint64_t number, const Pending& pending);
  void go_on(Link& link, std::uint64_t number, std::string_view frame, const std::optional<FaultDecision>& decision);
  void pass_on(Link& link, std::uint64_t number, std::string_view frame);
  void serve_faulty(Link& link, std::uint64_t number, std::string_view frame, const FaultDecision& decision);
  void lose(Link& link);
  void upstream_answered(Link& link, RemotingCommand& response, std::string_view frame);
  void upstream_asked(Link& link, RemotingCommand& request, std::string_view frame);
  void upstream_ended(std::uint64_t connection, std::string_view why);
  void finish(std::uint64_t number, std::string_view outcome, const RemotingCommand* response, bool heard = false);

  Runtime& runtime_;
  Transport& transport_;
  ServerCore& core_;
  std::string upstream_;
  FaultPlan* plan_;
  ProxyObserver& observer_;
  ServerObserver* journal_;
  Rewrite rewrite_;
  bool nameserver_;
  RequestGate* gate_ = nullptr;
  FaultyLinks faulty_links_;
  RemotingServer server_;
  FaultPerformer performer_;
  Listening listening_;
  std::map<std::uint64_t, std::shared_ptr<Link>> links_;  ///< by client connection
  std::map<std::uint64_t, Pending> pending_;              ///< by number of the request
  std::map<std::uint64_t, Gated> gated_;                  ///< by number of the request
  std::uint64_t requests_ = 0;
  bool running_ = false;
  bool paused_ = false;
};

}  // namespace rmqsim
