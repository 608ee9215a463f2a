// The steps `request`: an application that asks and waits for a reply, or takes it by callback. All under the monitor.
#pragma once

#include <cstdint>

#include "scenarios/harness/engine/steps/step_context.h"

namespace rmqsim {

class RequestSteps {
 public:
  explicit RequestSteps(const StepContext& context) : context_(context) {}
  /// Performs the step; its context's pacer is told when it is finished.
  void begin(const RequestStep& step, std::size_t index);

 private:
  void ask(const RequestStep& step, const TurnPtr& turn);
  void called_back(const RequestStep& step, const StepPacer::Turn& turn, RequestOutcome& outcome);

  StepContext context_;
};

}  // namespace rmqsim
