// What holds for each of some sends.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/expectations/expectation_row.h"

namespace rmqsim {

struct AttemptExpectation {
  std::string broker;
  std::int32_t queue_id = 0;
  std::string outcome;
};

struct ExceptionExpectation {
  std::optional<std::string> type;  ///< the Java class's simple name
  std::optional<std::int32_t> response_code;
  std::optional<std::string> message_contains;
};

/// Of a send that is a transaction.
struct TransactionExpectation {
  std::optional<std::string> local;   ///< one of kTransactionStates
  std::optional<std::string> broker;  ///< one of kTransactionEnds
  std::optional<CountRange> checks;   ///< how often brokers asked
  std::optional<std::vector<std::string>> answered_by;  ///< producers, in any order
};

/// Of the exceptions of Java's remoting.
inline bool has_no_code(std::string_view exception_type) { return exception_type.starts_with("Remoting"); }

/// Holds for each selected send; every given member must.
struct SendExpectation {
  SendSelector sends;
  std::optional<std::string> outcome;  ///< one of kSendOutcomes
  std::optional<std::string> broker;
  std::optional<std::int32_t> queue_id;
  std::optional<CountRange> attempt_count;
  std::optional<std::vector<AttemptExpectation>> attempts;
  std::optional<std::vector<std::string>> attempt_brokers;
  std::optional<DurationRange> elapsed;
  std::optional<ExceptionExpectation> exception;
  std::optional<TransactionExpectation> transaction;
  std::optional<std::string> reply;                   ///< its body
  std::optional<std::vector<std::string>> callbacks;  ///< of an async request, in order; each one of kRequestCallbacks

  static const ExpectationRow<SendExpectation> row;
};

void check(const SendExpectation& e, const CheckedRun& run, Unmet& unmet);

/// What the outcome of a send may be.
inline constexpr std::string_view kSendOutcomes[] = {
    "SEND_OK", "FLUSH_DISK_TIMEOUT", "FLUSH_SLAVE_TIMEOUT", "SLAVE_NOT_AVAILABLE", "EXCEPTION", "SENT", "REPLY",
    "RECALLED"};
/// Whether it is that of a send with a result.
inline bool is_send_status(std::string_view outcome) {
  return outcome == "SEND_OK" || outcome == "FLUSH_DISK_TIMEOUT" || outcome == "FLUSH_SLAVE_TIMEOUT" ||
         outcome == "SLAVE_NOT_AVAILABLE";
}
/// What brokers did with a transaction in the end, the first that applies: it is visible; somebody may still ask; it
/// was rolled back; given up after transactionCheckMax; its half message never arrived.
inline constexpr std::string_view kTransactionEnds[] = {"committed", "pending", "rolledBack", "discarded", "nothing"};
/// What an async request tells: onSuccess(null), onSuccess(reply), onException, or an exception out of the call.
inline constexpr std::string_view kRequestCallbacks[] = {"STORED", "REPLY", "EXCEPTION", "THROWN"};
/// What the outcome of an attempt may be besides a response-code name.
inline constexpr std::string_view kAttemptOutcomes[] = {"TIMEOUT",           "CONNECT_FAILED", "SEND_FAILED",
                                                        "CONNECTION_CLOSED", "SENT",           "INCOMPLETE"};
/// The client's own codes (ClientErrorCode, behaviour §0.1), which an exception may have beside those of a response.
struct ClientCode {
  std::string_view name;
  std::int32_t code;
};
inline constexpr ClientCode kClientCodes[] = {
    {"CONNECT_BROKER_EXCEPTION", 10001},       {"ACCESS_BROKER_TIMEOUT", 10002},
    {"BROKER_NOT_EXIST_EXCEPTION", 10003},     {"NO_NAME_SERVER_EXCEPTION", 10004},
    {"NOT_FOUND_TOPIC_EXCEPTION", 10005},      {"REQUEST_TIMEOUT_EXCEPTION", 10006},
    {"CREATE_REPLY_MESSAGE_EXCEPTION", 10007},
};
/// Simple names of the Java exceptions that a send can end with.
inline constexpr std::string_view kExceptionTypes[] = {"MQClientException",
                                                       "MQBrokerException",
                                                       "RemotingException",
                                                       "RemotingConnectException",
                                                       "RemotingSendRequestException",
                                                       "RemotingTimeoutException",
                                                       "RemotingTooMuchRequestException",
                                                       "RemotingCommandException",
                                                       "RequestTimeoutException",
                                                       "IllegalStateException",
                                                       "IllegalArgumentException",
                                                       "NullPointerException",
                                                       "UnsupportedOperationException",
                                                       "RuntimeException",
                                                       "InterruptedException"};

}  // namespace rmqsim
