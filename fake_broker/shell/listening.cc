#include "fake_broker/shell/listening.h"

#include <boost/system/system_error.hpp>
#include <utility>

namespace rmqsim {
namespace {
/// How soon listening is tried again when the port is taken at the end of a refusal window.
constexpr Duration kListenRetry = std::chrono::milliseconds(50);
}  // namespace

Listening::Listening(Runtime& runtime, RemotingServer& server, FaultPlan* plan, std::string name, Refusing refusing)
    : runtime_(runtime),
      server_(server),
      plan_(plan),
      name_(std::move(name)),
      refusing_(std::move(refusing)),
      timer_(runtime.make_timer()) {}

Duration Listening::since_first_step() const {
  return first_step_ ? runtime_.now() - *first_step_ : FaultPlan::kBeforeFirstStep;
}

void Listening::update() {
  if (plan_ == nullptr) return;
  const Duration elapsed = since_first_step();
  const ListenState state = plan_->listen_state(name_, elapsed);
  for (const std::string& rule : plan_->note_refusals(name_, elapsed)) {
    if (refusing_) refusing_(rule);
  }
  if (state.refused) {
    server_.stop_listening();
  } else {
    try {
      server_.listen();
    } catch (const boost::system::system_error&) {
      timer_->expires_after(kListenRetry, [this] { update(); });
      return;
    }
  }
  if (state.until && first_step_) timer_->expires_at(*first_step_ + *state.until, [this] { update(); });
}

}  // namespace rmqsim
