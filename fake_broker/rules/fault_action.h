// What a rule does (format §1.15). Each thing that `do` may say is a row of the table in fault_actions.cc: its key,
// what it takes, beside what and on what it is possible, and how it is performed. Parser, schema, `rmqsim ctl`, plan
// and servers read the rows and know no action by name.
#pragma once

#include <array>
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "fake_broker/rules/unanswered.h"
#include "producer/transport/random.h"
#include "producer/transport/time.h"

namespace rmqsim {

class LeavingAnswer;
class LinkSegment;
struct RemotingCommand;
class ServerConnection;
class ServerCore;

/// How long to hold an answer. Drawn values are rounded to whole microseconds and never negative.
struct DelayDistribution {
  enum class Kind { fixed, uniform, normal, lognormal, pareto } kind = Kind::fixed;
  double a = 0;  ///< ms: fixed value | low | mean | median | minimum
  double b = 0;  ///<     -           | high | sd (ms) | sigma (no unit) | alpha (no unit)
  Duration draw(Random& random) const;
  /// Whether every draw is zero.
  bool is_zero() const;
};

struct FaultAnswer {
  std::int32_t code = 0;
  std::optional<std::string> remark;
};

/// When an effect takes place relative to processing the request.
enum class FaultMoment { before, after };

/// What an action takes: nothing (its key is `true`), a time, an answer, a moment, a number of bytes, or a percentage.
using FaultArgument = std::variant<std::monostate, DelayDistribution, FaultAnswer, FaultMoment, std::uint32_t, double>;
/// In the order of FaultArgument.
enum class FaultArgumentKind : std::uint8_t { flag, time, answer, moment, bytes, percent };

/// What part of a request's course, or of a connection's bytes', an action decides. Of endings a rule has at most one.
enum class FaultPart : std::uint8_t {
  hold = 1,    ///< when the answer, or the ending, takes place
  ending = 2,  ///< what comes instead of the server's own answer
  shape = 4,   ///< how the answer leaves
  link = 8,    ///< how bytes pass
};
inline constexpr unsigned kAllFaultParts = 15;

/// Where an action is possible, as bits.
enum FaultPlace : std::uint8_t {
  kOnRequests = 1,
  kOnPushes = 2,         ///< requests that the broker sends by itself
  kOnConnect = 4,        ///< new connections
  kBesideOnConnect = 8,  ///< there, too, but only beside another action
  kOnLink = 16,          ///< bytes of connections
};

using ConnectionStep = void (*)(ServerConnection& connection);

/// What an action is not possible beside.
struct FaultExclusion {
  unsigned parts = 0;      ///< all other actions of these parts (FaultPart)
  std::string_view key{};  ///< or this one
  std::string_view reason{};
};

struct FaultActionRow {
  std::string_view key{};
  FaultArgumentKind argument = FaultArgumentKind::flag;
  std::array<std::string_view, 2> moments{};  ///< of a moment: the words for before and after
  std::uint32_t least = 0;                    ///< of bytes; a percentage is above it
  FaultPart part = FaultPart::ending;
  unsigned possible = kOnRequests;
  std::array<FaultExclusion, 2> excludes{};
  Unanswered unanswered{};         ///< what becomes of the request then; empty: it is answered
  std::string_view description{};  ///< for schema and help, without what `possible` says

  // How it is performed. What has no function goes as usual.
  Duration (*hold)(const FaultArgument& argument, Random& random, Duration late_by) = nullptr;
  /// Makes up the answer to a request that then is not processed.
  void (*respond)(const FaultArgument& argument, const ServerCore& core, const RemotingCommand& request,
                  RemotingCommand& response) = nullptr;
  /// Changes the answer to a request that was processed.
  void (*reshape)(const FaultArgument& argument, const ServerCore& core, RemotingCommand& response) = nullptr;
  void (*shape)(const FaultArgument& argument, LeavingAnswer& answer) = nullptr;
  /// What is done to the connection instead of answering.
  ConnectionStep end = nullptr;
  /// What is done to a new connection as soon as it is there, also by a server that stands still.
  ConnectionStep connect = nullptr;
  /// What is done to a segment of a connection's bytes; whether anything is.
  bool (*pass)(const FaultArgument& argument, LinkSegment& segment) = nullptr;
  bool refuses = false;  ///< `connect` is only for servers that could not refuse the connection beforehand
};

/// All of them, in the order in which they are told and in which shapes work on an answer.
std::span<const FaultActionRow> fault_actions();
/// What a rule has to look at for an action that is not possible on requests, each word in `quote`s; empty: it is.
std::string only_possible_on(const FaultActionRow& row, std::string_view quote = {});
/// nullptr: there is none.
const FaultActionRow* find_fault_action(std::string_view key);

struct FaultContradiction {
  const FaultActionRow* wrong = nullptr;  ///< the one that is in the way
  const FaultActionRow* with = nullptr;
  std::string_view reason;  ///< empty: both are endings
};
/// Why the two are not possible together, if they are not. `later` is the one that came second.
std::optional<FaultContradiction> fault_contradiction(const FaultActionRow& earlier, const FaultActionRow& later);

/// Some actions that do not contradict each other. None: the server does as it always does.
class FaultAction {
 public:
  struct Named {
    std::string_view key;
    FaultArgument argument = {};
  };
  FaultAction() = default;
  /// Throws std::invalid_argument when a key is unknown, takes something else, or contradicts another.
  FaultAction(std::initializer_list<Named> actions);

  /// Takes one more action; false, and nothing changes, when it contradicts what is there or takes something else.
  bool add(const FaultActionRow& row, FaultArgument argument);
  bool empty() const { return parts_.empty(); }
  /// What the action with that key was given; nullptr: it is not there.
  const FaultArgument* find(std::string_view key) const;

  /// What AnswerSeen::outcome will be; empty when an answer with its own code leaves.
  std::string_view outcome() const;
  /// How long to hold the answer, or the ending. `late_by` is longer than any client waits.
  Duration hold(Random& random, Duration late_by) const;
  /// Whether the server's logic gets the request at all: not when a rule answers by itself or loses the request.
  bool processes_request() const;
  /// Whether it changes anything about a request, or a connection, that it holds so long. What only concerns an answer
  /// changes nothing about a request that gets none.
  bool changes_anything(Duration hold, bool answered) const;
  /// The same of a request that the server sends by itself.
  bool changes_push(Duration hold) const;
  /// Makes up an answer in `response`; false when no action does.
  bool respond(const ServerCore& core, const RemotingCommand& request, RemotingCommand& response) const;
  void reshape(const ServerCore& core, RemotingCommand& response) const;
  bool shapes() const;
  void shape(LeavingAnswer& answer) const;
  /// Lets a segment pass; which actions did something to it, as bits in the order of the rows.
  std::uint32_t pass(LinkSegment& segment) const;
  /// Those bits when each of them has.
  std::uint32_t all_of_pass() const { return (1u << parts_.size()) - 1; }
  /// See FaultActionRow; nullptr when no action has it.
  ConnectionStep end() const;
  ConnectionStep connect() const;
  /// Whether connections are to be refused, best before they come about.
  bool refuses_connections() const;

 private:
  struct Part {
    const FaultActionRow* row;
    FaultArgument argument;
  };
  std::vector<Part> parts_;  ///< in the order of the rows
};

}  // namespace rmqsim
