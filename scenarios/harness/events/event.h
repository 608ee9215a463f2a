// The vocabulary of a run: one struct for each kind of event, in the order of scenarios/trace.md, which says of every
// field what it is and when it is written. Whatever shows a run reads these: the lines of `--trace`, pictures, pages.
//
// To have the events of a run, set RunOptions::keep_events; they are in RunResult::events when run_scenario() returns,
// as values, in the order in which they were written. That is the order of time but for those that are written when a
// send has ended and carry their own, earlier time (`attempt` and decisions). A run whose events nobody wants makes
// none.
//
//   for (const Event& e : result.events) {
//     if (const auto* answer = std::get_if<event::Answer>(&e.what)) …   // e.at, e.node: when, and who tells it
//   }
//
// Times are Durations since the world began; a ledger's count from event::StepsBegin. What belongs together:
//   a send      `i` of Send, Attempt, Result and of all decisions
//   a request   `number` at a server (Request, Received, Answer, RuleActed); `opaque` on a connection (Written, Heard,
//               Received); its client is the one whose Opened has Received::peer as `local`
//   a message   `key` of Request is among SendRecord::msg_id
#pragma once

#include <cstdint>
#include <string>
#include <variant>

#include "producer/transport/time.h"

namespace rmqsim {
namespace event {

// ---- of the run

struct Run {
  std::string scenario, profile, world;
  std::int64_t seed = 0;
};
struct StepsBegin {};
/// An event of a step, as the file calls it ("crash").
struct StepEvent {
  std::string kind;
  std::int64_t step = 0;
};

// ---- of the network

/// `connect`, `connected`, `refused`, `connect_timeout`, `fin`, `rst` in the simulation, and over TCP without `from`.
struct Net {
  std::string kind, from, to;
};
struct Data {
  std::string from, to;
  std::int64_t bytes = 0;
};
struct SocketError {
  std::string message;
};

// ---- of a client's connections

struct Opened {
  std::int64_t connection = 0;
  std::string server, local, remote;
};
struct NotOpened {
  std::string server, why;
};
struct Closed {
  std::int64_t connection = 0;
  std::string server, by, why;
};

// ---- requests as clients see them

/// `request`
struct Written {
  std::string to;
  std::int64_t code = 0, opaque = 0, bytes = 0;
};
/// `response`, or `server-request`.
struct Heard {
  std::string kind, from;
  std::int64_t code = 0, opaque = 0;
};

// ---- requests as servers see them

struct Request {
  std::int64_t number = 0, code = 0;
  std::string topic;
  std::int64_t queue_id = 0;
  std::string key, rule;
};
struct Received {
  std::int64_t number = 0, opaque = 0;
  std::string peer, group;
  bool oneway = false;
};
struct RuleActed {
  std::string rule;
  std::int64_t index = 0, number = 0;
  std::string peer;
};
struct Answer {
  std::int64_t number = 0, code = 0;
  std::string outcome;
  std::int64_t stored = 0;
  bool acknowledged = false;
};

// ---- of servers

/// `crashed`, `restarted`, `paused`, `resumed`
struct ServerState {
  std::string kind;
};

// ---- of sends

/// `send`, `transaction`, `ask`
struct Send {
  std::string kind;
  std::int64_t i = 0;
  std::string topic;
};
struct Recall {
  std::int64_t i = 0, send = 0;
};
struct Attempt {
  std::int64_t i = 0;
  std::string broker;
  std::int64_t queue_id = 0, elapsed_us = 0, timeout_ms = 0;
  std::string outcome;
};
struct Result {
  std::int64_t i = 0;
  std::string outcome, error;
};

// ---- what a producer decided about a send

struct RouteFound {
  std::int64_t i = 0, queues = 0;
};
struct QueueChosen {
  std::int64_t i = 0;
  std::string broker;
  std::int64_t queue_id = 0, queues = 0;
  std::string last_broker, unavailable;
};
struct AttemptBegins {
  std::int64_t i = 0, attempt = 0, of = 0;
  std::string broker;
  std::int64_t queue_id = 0, spent_ms = 0, given_ms = 0;
};
struct Judged {
  std::int64_t i = 0;
  std::string broker, outcome, next;
};
struct Resent {
  std::int64_t i = 0;
  std::string broker;
  std::int64_t queue_id = 0, given_ms = 0;
};
struct Ended {
  std::int64_t i = 0;
  std::string reason;
  std::int64_t spent_ms = 0;
};

// ---- of producers besides

struct FaultItemSet {
  std::string broker;
  std::int64_t latency_ms = 0, isolated_ms = 0;
  bool reachable = true;
};
struct FaultItemExpired {
  std::string broker;
};
struct RouteChanged {
  std::string topic;
  std::int64_t queues = 0;
};
struct RouteLookupFailed {
  std::string topic, error;
};
/// `heartbeat-failed`, `unregister-failed`, `end-transaction-failed`
struct CallFailed {
  std::string kind, error;
};
struct Check {
  std::string key, answer;
};
struct CheckRefused {
  std::string why, group;
};
struct Replied {
  std::int64_t request = 0;
  std::string error;
};
struct ReplyUnexpected {
  std::string correlation_id;
};
struct NameServersFetched {
  std::string addresses;
};
struct Task {
  std::string name;
};

}  // namespace event

using EventData =
    std::variant<event::Run, event::StepsBegin, event::StepEvent, event::Net, event::Data, event::SocketError,
                 event::Opened, event::NotOpened, event::Closed, event::Written, event::Heard, event::Request,
                 event::Received, event::RuleActed, event::Answer, event::ServerState, event::Send, event::Recall,
                 event::Attempt, event::Result, event::RouteFound, event::QueueChosen, event::AttemptBegins,
                 event::Judged, event::Resent, event::Ended, event::FaultItemSet, event::FaultItemExpired,
                 event::RouteChanged, event::RouteLookupFailed, event::CallFailed, event::Check, event::CheckRefused,
                 event::Replied, event::ReplyUnexpected, event::NameServersFetched, event::Task>;

struct Event {
  Duration at{0};    ///< since the world began
  std::string node;  ///< who tells it: a producer, a server, "net", "scenario", …
  EventData what;
};

}  // namespace rmqsim
