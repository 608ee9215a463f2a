// A fault rule as the scenario file states it (format §1.14): where, on which requests, how often, and what to
// do (fault_action.h). FaultPlan decides which rule acts, the servers' shells perform it. Both fakes use this room.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/rules/fault_action.h"
#include "producer/transport/time.h"

namespace rmqsim {

/// "3", "1-5", "2,4,7-": counted from 1. Empty = every number.
class NthSet {
 public:
  /// nullopt when the text is not of that form, a number is 0, or a range is descending.
  static std::optional<NthSet> parse(std::string_view text);
  static NthSet first(std::uint64_t n);  ///< 1..n, what `times: n` means
  bool contains(std::uint64_t n) const;
  bool every() const { return ranges_.empty(); }
  /// What parse() takes; empty for every number.
  std::string text() const;
  /// Whether ranges overlap, which is a slip in what somebody wrote.
  bool names_any_twice() const;
  /// The smallest of them.
  std::uint64_t least() const;
  /// Whether each number of `set` is in one of `others`.
  static bool covered(const NthSet& set, std::span<const NthSet* const> others);

 private:
  std::vector<std::pair<std::uint64_t, std::uint64_t>> ranges_;
};

/// Which requests a rule looks at.
struct FaultTarget {
  enum class Kind {
    send, route, heartbeat, end_transaction, check_transaction, register_broker, unregister, pull, offset, query, lock,
    send_back, recall, push_reply, connect, link, to_server, to_client, any, code
  };
  Kind kind = Kind::send;
  std::int32_t code = 0;  ///< for Kind::code
  bool matches_code(std::int32_t request_code) const;
  /// Not new connections, nor the bytes of those that are there.
  bool is_request() const { return kind != Kind::connect && !is_link(); }
  /// What a broker sends by itself.
  bool is_push() const;
  bool is_link() const { return kind == Kind::link || kind == Kind::to_server || kind == Kind::to_client; }
  /// Whether it looks at each request that `other` looks at.
  bool includes(const FaultTarget& other) const;
};

/// SEND_MESSAGE and its kin: what `send` looks at, and `received` counts.
bool is_send_request(std::int32_t code);

/// A word for requests that belong together; every other request is called by the name of its code.
struct RequestFamily {
  std::string_view word;
  FaultTarget::Kind kind;
  enum class At { broker, nameserver, both } at;
  std::string_view facts;                ///< what requests tell a rule: t a topic, q a queue, p a producer, m a message
  std::span<const std::int32_t> codes;   ///< none: `connect` and links are no requests, `any` is all
};
/// All words, in the order in which help lists them.
std::span<const RequestFamily> request_families();
/// nullptr: no word but perhaps the name of a code.
const RequestFamily* find_request_family(std::string_view word);
const RequestFamily* find_request_family(FaultTarget::Kind kind);
/// The words, then the names of all codes: whatever may stand where a request is named.
std::vector<std::string_view> request_words();
/// What a word or a code's name stands for.
std::optional<FaultTarget> request_target(std::string_view word);
/// The word or the name that stands for it.
std::string request_word(const FaultTarget& target);

/// What `nth` counts: the requests that reach a server, those that reach any of the servers that the rule is for, or
/// the tries of a message, which its UNIQ_KEY tells wherever they go.
enum class FaultCount { broker, cluster, message };
inline constexpr std::string_view kFaultCountWords[] = {"broker", "cluster", "message"};

struct FaultRule {
  std::string id;  ///< given, or "fault[3]" by position
  std::string at;  ///< server name or "*"
  FaultTarget on;
  NthSet nth;
  FaultCount count = FaultCount::broker;
  std::optional<Duration> from;  ///< since the first step began
  std::optional<Duration> to;    ///< exclusive
  double probability = 1.0;
  std::optional<std::string> topic;
  std::optional<std::int32_t> queue_id;
  std::optional<std::string> producer_group;  ///< `producer` of the file, resolved to its group
  FaultAction action;
  bool may_be_idle = false;  ///< a run in which it never acts is no failure

  bool in_window(Duration since_first_step) const {
    return (!from || since_first_step >= *from) && (!to || since_first_step < *to);
  }
  /// Refuses whoever connects in its window, which a server does by not listening. One that picks connections is for
  /// worlds in which a server can refuse a single one.
  bool refuses_whole_window() const;
};

}  // namespace rmqsim
