// Performs what a FaultDecision says, on one connection: holds answers back, lets the rows of fault_actions.cc end
// connections and shape answers, and sends what they made. Driven by FakeServer; the decision itself is FaultPlan's.
// Everything is done with the world's timers, so it works over TCP and in the simulation alike. Answers still held when
// the server crashes are forgotten.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "fake_broker/rules/leaving_answer.h"
#include "fake_broker/shell/server_core.h"
#include "producer/remoting/remoting_server.h"
#include "producer/transport/runtime.h"

namespace rmqsim {

/// An answer on its way out.
struct Outgoing {
  std::uint64_t number = 0;  ///< of the request
  std::int32_t request_code = 0;
  std::uint64_t connection = 0;
  bool has_response = false;  ///< false: there is nothing to answer (one-way, or never answered)
  bool oneway = false;
  RemotingCommand response;
  StoredRange stored;
  FaultAction action;  ///< empty for an answer that is only held
};

/// Told when an Outgoing has ended, with its AnswerSeen::outcome.
class OutgoingListener {
 public:
  virtual ~OutgoingListener() = default;
  virtual void on_outgoing(const Outgoing& outgoing, std::string_view outcome, bool response_left) = 0;
};

class FaultPerformer {
 public:
  /// Time between the pieces of a `chunk` rule.
  static constexpr Duration kPieceInterval = std::chrono::milliseconds(1);

  /// `random` is for actions that make bytes up.
  FaultPerformer(Runtime& runtime, RemotingServer& server, Random& random, OutgoingListener& listener);

  /// Performs `outgoing` after `delay`; at once, inside this call, when the delay is zero.
  void perform(Outgoing outgoing, Duration delay);
  /// Does `end` to a connection after `delay`, for rules that act on no request of it.
  void end_connection(std::uint64_t connection, ConnectionStep end, Duration delay);

  /// While paused nothing leaves; what came due meanwhile leaves at resume, in order.
  void pause() { paused_ = true; }
  void resume();
  /// Forgets everything that is held; the listener is not told.
  void forget();
  std::size_t held() const { return jobs_.size(); }

 private:
  struct Job {
    std::unique_ptr<Timer> timer;
    Outgoing outgoing;
    ConnectionStep end = nullptr;  ///< of a connection; then there is no answer
    std::optional<LeavingAnswer> dribbled;
    std::size_t sent = 0;  ///< bytes of it that have left
  };

  void start(std::uint64_t id, Duration delay);
  void due(std::uint64_t id);
  void run(std::uint64_t id);
  void finish(Outgoing outgoing);
  /// Sends the answer in the form that the rule asks for.
  void send(Outgoing outgoing, ServerConnection& connection);
  /// Sends the next piece of an answer in pieces; its first one when those before it on the connection are whole.
  void dribble(std::uint64_t id);
  void dribble_next(std::uint64_t connection);
  void conclude(const Outgoing& outgoing, const LeavingAnswer& answer, ServerConnection& connection);
  void end_now(std::uint64_t connection, ConnectionStep end);

  Runtime& runtime_;
  RemotingServer& server_;
  Random& random_;
  OutgoingListener& listener_;
  std::map<std::uint64_t, Job> jobs_;
  std::map<std::uint64_t, std::deque<std::uint64_t>> behind_;  ///< by connection: jobs that wait for another's pieces
  std::vector<std::uint64_t> overdue_;
  std::uint64_t last_job_ = 0;
  bool paused_ = false;
};

}  // namespace rmqsim
