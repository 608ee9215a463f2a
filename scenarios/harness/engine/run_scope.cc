#include "scenarios/harness/engine/run_scope.h"

namespace rmqsim {

RunScope::RunScope(Runtime& runtime, Failed failed) : runtime_(runtime), state_(std::make_shared<State>()) {
  state_->failed = std::move(failed);
}

RunScope::~RunScope() { end(); }

void RunScope::end() {
  state_->live = false;
  state_->failed = nullptr;
  timers_.clear();
}

void RunScope::State::fail(const std::string& what) {
  if (!std::exchange(live, false)) return;
  if (failed) std::exchange(failed, nullptr)(what);
}

}  // namespace rmqsim
