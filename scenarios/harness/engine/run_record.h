// What a run leaves behind: one row per send, what every server saw, and the failures of assertions made on the way.
// Filled by Workload and Cluster, read by the checker, the ledger and the report.
#pragma once

#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "producer/client/api/send_result.h"
#include "producer/client/send/send_operation.h"
#include "producer/latency/latency_fault_tolerance.h"
#include "producer/remoting/mq_error.h"
#include "producer/transport/time.h"
#include "producer/transport/trace.h"
#include "scenarios/harness/file/step.h"

namespace rmqsim {

class EventMerge;
class PacketLog;

/// What brokers did with a transaction.
struct TransactionEnd {
  std::string what = "nothing";  ///< one of kTransactionEnds
  std::uint64_t checks = 0;      ///< how often a scan of theirs came to it
  std::uint64_t asked = 0;       ///< how often such a scan found a client to ask
  std::uint64_t commits = 0;     ///< more than one: consumers see the message so often
};

/// Of a send that is a transaction.
struct TransactionRecord {
  std::string uniq_key;                   ///< empty until the half message was made
  std::optional<TransactionState> local;  ///< what the listener was made to answer; none: it did not run
  bool rolled_back_unseen = false;        ///< the half message was stored with a doubtful status
  std::size_t answered = 0;               ///< checks
  std::set<std::string> answered_by;      ///< the producers that did
  TransactionEnd end;                     ///< filled when the run is over
};

/// Of an attempt that servers saw of another client: how long it would have waited is its own knowledge.
inline constexpr std::int64_t kUnknownTimeout = std::numeric_limits<std::int64_t>::min();

struct SendRecord {
  enum class Kind : std::uint8_t { send, transaction, request, recall } kind = Kind::send;
  CommunicationMode mode = CommunicationMode::SYNC;
  std::size_t step = 0;
  std::uint32_t thread = 0;  ///< of its step's, which of them called
  TimePoint start{};
  TimePoint end{};
  std::uint32_t completions = 0;  ///< how often its outcome was reported; anything but 1 breaks an invariant
  std::optional<SendResult> result;
  std::optional<MQError> error;
  std::string foreign_type;  ///< of an error of another client's, whose type is none of Java's
  std::vector<AttemptRecord> attempts;
  /// Keys of its messages, comma-separated for a batch; empty when it ended before any was made.
  std::string msg_id;
  std::int64_t timeout_millis = 0;
  int max_attempts = 1;
  Duration patience{0};  ///< what it may take beyond its timeout: a local transaction
  std::optional<TransactionRecord> transaction;
  std::optional<std::string> reply;     ///< of a request: the body that came
  /// Of an async send that was under way when its call returned: how many permits of back-pressure were given out then.
  std::optional<std::int64_t> permits_out;
  std::size_t requests_waiting = 0;     ///< entries of its client's response table when it ended
  std::vector<std::string> callbacks;   ///< of an async request: kRequestCallbacks, in order
  std::optional<std::uint64_t> recalls;  ///< of a recall: the send whose message it takes back

  bool begun() const { return start != TimePoint{}; }
  bool completed() const { return completions > 0; }
  Duration elapsed() const { return end - start; }
  /// A SendStatus name, EXCEPTION, SENT, REPLY, RECALLED, or INCOMPLETE.
  std::string outcome() const;
  /// Of the error: the simple name of its class.
  std::string error_type() const;
};

/// Requests that a server saw, by code and topic.
struct ServerRecord {
  std::map<std::pair<std::int32_t, std::string>, std::uint64_t> requests;
  std::uint64_t received_sends = 0;
  std::uint64_t stored_sends = 0;  ///< of a broker, those that it stored; filled when the run is over
};

/// How often a fault rule's selectors held, and how often it acted, at all servers.
struct RuleCounts {
  std::uint64_t matched = 0;
  std::uint64_t acted = 0;
  bool known = true;  ///< false: somebody took the rule out while servers ran
  /// When it first and last acted, since the first step; none: never, or in another process.
  std::optional<std::pair<Duration, Duration>> acted_between = std::nullopt;
};

struct RuleRecord {
  std::string id;
  RuleCounts counts;
};

/// When an event of a step took place.
struct EventRecord {
  std::size_t step = 0;
  TimePoint at{};
  TimePoint done{};  ///< of what a driver was asked for: when it answered
};

/// One thing that should have held and did not.
/// In place of a number in Failure::got.
inline constexpr std::string_view kTooMany = " too many";

struct Failure {
  std::string check;    ///< `expect[0] sends "all" outcome` or `invariant acknowledged-is-stored`
  std::string message;  ///< expected …, got …
  std::vector<std::string> evidence;  ///< lines about the sends concerned, at most a few
  SourceLocation where;               ///< line 0: nowhere in the file
  std::string_view invariant{};       ///< its name (kInvariants), of one that was broken
  std::optional<std::uint64_t> send{};  ///< the first one concerned, of a failure that concerns any
  /// Of an expectation: what was asked and what came instead, "outcome EXCEPTION"; of a high count, kTooMany.
  std::string got{};
};

struct RunRecord {
  TimePoint first_step{};
  Duration lead{0};  ///< of a driver's run: since it was asked for the first producer
  std::vector<SendRecord> sends;  ///< by scenario-wide number
  std::map<std::string, ServerRecord> servers;
  std::vector<RuleRecord> rules;         ///< in file order
  std::vector<EventRecord> events;       ///< in the order in which they began
  std::vector<TimePoint> route_changes;  ///< when a client heard another route of a topic than before
  /// What each producer's latency table held of each broker when the last step had ended.
  std::map<std::string, std::map<std::string, FaultItem>> fault_items;
  TimePoint fault_items_at{};
  std::vector<std::size_t> idle_events;  ///< steps whose event changed nothing
  std::vector<Failure> failures;
  std::vector<std::string> notes;  ///< e.g. a setting that the profile does not know
  std::optional<std::uint64_t> explained;  ///< the send whose decisions are wanted
  DecisionLog decisions;                   ///< of that send
  std::vector<DecisionLog> every_decision;  ///< of each send, by number, if wanted; else empty
  /// While the run lasts, of each send that has not ended: for its attempts, should the run be given up. Empty in
  /// virtual time, where it would cost more than the sends.
  std::vector<DecisionLog> under_way;
  // While the run lasts, of who looks at it:
  TraceSink* onlooker = nullptr;  ///< gets the events that do not count in a trace's hash
  EventMerge* merge = nullptr;    ///< it, if servers are processes of their own: gets their events
  PacketLog* packets = nullptr;   ///< gets what goes over the network
};

}  // namespace rmqsim
