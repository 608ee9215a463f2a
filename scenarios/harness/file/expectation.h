// What a scenario says must hold (contract §1.16). Plain data; the engine's checker compares it with the ledger
// and the servers. Names of outcomes, exceptions, servers and sends were checked by the parser.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "producer/transport/time.h"
#include "scenarios/harness/file/text/source_location.h"

namespace rmqsim {

/// Inclusive; a plain number n of the file is [n, n].
struct CountRange {
  std::uint64_t min = 0;
  std::uint64_t max = 0;
  bool contains(std::uint64_t n) const { return min <= n && n <= max; }
};

/// Inclusive.
struct DurationRange {
  Duration min{0};
  Duration max{0};
  bool contains(Duration d) const { return min <= d && d <= max; }
};

/// "all", 3, "0-9,12", or a step's name: resolved to ranges of scenario-wide send numbers, ascending, not empty.
struct SendSelector {
  std::string text;  ///< as written, for messages
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges;
  bool contains(std::uint64_t i) const;
  std::uint64_t size() const;
  /// The n-th of them, from 0; `n` is below size().
  std::uint64_t at(std::uint64_t n) const;
};

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
};

/// How many of the selected sends ended with each outcome; outcomes not named may occur any number of times.
struct CountsExpectation {
  SendSelector sends;
  std::map<std::string, CountRange> counts;
};

struct RequestCount {
  FaultTarget on;  ///< which requests, by the vocabulary of `faults`
  std::string on_text;
  std::optional<std::string> topic;
  CountRange count;
};

/// Over all send requests that reached the broker, and those of them that it stored; a batch counts once in both.
struct BrokerExpectation {
  std::string broker;
  std::optional<CountRange> received;
  std::optional<CountRange> stored;
  std::optional<RequestCount> requests;
  /// Half messages by what became of them.
  std::optional<CountRange> committed, rolled_back, discarded, pending;
  /// Delayed messages whose time came, and timer messages taken back before.
  std::optional<CountRange> delivered, recalled;
};

struct NameserverExpectation {
  std::string nameserver;
  RequestCount requests;
};

/// What a producer's latency table says about a broker.
struct FaultItemExpectation {
  std::string broker;
  std::string producer;
  std::optional<Duration> at;  ///< since the first step began; none: in `assert` now, otherwise at the end
  std::optional<bool> available;
  std::optional<bool> reachable;
};

/// How many records of message trace the brokers hold, of those that match.
struct TraceExpectation {
  CountRange count;
  std::optional<std::string> producer;
  std::optional<std::string> topic;   ///< of the traced message
  std::optional<std::string> broker;  ///< that the traced message went to
  std::optional<bool> success;
};

struct Expectation {
  std::variant<SendExpectation, CountsExpectation, BrokerExpectation, NameserverExpectation, FaultItemExpectation,
               TraceExpectation>
      what;
  std::vector<std::string> profiles;  ///< `in`; empty = all
  SourceLocation where;

  bool applies_to(std::string_view profile) const;
};

/// What the outcome of a send may be.
inline constexpr std::string_view kSendOutcomes[] = {
    "SEND_OK", "FLUSH_DISK_TIMEOUT", "FLUSH_SLAVE_TIMEOUT", "SLAVE_NOT_AVAILABLE",
    "EXCEPTION", "SENT", "REPLY", "RECALLED"};
/// What brokers did with a transaction in the end, the first that applies: it is visible; somebody may still ask; it
/// was rolled back; given up after transactionCheckMax; its half message never arrived.
inline constexpr std::string_view kTransactionEnds[] = {"committed", "pending", "rolledBack", "discarded", "nothing"};
/// What an async request tells: onSuccess(null), onSuccess(reply), onException, or an exception out of the call.
inline constexpr std::string_view kRequestCallbacks[] = {"STORED", "REPLY", "EXCEPTION", "THROWN"};
/// What the outcome of an attempt may be besides a response-code name.
inline constexpr std::string_view kAttemptOutcomes[] = {"TIMEOUT", "CONNECT_FAILED", "SEND_FAILED", "CONNECTION_CLOSED",
                                                        "SENT"};
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
