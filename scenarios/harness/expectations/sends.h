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
};

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

/// Keys of the objects within it.
std::span<const KeyRow> exception_keys();
std::span<const KeyRow> transaction_expectation_keys();

/// What the outcome of a send may be.
inline constexpr std::string_view kSendOutcomes[] = {
    "SEND_OK", "FLUSH_DISK_TIMEOUT", "FLUSH_SLAVE_TIMEOUT", "SLAVE_NOT_AVAILABLE", "EXCEPTION", "SENT", "REPLY",
    "RECALLED"};
/// What brokers did with a transaction in the end, the first that applies: it is visible; somebody may still ask; it
/// was rolled back; given up after transactionCheckMax; its half message never arrived.
inline constexpr std::string_view kTransactionEnds[] = {"committed", "pending", "rolledBack", "discarded", "nothing"};
/// What an async request tells: onSuccess(null), onSuccess(reply), onException, or an exception out of the call.
inline constexpr std::string_view kRequestCallbacks[] = {"STORED", "REPLY", "EXCEPTION", "THROWN"};
/// What the outcome of an attempt may be besides a response-code name.
inline constexpr std::string_view kAttemptOutcomes[] = {"TIMEOUT", "CONNECT_FAILED", "SEND_FAILED", "CONNECTION_CLOSED",
                                                        "SENT"};
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
