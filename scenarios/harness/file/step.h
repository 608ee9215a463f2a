// The steps of a scenario: what the application does and what happens to the cluster meanwhile, in file order.
// Plain data made by the parser, run by the engine's workload.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "producer/remoting/communication_mode.h"
#include "producer/transport/time.h"
#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/text/source_location.h"
#include "scenarios/harness/file/topic_spec.h"

namespace rmqsim {

/// The text of a message with its number in place of every "{i}": that of the send within its step, in a batch of the
/// message.
std::string with_number(std::string_view text, std::uint64_t i);

/// Text that is numbered, or `size` times the one character `fill`.
struct BodySpec {
  std::optional<std::string> text;
  std::uint32_t size = 16;
  char fill = 'x';  ///< printable ASCII
  std::string render(std::uint64_t i) const;
};

/// Its tags, its keys and the values of its properties are numbered, as the body is.
struct MessageSpec {
  std::string topic;
  std::string tags;
  std::vector<std::string> keys;
  std::vector<std::pair<std::string, std::string>> properties;  ///< in file order
  std::int32_t delay_level = 0;                                 ///< 0 = none
  std::optional<Duration> delay;                                ///< a timer message (setDelayTimeMs)
  BodySpec body;
};

struct QueueTarget {
  std::string broker;
  std::int32_t queue_id = 0;
};

/// The selector overload; `arg` left out means the number of the send within its step, and a text is numbered with it.
struct SelectorSpec {
  enum class Kind { index, hash, random } kind = Kind::index;
  std::optional<std::variant<std::int64_t, std::string>> arg;
};
inline constexpr std::string_view kSelectorKinds[] = {"index", "hash", "random"};

inline constexpr std::string_view kSendModes[] = {"sync", "async", "oneway"};
inline constexpr std::string_view kRequestModes[] = {"sync", "async"};

inline constexpr std::uint32_t kMaxBatch = 100'000;  ///< messages

struct SendStep {
  std::string producer;
  CommunicationMode mode = CommunicationMode::SYNC;
  MessageSpec message;
  std::uint64_t count = 1;  ///< sends; `concurrency` threads share them
  Duration interval{0};     ///< sync: from end to start; async, oneway: from start to start
  std::optional<std::int64_t> timeout_ms;
  std::optional<QueueTarget> queue;
  std::optional<SelectorSpec> selector;
  std::uint32_t batch = 0;  ///< messages per batch; 0 = a single message, not a batch
};

/// What a listener answers; `throw_` is an exception.
enum class TransactionState { commit, rollback, unknown, throw_ };
inline constexpr std::string_view kTransactionStates[] = {"commit", "rollback", "unknown", "throw"};

/// `local` is what executeLocalTransaction answers. Successive checks of one message are answered from `check`, whose
/// last entry repeats; without any: unknown.
struct TransactionStep {
  std::string producer;
  MessageSpec message;
  std::uint64_t count = 1;
  Duration interval{0};
  TransactionState local = TransactionState::commit;
  Duration local_time{0};  ///< how long the local transaction takes
  std::vector<TransactionState> check;
};

/// Request-reply, RIP-16.
struct RequestStep {
  std::string producer;
  CommunicationMode mode = CommunicationMode::SYNC;  ///< sync or async
  MessageSpec message;
  std::uint64_t count = 1;
  Duration interval{0};
  std::int64_t timeout_ms = 3000;
  std::optional<QueueTarget> queue;
  std::optional<SelectorSpec> selector;
};

/// Takes timer messages back (recallMessage, 5.3.2+), by the handles of earlier sends, in their order.
struct RecallStep {
  std::string producer;
  SendSelector sends;
  std::optional<std::string> topic;  ///< none: that of the send
  Duration interval{0};              ///< from end to start
};

struct WaitStep {
  Duration time{0};
};

/// Checks at this moment of the run instead of at its end.
struct AssertStep {
  std::vector<Expectation> expect;
};

// Cluster events. `servers` are names of brokers and nameservers, at least one.
struct CrashEvent {
  std::vector<std::string> servers;
};  ///< the process is gone: connections reset, connects refused
struct RestartEvent {
  std::vector<std::string> servers;
};  ///< after a crash; stored messages are kept
struct PauseEvent {
  std::vector<std::string> servers;
};  ///< stopped, not gone: connects succeed, nothing is answered
struct ResumeEvent {
  std::vector<std::string> servers;
};
/// No byte passes between one of `between` and one of `and_` (servers or producers; `and_` empty = everyone else).
struct PartitionEvent {
  std::vector<std::string> between;
  std::vector<std::string> and_;
  bool one_way = false;  ///< only bytes from `between` to `and_` are lost
};
/// Ends one partition, named as it was made; both lists empty = all.
struct HealEvent {
  std::vector<std::string> between;
  std::vector<std::string> and_;
};
/// The named nameservers (empty = all) answer this route for the topic from now on.
struct SetRouteEvent {
  TopicSpec topic;
  std::vector<std::string> nameservers;
};
/// The broker leaves the route of `topic` (none = every topic) at the named nameservers (empty = all).
struct RemoveFromRouteEvent {
  std::string broker;
  std::optional<std::string> topic;
  std::vector<std::string> nameservers;
};
/// At the brokers (empty = all that have the topic) and in the route.
struct SetPermEvent {
  std::string topic;
  std::int32_t perm = TopicSpec::kRead | TopicSpec::kWrite;
  std::vector<std::string> brokers;
};
struct SetConfigEvent {
  std::string producer;
  ProducerConfig config;
};
struct StartProducerEvent {
  std::string producer;
  std::optional<ExceptionExpectation> exception = {};  ///< what the start is to fail with
};
struct ShutdownProducerEvent {
  std::string producer;
};

using ClusterEvent =
    std::variant<CrashEvent, RestartEvent, PauseEvent, ResumeEvent, PartitionEvent, HealEvent, SetRouteEvent,
                 RemoveFromRouteEvent, SetPermEvent, SetConfigEvent, StartProducerEvent, ShutdownProducerEvent>;

struct EventStep {
  std::string kind;  ///< the key of the file, e.g. "crash"
  ClusterEvent event;
};

/// How a send began in another run.
struct Begun {
  Duration at{0};            ///< since the first step
  std::uint32_t thread = 0;  ///< which of its step's
};

struct Step {
  std::string name;            ///< empty when the file gives none; unique otherwise
  bool background = false;     ///< the next step starts at once
  std::optional<Duration> at;  ///< waits for this time since the first step began
  std::uint32_t concurrency = 1;
  std::variant<SendStep, TransactionStep, RequestStep, RecallStep, WaitStep, AssertStep, EventStep> what;
  std::vector<Expectation> expect;  ///< about this step's sends, selectors filled in
  bool may_be_idle = false;         ///< of an event: that it changes nothing is no mistake
  std::uint64_t first_send = 0;     ///< the scenario-wide number of its first send
  std::uint64_t send_count = 0;     ///< 0 for steps that send nothing
  std::vector<Begun> begins;  ///< of its sends, which begin no earlier and there; no file says it
  SourceLocation where;
};

}  // namespace rmqsim
