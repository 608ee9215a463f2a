// The two tables. Columns: isolation, reachable, next, wrap.
#include "producer/client/send/send_policy.h"

#include <algorithm>

#include "producer/remoting/codes.h"

namespace rmqsim {

AttemptOutcome classify(const SendResult& result) {
  return result.status == SendStatus::SEND_OK ? AttemptOutcome::ok : AttemptOutcome::not_store_ok;
}

AttemptOutcome classify(const MQError& error, const SendSettings& settings) {
  switch (error.type) {
    case ErrorType::MQClientException:
    case ErrorType::RequestTimeoutException: return AttemptOutcome::client_error;
    case ErrorType::MQBrokerException: {
      const auto& codes = *settings.retry_response_codes;
      const bool retryable = std::find(codes.begin(), codes.end(), error.response_code) != codes.end();
      if (retryable) return AttemptOutcome::retryable_code;
      const bool blames_message = error.response_code == ResponseCode::MESSAGE_ILLEGAL ||
                                  error.response_code == ResponseCode::INVALID_PARAMETER;
      return blames_message ? AttemptOutcome::message_fault : AttemptOutcome::final_code;
    }
    case ErrorType::RemotingSendRequestException: return AttemptOutcome::send_failed;
    case ErrorType::RemotingTimeoutException: return AttemptOutcome::timeout;
    case ErrorType::RemotingTooMuchRequestException: return AttemptOutcome::too_much;
    case ErrorType::RemotingConnectException:
    case ErrorType::RemotingCommandException: return AttemptOutcome::connect_failed;
    default: return AttemptOutcome::runtime_error;
  }
}

// behaviour §6.2.
Verdict judge_in_loop(const Profile& profile, bool detector_on, AttemptOutcome outcome) {
  switch (outcome) {
    case AttemptOutcome::ok: return {true, false, true, Next::return_result, Wrap::none};
    case AttemptOutcome::not_store_ok: return {true, false, true, Next::retry_if_not_store_ok, Wrap::none};
    case AttemptOutcome::client_error: return {true, profile.isolate_on_client_error, true, Next::retry, Wrap::none};
    case AttemptOutcome::connect_failed:
    case AttemptOutcome::send_failed:
    case AttemptOutcome::timeout:
    case AttemptOutcome::too_much: return {true, true, !detector_on, Next::retry, Wrap::none};
    case AttemptOutcome::retryable_code: return {true, true, false, Next::retry, Wrap::none};
    case AttemptOutcome::message_fault:
      return {true, profile.message_faults_isolate, !profile.message_faults_isolate, Next::result_or_raise, Wrap::none};
    case AttemptOutcome::final_code: return {true, true, false, Next::result_or_raise, Wrap::none};
    case AttemptOutcome::runtime_error: return {false, false, true, Next::raise, Wrap::none};
  }
  return {};
}

// behaviour §8.4. Broker codes are final here whatever retryResponseCodes says (quirk 27), but in a profile with
// `async_retries_codes`.
Verdict judge_after_hand_over(const Profile& profile, AttemptOutcome outcome, bool thrown) {
  if (thrown) return {true, true, false, Next::retry, Wrap::none};
  switch (outcome) {
    case AttemptOutcome::ok:
    case AttemptOutcome::not_store_ok: return {true, false, true, Next::return_result, Wrap::none};
    case AttemptOutcome::retryable_code:
      return {true, true, true, profile.async_retries_codes ? Next::retry : Next::raise, Wrap::none};
    case AttemptOutcome::message_fault: return {true, profile.message_faults_isolate, true, Next::raise, Wrap::none};
    case AttemptOutcome::final_code:
    case AttemptOutcome::runtime_error: return {true, true, true, Next::raise, Wrap::none};
    case AttemptOutcome::send_failed: return {true, true, true, Next::retry, Wrap::send_request_failed};
    case AttemptOutcome::timeout: return {true, true, true, Next::retry, Wrap::wait_response_timeout};
    case AttemptOutcome::too_much:  // connecting took longer than the try may take
      return {true, true, true, profile.async_retries_late_connects ? Next::retry : Next::raise, Wrap::unknown};
    case AttemptOutcome::client_error:
    case AttemptOutcome::connect_failed: return {true, true, true, Next::retry, Wrap::unknown};
  }
  return {};
}

}  // namespace rmqsim
