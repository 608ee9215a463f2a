#include "scenarios/harness/engine/judging/attempt_outcomes.h"

#include <algorithm>

#include "producer/remoting/codes.h"

namespace rmqsim {
namespace {

bool is_retried_code(const JudgedRun& run, const SendStep& step, std::int32_t code) {
  const auto& codes = run.profile.retry_response_codes;
  return std::find(codes.begin(), codes.end(), code) != codes.end() &&
         (step.mode == CommunicationMode::SYNC || run.profile.async_retries_codes);
}

}  // namespace

RetryRule retry_rule(const JudgedRun& run, const SendStep& step, const SendRecord& send, const AttemptRecord& attempt) {
  const std::string& outcome = attempt.outcome;
  if (outcome == "SUCCESS" || outcome == "SENT" || send.mode == CommunicationMode::ONEWAY) return RetryRule::must_not;
  const bool on_the_way =
      std::find(std::begin(kAttemptOutcomes), std::end(kAttemptOutcomes), outcome) != std::end(kAttemptOutcomes);
  if (on_the_way) {
    // An async request whose connect took all its time ends with what is never tried again (quirk 20).
    return send.mode == CommunicationMode::ASYNC && outcome == "TIMEOUT" ? RetryRule::may : RetryRule::must;
  }
  const bool stored =
      outcome == "FLUSH_DISK_TIMEOUT" || outcome == "FLUSH_SLAVE_TIMEOUT" || outcome == "SLAVE_NOT_AVAILABLE";
  if (stored) {
    const bool wanted = run.ever(step.producer, "retryAnotherBrokerWhenNotStoreOK", true);
    return wanted && send.mode == CommunicationMode::SYNC ? RetryRule::may : RetryRule::must_not;
  }
  const auto code = response_code_by_name(outcome);
  if (!code || run.ever_set(step.producer, "addRetryResponseCode")) return RetryRule::may;
  return is_retried_code(run, step, *code) ? RetryRule::must : RetryRule::must_not;
}

bool comes_after_an_unseen_try(const SendRecord& send, std::size_t k) {
  return send.attempts[k].number > (k == 0 ? 0 : send.attempts[k - 1].number) + 1;
}

std::int64_t left_at(const SendRecord& send, TimePoint at) {
  return send.timeout_millis - (to_millis(at) - to_millis(send.start));
}

}  // namespace rmqsim
