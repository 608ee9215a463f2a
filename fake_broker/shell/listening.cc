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

bool Listening::refuses_attempt() {
  if (!server_.listening()) return true;
  if (plan_ == nullptr || plan_->empty()) return false;
  std::optional<FaultDecision> decision = plan_->match_connect(name_, since_first_step());
  if (decision && decision->what->action.refuses_connections()) {
    if (refusing_) refusing_(decision->what->id);
    return true;
  }
  let_come_.push_back(std::move(decision));
  return false;
}

std::optional<FaultDecision> Listening::on_accepted() {
  if (!let_come_.empty()) {
    std::optional<FaultDecision> decision;
    decision.swap(let_come_.front());  // GCC 12 takes a moved one for uninitialised
    let_come_.pop_front();
    return decision;
  }
  if (plan_ == nullptr || plan_->empty()) return std::nullopt;
  return plan_->match_connect(name_, since_first_step());
}

}  // namespace rmqsim
