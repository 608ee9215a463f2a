#include "scenarios/harness/engine/steps/begun_attempts.h"

#include <string>
#include <utility>
#include <variant>

#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

/// As a ledger has it; empty: it reached no wire.
std::string outcome_of(const decision::Judged& judged) {
  if (!judged.error) {
    return judged.status == SendStatus::SEND_OK ? "SUCCESS" : std::string(send_status_name(judged.status.value()));
  }
  switch (judged.error->wire) {
    case WireOutcome::none:
      return "";
    case WireOutcome::connect_failed:
      return "CONNECT_FAILED";
    case WireOutcome::send_failed:
      return "SEND_FAILED";
    case WireOutcome::connection_closed:
      return "CONNECTION_CLOSED";
    case WireOutcome::timeout:
      return "TIMEOUT";
    case WireOutcome::answered:
      return response_code_name(judged.error->response_code);
  }
  return "";
}

class BegunAttempts {
 public:
  explicit BegunAttempts(TimePoint now) : now_(now) {}

  void operator()(const decision::Attempted& begun) {
    begin({begun.queue.getBrokerName(), begun.queue.getQueueId(), at, {}, begun.given});
  }
  void operator()(const decision::Resent& begun) { begin({begun.broker, begun.queue_id, at, {}, begun.given}); }
  void operator()(const decision::Judged& judged) {
    if (attempts.empty() || judged.by == JudgedBy::hand_over) return;
    attempts.back().elapsed = at - attempts.back().start;
    attempts.back().outcome = outcome_of(judged);
    if (attempts.back().outcome.empty()) attempts.pop_back();
  }
  void operator()(const auto&) {}

  TimePoint at{};
  std::vector<AttemptRecord> attempts;

 private:
  void begin(AttemptRecord attempt) {
    attempt.elapsed = now_ - at;
    attempt.outcome = "INCOMPLETE";
    attempts.push_back(std::move(attempt));
  }
  TimePoint now_;
};

}  // namespace

std::vector<AttemptRecord> begun_attempts(const DecisionLog& decisions, TimePoint now) {
  BegunAttempts begun(now);
  for (const Decision& decision : decisions) {
    begun.at = decision.at;
    std::visit(begun, decision.what);
  }
  return std::move(begun.attempts);
}

}  // namespace rmqsim
