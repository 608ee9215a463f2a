// What one send decided and why, in order, as data: SendOperation adds to it when the caller attached one to the send
// (SendCall::decisions) and checks a null pointer otherwise. scenarios/harness/report turns it into words. Nothing here
// is read by the decisions themselves.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "producer/client/send/send_policy.h"
#include "producer/latency/selection.h"
#include "producer/remoting/mq_error.h"
#include "producer/transport/runtime.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// Which table judged an outcome.
enum class JudgedBy : std::uint8_t {
  loop,             ///< sendDefaultImpl (judge_in_loop)
  hand_over,        ///< an async or oneway request was handed over, which counts as a success
  after_hand_over,  ///< onExceptionImpl and the callback (judge_after_hand_over)
  no_table,         ///< queue and selector overloads: one attempt, whatever comes of it
};

enum class EndReason : std::uint8_t {
  answered,               ///< SEND_OK
  status_returned,        ///< stored with a doubtful status, and not to be retried
  code_not_retried,       ///< a broker code outside of retryResponseCodes
  unchecked_error,        ///< a RuntimeException is raised at once
  attempts_used_up,       ///< the loop is over
  budget_spent,           ///< nothing of the timeout is left before a further attempt
  no_queue,               ///< the topic has no writable queue any more
  no_route,               ///< no nameserver knows the topic
  no_name_server,         ///< the list of nameservers is empty
  lookup_failed,          ///< no nameserver answers
  impossible_retries,     ///< a negative number of attempts
  selector_took_too_long,
  selector_chose_nothing,
  selector_threw,
  single_attempt_failed,  ///< queue and selector overloads do not retry
  async_not_retried,      ///< what happened is final after the hand-over
  async_retries_used_up,
  async_no_time_left,     ///< 5.3.2+
  oneway_sent,
  oneway_never_left,      ///< after it was reported as sent
};

namespace decision {
struct RouteFound {
  std::size_t queues = 0;  ///< writable ones; 0: no route
};
struct QueueChosen {
  Selection selection;
};
/// An attempt begins. Times in ms.
struct Attempted {
  MessageQueue queue;
  int attempt = 1;  ///< from 1
  int total = 1;
  std::int64_t timeout = 0;  ///< of the whole send
  std::int64_t cost = 0;     ///< spent before this attempt
  std::int64_t given = 0;    ///< what the attempt may take
  bool capped = false;       ///< less than what is left: sendMsgMaxTimeoutPerRequest, or
  bool shared = false;       ///< its share of what is left (Profile::caps_every_try)
};
struct Judged {
  JudgedBy by = JudgedBy::loop;
  std::string broker;
  AttemptOutcome outcome = AttemptOutcome::ok;
  std::optional<SendStatus> status;  ///< of an answer with a result
  std::optional<MQError> error;
  bool thrown = false;               ///< invokeAsync itself raised it
  std::int64_t elapsed = 0;          ///< ms of the attempt
  Verdict verdict;
  bool retry_not_store_ok = false;   ///< retryAnotherBrokerWhenNotStoreOK
};
struct FaultItemUpdated {
  std::string broker;
  bool enabled = false;       ///< sendLatencyFaultEnable; nothing is kept without it
  std::int64_t latency = 0;   ///< ms
  bool isolation = false;     ///< counts as Profile::isolation_latency instead
  std::int64_t duration = 0;  ///< ms of isolation that this outcome asks for
  std::optional<FaultItem> before;
  std::optional<FaultItem> after;
};
/// An async failure asks whether the request goes out again.
struct AsyncRetry {
  int retry = 1;            ///< from 1
  int allowed = 0;          ///< retryTimesWhenSendAsyncFailed
  bool asked = false;       ///< the verdict was "retry"
  bool needs_time = false;  ///< Profile::async_retry_needs_time
  std::int64_t left = 0;    ///< ms; negative when overdrawn
};
struct Resent {
  std::string broker;
  std::int32_t queue_id = 0;  ///< that of the first attempt (quirk 18)
  std::int64_t given = 0;     ///< ms
};
struct Ended {
  EndReason reason = EndReason::answered;
  bool earlier_result = false;  ///< an earlier attempt's result is returned and hides this (§6.5)
  std::int64_t cost = 0;        ///< ms since the budget began
  std::optional<SendStatus> status;  ///< of what is returned
  std::optional<MQError> error;      ///< what is raised
};
}  // namespace decision

struct Decision {
  TimePoint at;
  ThreadId thread = 0;
  std::variant<decision::RouteFound, decision::QueueChosen, decision::Attempted, decision::Judged,
               decision::FaultItemUpdated, decision::AsyncRetry, decision::Resent, decision::Ended>
      what;
};
using DecisionLog = std::vector<Decision>;

}  // namespace rmqsim
