// The scenario file as plain data (format §1): who exists, what is sent, what breaks, what must hold. The
// parser (load_scenario.h) makes it and has checked everything that can be checked without running: names refer to
// something, ranges are in order, limits are kept. The engine reads it, never changes it. Every part keeps the place in
// the file where it was written, so that a later message (a failed expectation, a rule that a world cannot perform) can
// point there.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "fake_broker/rules/fault_rule.h"
#include "fake_broker/settings/account.h"
#include "producer/transport/time.h"
#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/invariants.h"
#include "scenarios/harness/file/step.h"
#include "scenarios/harness/file/text/source_location.h"
#include "scenarios/harness/file/topic_spec.h"

namespace rmqsim {

struct QueueIndexDraws;

/// One broker process. A slave is a server of its own, with its own name for faults and events; in the route it is the
/// instance `broker_id` of the broker `slave_of`.
struct BrokerSpec {
  std::string name;
  std::optional<std::string> slave_of;
  std::int64_t broker_id = 0;  ///< 0 = master; a slave's default is 1
  std::vector<std::pair<std::string, std::string>> config;  ///< its properties, each with a value that it takes
  SourceLocation where;

  /// The brokerName that routes and messages carry.
  const std::string& broker_name() const { return slave_of ? *slave_of : name; }
};

/// When brokers ask about half messages; names and defaults of BrokerConfig, in ms.
struct TransactionSettings {
  std::int64_t timeout = 6000;          ///< transactionTimeOut
  std::int64_t check_interval = 30000;  ///< transactionCheckInterval
  std::int32_t check_max = 15;          ///< transactionCheckMax
  std::int64_t op_batch_interval = 3000;  ///< transactionOpBatchInterval, of 5.x
};

/// Consumes a topic and answers the requests in it (RIP-16): a producer of its own that sends replies.
struct ResponderSpec {
  std::string name = "responder";
  std::string topic;
  Duration delay{0};  ///< from the request's being stored to the reply's being sent
  std::string reply = "reply {i}";  ///< every "{i}" is the number of the request, from 0
  NthSet nth;                       ///< which requests it answers, counted from 1; the others meet silence
  bool may_be_idle = false;         ///< that nobody sends it a request is no mistake
  SourceLocation where;
};

/// Where scenarios run; what `worlds` may name.
inline constexpr std::string_view kWorldNames[] = {"sim", "tcp", "process"};

/// The worlds that can keep what the scenario expects, where not all of them can, with the reason that every reader is
/// owed.
struct WorldsSpec {
  std::vector<std::string> only;  ///< not empty
  std::string reason;
  bool has(std::string_view world) const;
};

/// What a server takes, by tls.server.mode.
enum class TlsMode : std::uint8_t { disabled, permissive, enforcing };
inline constexpr std::string_view kTlsModes[] = {"disabled", "permissive", "enforcing"};

struct ClusterSpec {
  std::vector<std::string> nameservers;  ///< in the order in which clients list them; default one, "ns-1"
  std::vector<BrokerSpec> brokers;
  std::vector<TopicSpec> topics;
  bool auto_create_topic = false;  ///< brokers register TBW102, so an unknown topic gets a route
  std::vector<Account> accounts;  ///< with any, brokers take signed requests only
  std::vector<SourceLocation> account_locations;  ///< one per account
  std::map<std::string, TlsMode, std::less<>> tls;  ///< of servers that are named
  bool check_queue_id = false;    ///< brokers refuse a queue id out of range (29), as real ones do
  bool recall_message_enable = false;  ///< recallMessageEnable of BrokerConfig
  TransactionSettings transactions;
  std::vector<ResponderSpec> responders;

  const BrokerSpec* find_broker(std::string_view name) const;
  const TopicSpec* find_topic(std::string_view name) const;
  bool has_nameserver(std::string_view name) const;
};

/// Simulated world only.
struct NetworkSpec {
  Duration one_way = std::chrono::microseconds{200};
  Duration timer_slack = millis(1);  ///< a wait that times out ends this much after its nominal end
  Duration close_delay{0};  ///< how long a connection that the client closed after a sync timeout stays selectable
};

/// What fixes the only random choice of a send (format §1.7).
struct QueueIndexSpec {
  std::int32_t start = 0;            ///< held before the first increment
  std::vector<std::int32_t> resets;  ///< taken by successive resets; repeats after the last; empty: from the seed
  SourceLocation where;
  std::shared_ptr<QueueIndexDraws> draws = nullptr;  ///< instead of both; no file says it: what a search tries
  std::size_t threads = 1;  ///< that send for async calls, and as many that call back; no file says it either
};

/// What a producer's TransactionListener answers where a step does not say it.
struct ListenerSpec {
  bool there = true;  ///< false: the producer has none
  TransactionState local = TransactionState::commit;
  Duration local_time{0};
  /// Of successive checks of a message that this producer is asked about, whoever sent it; empty: as the step says.
  std::vector<TransactionState> check;
};

struct ProducerSpec {
  std::string name;
  std::string group;
  ProducerConfig config;
  std::optional<QueueIndexSpec> queue_index;
  std::optional<SessionCredentials> credentials;  ///< signs its requests with them
  std::optional<ListenerSpec> listener;
  std::vector<std::string> nameservers;  ///< those this producer knows, in order; default all of the cluster
  bool auto_start = true;                ///< false: started by a `startProducer` event
  SourceLocation where;

  /// A topic or group as its requests name it: with the producer's namespace in front, if it has one.
  std::string on_wire(std::string_view resource) const;
};

/// Turns an invariant off, with the reason that every reader is owed.
struct InvariantOff {
  std::string name;  ///< one of kInvariants
  std::string reason;
  std::vector<std::string> profiles;  ///< `in`; empty = all
  SourceLocation where;

  bool applies_to(std::string_view profile) const;
};

struct Scenario {
  std::string file;  ///< as it was given to the parser, for messages and the rerun line
  std::string name;
  std::string why;
  std::vector<std::string> references;
  std::vector<std::string> concerns;  ///< as the file says; concerns_of() asks its folder as well
  std::vector<std::string> profiles;  ///< at least one; the scenario runs once in each
  std::uint64_t seed = 1;
  std::optional<WorldsSpec> worlds;  ///< none: all
  ClusterSpec cluster;
  NetworkSpec network;
  std::vector<ProducerSpec> producers;
  std::vector<Step> steps;
  std::vector<FaultRule> faults;
  std::vector<SourceLocation> fault_locations;  ///< one per rule of `faults`
  std::vector<Expectation> expect;
  std::vector<InvariantOff> invariants_off;
  /// Sends are numbered from 0 in file order, step by step, whatever order they run in; a ledger row's `i` is this
  /// number.
  std::uint64_t send_count = 0;
  Duration lead{0};  ///< from the producers' start to the first step; no file says it: as in another run
  std::shared_ptr<const std::string> source;  ///< the file's text, for messages that quote a line

  const ProducerSpec* find_producer(std::string_view name) const;
  /// Servers, producers and responders, but for those.
  std::vector<std::string> everyone_but(const std::vector<std::string>& some) const;
  const InvariantOff* invariant_off(std::string_view invariant, std::string_view profile) const;
};

}  // namespace rmqsim
