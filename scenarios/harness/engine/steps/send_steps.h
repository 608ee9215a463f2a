// The steps `send`: the sync, async and oneway calls of an application. All under the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <variant>

#include "scenarios/harness/engine/steps/step_context.h"

namespace rmqsim {

class SendSteps {
 public:
  explicit SendSteps(const StepContext& context) : context_(context) {}
  /// Performs the step; its context's pacer is told when it is finished.
  void begin(const SendStep& step, std::size_t index);

 private:
  SendCall make_call(const SendStep& step, const ProducerSettings& settings, std::uint64_t i);
  void send_one(const SendStep& step, const TurnPtr& turn);
  /// The error of a batch that cannot be one.
  std::variant<Message, MQError> message_of(const SendStep& step, std::uint64_t i);
  void issue(const SendStep& step, const TurnPtr& turn, std::unique_ptr<Message> message, SendCall&& call);
  /// The queue is chosen first, and the send then goes to it.
  void select_and_issue(const SendStep& step, const TurnPtr& turn, std::unique_ptr<Message> message, SendCall&& call);
  void failed(const SendStep& step, const StepPacer::Turn& turn, MQError error);
  void completed(const SendStep& step, const StepPacer::Turn& turn, SendOutcome& outcome);

  StepContext context_;
};

}  // namespace rmqsim
