// What a fake server's shell (FakeServer) needs to know about the server's logic, and what it tells an observer. Both
// fakes implement ServerCore as a pure class: a request and the time go in, an answer comes out. The observer is how a
// scenario learns what a server saw and did, in the world's time.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/rules/fault_plan.h"
#include "fake_broker/shell/server_profile.h"
#include "producer/remoting/codec/remoting_command.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// An empty answer to `request` as that release begins it: opaque, flag, language, version, serialisation.
void begin_response(const ServerProfile& profile, const RemotingCommand& request, RemotingCommand& response);

/// Who sent a request.
struct Peer {
  std::uint64_t connection = 0;
  std::string_view address;  ///< "ip:port"
  bool vip = false;          ///< came to the port two below the main one (wire §6.4)
};

/// Records that a request added to the store: consecutive numbers of the MessageStore.
struct StoredRange {
  std::uint64_t first = 0;
  std::uint32_t count = 0;
};

/// A request of the server's own to one of its clients.
struct ServerRequest {
  std::uint64_t connection = 0;
  RemotingCommand command;
  Duration timeout{0};  ///< for the client's answer; zero: one-way
  /// What the request that caused it is answered when the client does not answer 0 in time.
  std::int32_t failure_code = 0;
  std::string failure_remark;
};

/// What processing a request brought about. Reused from request to request.
struct Reply {
  bool has_response = false;
  RemotingCommand response;
  StoredRange stored;
  std::unique_ptr<ServerRequest> push;  ///< goes out first; the answer waits until the client has taken it
  /// Not 0: the answer comes later. The shell keeps what it knows of the request under this number until the core
  /// names it in its Outbox, and then lets it be answered by ServerCore::resume().
  std::uint64_t held = 0;
  Duration delay{0};  ///< the answer leaves so much later

  void clear() {
    has_response = false;
    stored = {};
    push.reset();
    held = 0;
    delay = Duration::zero();
  }
};

/// What a core wants to be sent besides the answer to the request at hand. The shell empties it after every call.
struct Outbox {
  std::vector<ServerRequest> requests;  ///< leave before the answer
  std::vector<std::uint64_t> woken;     ///< numbers of held answers, which leave after it

  bool empty() const { return requests.empty() && woken.empty(); }
};

class ServerCore {
 public:
  virtual ~ServerCore() = default;
  /// As rules and scenarios call it, e.g. "broker-a".
  virtual const std::string& name() const = 0;
  virtual const ServerProfile& profile() const = 0;
  virtual bool is_nameserver() const { return false; }
  virtual RequestFacts facts(const RemotingCommand& request) const = 0;
  /// The client's key of the message, or empty; for observers. `facts` are those of the request.
  virtual std::string_view uniq_key(const RemotingCommand&, const RequestFacts& facts) const {
    (void)facts;
    return {};
  }
  /// Of a batch the key of its first message, or empty; for observers.
  virtual std::string_view first_member_key(const RemotingCommand& request) const {
    (void)request;
    return {};
  }
  /// Decides the answer. `reply` comes cleared. A one-way request may leave a response, which is then not sent.
  virtual void process(const RemotingCommand& request, const Peer& peer, TimePoint now, Reply& reply) = 0;
  /// nullptr for a core that never has anything to send by itself.
  virtual Outbox* outbox() { return nullptr; }
  /// Answers the request that was held under `number`, or holds it anew. `reply` comes cleared, and stays so when the
  /// core has forgotten that request.
  virtual void resume(std::uint64_t number, TimePoint now, Reply& reply) {
    (void)number;
    (void)now;
    (void)reply;
  }
  /// Makes up an answer with `code` to a request that is not processed (`respond`): the fields that a client needs
  /// with that code are there, their values are invented. `response` was begun with begin_response().
  virtual void compose(const RemotingCommand& request, std::int32_t code, const std::optional<std::string>& remark,
                       RemotingCommand& response) const {
    (void)request;
    response.code = code;
    response.remark = remark;
  }
  /// Turns the answer to a request that was processed into one with another code (`storeThenRespond`).
  virtual void reshape(RemotingCommand& response, std::int32_t code, const std::optional<std::string>& remark) const {
    response.code = code;
    response.remark = remark;
  }
  /// An answer by which the client knows these records to be stored was sent.
  virtual void acknowledge(StoredRange stored) { (void)stored; }
  virtual void connection_closed(std::uint64_t connection, TimePoint now) {
    (void)connection;
    (void)now;
  }
  /// The process died: what was in memory only is gone.
  virtual void crashed() {}
};

/// A request as it arrived, before anything was done about it; or one that the server itself is about to send. Views
/// live only during the call.
struct RequestSeen {
  TimePoint at;
  std::uint64_t number = 0;  ///< of this server, from 1
  std::int32_t code = 0;
  std::int32_t opaque = 0;
  std::string_view topic;
  std::optional<std::int32_t> queue_id;
  std::string_view producer_group;
  std::string_view uniq_key;
  std::string_view first_member_key;  ///< of a batch, whose own key no client tells
  std::string_view peer;
  std::uint64_t connection = 0;
  bool oneway = false;
  std::string_view rule;  ///< id of the fault rule that acts on it, or empty
};

/// What became of a request. `outcome` is the response-code name of an answer that left, or one of unanswered(): of a
/// fault action's (hostile ends), ONEWAY (nothing to answer), NO_ANSWER (the server never answers this) and LOST (the
/// connection ended before the answer left).
struct AnswerSeen {
  TimePoint at;
  std::uint64_t number = 0;  ///< of the request
  std::int32_t code = 0;     ///< of the request
  std::string_view outcome;
  std::uint32_t stored = 0;  ///< messages that the request stored
  bool acknowledged = false;  ///< an answer that says so left whole
};

/// Holds requests back before anything is done about them, until somebody lets them go on (FakeServer::release). What
/// rules say of them was decided when they arrived.
class RequestGate {
 public:
  virtual ~RequestGate() = default;
  /// True: the server keeps the request under this number. `since_first_step` as for FaultPlan::match.
  virtual bool holds(std::string_view server, std::uint64_t number, const RequestFacts& request,
                     Duration since_first_step) = 0;
  /// The server forgot a request that it kept: it stopped or died.
  virtual void forgotten(std::string_view server, std::uint64_t number) = 0;
};

class ServerObserver {
 public:
  virtual ~ServerObserver() = default;
  virtual void on_request(std::string_view server, const RequestSeen& request) {
    (void)server;
    (void)request;
  }
  /// A rule acts on a connection, or closes the port for a while. `peer` is empty before a connection is accepted.
  virtual void on_connection_rule(std::string_view server, std::string_view rule, std::string_view peer, TimePoint at) {
    (void)server;
    (void)rule;
    (void)peer;
    (void)at;
  }
  virtual void on_answer(std::string_view server, const AnswerSeen& answer) {
    (void)server;
    (void)answer;
  }
  /// A request has just been processed, and stored these records.
  virtual void on_stored(std::string_view server, StoredRange stored, TimePoint at) {
    (void)server;
    (void)stored;
    (void)at;
  }
  virtual void on_connection(std::string_view server, std::string_view peer, bool opened, TimePoint at) {
    (void)server;
    (void)peer;
    (void)opened;
    (void)at;
  }
};

}  // namespace rmqsim
