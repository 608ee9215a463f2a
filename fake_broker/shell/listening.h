// Whether a server takes connections, as the rules of its plan say: over TCP a port that refuses is one that nobody
// listens on; in a world that asks before it accepts, an attempt can be refused by itself. All under the monitor.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fake_broker/rules/fault_plan.h"
#include "producer/remoting/remoting_server.h"

namespace rmqsim {

class Listening {
 public:
  /// Told of a rule that closes the port from now on, or refuses an attempt.
  using Refusing = Function<void(std::string_view rule)>;
  /// `plan` may be null: then no rule says anything.
  Listening(Runtime& runtime, RemotingServer& server, FaultPlan* plan, std::string name, Refusing refusing = nullptr);

  /// The instant that the windows of rules count from.
  void begin(TimePoint first_step) { first_step_ = first_step; }
  /// FaultPlan::kBeforeFirstStep until told.
  Duration since_first_step() const { return since_first_step(runtime_.now()); }
  Duration since_first_step(TimePoint now) const {
    return first_step_ ? now - *first_step_ : FaultPlan::kBeforeFirstStep;
  }
  /// Does what the rules say now, and does so again when their windows begin and end. A port that somebody else has
  /// taken meanwhile is asked for until it is free.
  void update();
  /// Nothing more until the next update().
  void cancel() { timer_->cancel(); }

  /// Decides about an attempt that arrives now, before it is accepted. True: it is refused.
  bool refuses_attempt();
  /// What the rules say of a connection that was accepted: what refuses_attempt() decided, in the order of attempts;
  /// if nobody asked, what they say now.
  std::optional<FaultDecision> on_accepted();
  /// Attempts that were let come will not be accepted any more.
  void forget_attempts() { let_come_.clear(); }

 private:
  Runtime& runtime_;
  RemotingServer& server_;
  FaultPlan* plan_;
  std::string name_;
  Refusing refusing_;
  std::unique_ptr<Timer> timer_;
  std::optional<TimePoint> first_step_;
  std::deque<std::optional<FaultDecision>> let_come_;
};

}  // namespace rmqsim
