// How an attempt's outcome is judged: what it does to the broker's fault item and whether the send goes on. Java holds
// this knowledge twice with different rules, in sendDefaultImpl's loop and in onExceptionImpl; here both are tables of
// one shape, consumed by SendOperation (behaviour §6.2, §8.4).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "producer/client/api/send_result.h"
#include "producer/profile/profile.h"
#include "producer/remoting/communication_mode.h"
#include "producer/remoting/mq_error.h"

namespace rmqsim {

enum class AttemptOutcome : std::uint8_t {
  ok,              ///< SEND_OK
  not_store_ok,    ///< stored, but FLUSH_DISK_TIMEOUT, FLUSH_SLAVE_TIMEOUT or SLAVE_NOT_AVAILABLE
  client_error,    ///< MQClientException: broker not exist, forbidden by a hook
  connect_failed,  ///< RemotingConnectException and remoting errors without a row of their own
  send_failed,     ///< RemotingSendRequestException
  timeout,         ///< RemotingTimeoutException
  too_much,        ///< RemotingTooMuchRequestException
  retryable_code,  ///< MQBrokerException with a code of retryResponseCodes
  message_fault,   ///< MQBrokerException that blames the message: MESSAGE_ILLEGAL, INVALID_PARAMETER
  final_code,      ///< any other MQBrokerException
  runtime_error,   ///< unchecked: a malformed answer, a throwing hook
};

enum class Next : std::uint8_t {
  return_result,
  retry_if_not_store_ok,  ///< retry when retryAnotherBrokerWhenNotStoreOK, else return
  retry,                  ///< another attempt if any is left
  result_or_raise,        ///< an earlier result if there is one, else raise as it is
  raise,                  ///< raise as it is
};

/// Around what an async failure is wrapped before the user sees it.
enum class Wrap : std::uint8_t { none, send_request_failed, wait_response_timeout, unknown };

struct Verdict {
  bool updates_fault = false;
  bool isolation = false;
  bool reachable = true;
  Next next = Next::raise;
  Wrap wrap = Wrap::none;
  bool operator==(const Verdict&) const = default;
};

struct SendSettings {
  int retries = 2;  ///< retryTimesWhenSendFailed or retryTimesWhenSendAsyncFailed
  bool retry_another_broker_when_not_store_ok = false;
  std::int64_t max_timeout_per_request = -1;  ///< ms; -1 = none
  const std::vector<std::int32_t>* retry_response_codes = nullptr;
};

AttemptOutcome classify(const SendResult& result);
AttemptOutcome classify(const MQError& error, const SendSettings& settings);

/// The loop of sendDefaultImpl. `detector_on` is isStartDetectorEnable.
Verdict judge_in_loop(const Profile& profile, bool detector_on, AttemptOutcome outcome);
/// After an async request was handed over; `thrown` when invokeAsync itself raised the error.
Verdict judge_after_hand_over(const Profile& profile, AttemptOutcome outcome, bool thrown);

}  // namespace rmqsim
