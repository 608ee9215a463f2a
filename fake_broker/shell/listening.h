// Whether a server takes connections, as the rules of its plan say: over TCP a port that refuses is one that nobody
// listens on. All under the monitor.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "fake_broker/rules/fault_plan.h"
#include "producer/remoting/remoting_server.h"

namespace rmqsim {

class Listening {
 public:
  /// Told of a rule that closes the port from now on.
  using Refusing = Function<void(std::string_view rule)>;
  /// `plan` may be null: then no rule says anything.
  Listening(Runtime& runtime, RemotingServer& server, FaultPlan* plan, std::string name, Refusing refusing = nullptr);

  /// The instant that the windows of rules count from.
  void begin(TimePoint first_step) { first_step_ = first_step; }
  /// FaultPlan::kBeforeFirstStep until told.
  Duration since_first_step() const;
  /// Does what the rules say now, and does so again when their windows begin and end. A port that somebody else has
  /// taken meanwhile is asked for until it is free.
  void update();
  /// Nothing more until the next update().
  void cancel() { timer_->cancel(); }

 private:
  Runtime& runtime_;
  RemotingServer& server_;
  FaultPlan* plan_;
  std::string name_;
  Refusing refusing_;
  std::unique_ptr<Timer> timer_;
  std::optional<TimePoint> first_step_;
};

}  // namespace rmqsim
