// The steps `recall`: timer messages taken back by the handles of earlier sends. All under the monitor.
#pragma once

#include <cstdint>
#include <string>

#include "scenarios/harness/engine/steps/step_context.h"

namespace rmqsim {

class RecallSteps {
 public:
  explicit RecallSteps(const StepContext& context) : context_(context) {}
  /// Performs the step; its context's pacer is told when it is finished.
  void begin(const RecallStep& step, std::size_t index);

 private:
  void recall_one(const RecallStep& step, const TurnPtr& turn);
  /// Of the message that the send with this number sent.
  std::string topic_of(std::uint64_t number) const;

  StepContext context_;
};

}  // namespace rmqsim
