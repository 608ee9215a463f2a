// Fault rules with the names of the scenario format (format §1.14, §1.15), for a scenario's `faults` and
// for TestCluster::fault():
//
//     at("broker-a").on("send").nth("1-5").respond("SYSTEM_BUSY", "broker busy")
#pragma once

#include "rmqsim/parts.h"

namespace rmqsim::test {

class Fault : public Part<Fault> {
 public:
  explicit Fault(std::string_view server) { set("at", server); }

  // On which requests: all that is said must hold (format §1.14).
  /// For messages and the trace. Default: by its place.
  Fault& id(std::string_view id) { return set("id", id); }
  /// "send", "connect", "link" or another word of format §1.14, or the name of a request code, §1.18. Required.
  Fault& on(std::string_view requests) { return set("on", requests); }
  /// Which of them, counted from 1: 3, "3", "1-5", "2,4,7-". Default: every one.
  Fault& nth(const Value& which) { return set("nth", which); }
  /// The first n of them; not beside nth.
  Fault& times(std::uint64_t n) { return set("times", n); }
  /// What nth and times count: requests at each "broker" (default), in the whole "cluster", or tries of each "message".
  Fault& count(std::string_view what) { return set("count", what); }
  /// From then on: since the first step began, of a TestCluster since it was made.
  Fault& fromMs(double ms) { return set("fromMs", ms); }
  /// Until then, excluded.
  Fault& toMs(double ms) { return set("toMs", ms); }
  /// 0 to 1, drawn from the scenario's seed.
  Fault& probability(double p) { return set("probability", p); }
  Fault& topic(std::string_view topic) { return set("topic", topic); }
  Fault& queueId(std::int32_t id) { return set("queueId", id); }
  /// Requests of its group.
  Fault& producer(std::string_view name) { return set("producer", name); }
  /// That the rule never acts is no failure.
  Fault& mayBeIdle(bool idle = true) { return set("mayBeIdle", idle); }

  // What is done: made of the rows of actions, as format §1.15 is.
  /// Answers this and stores nothing. `code` is the name of a response code or its number.
  Fault& respond(const Value& code) { return act("respond", Value::object({{"code", code}})); }
  Fault& respond(const Value& code, std::string_view remark) {
    return act("respond", Value::object({{"code", code}, {"remark", remark}}));
  }
  /// Stores, then answers this. A request that the broker refuses by itself keeps that answer. `code` is the name of a
  /// response code or its number.
  Fault& storeThenRespond(const Value& code) { return act("storeThenRespond", Value::object({{"code", code}})); }
  Fault& storeThenRespond(const Value& code, std::string_view remark) {
    return act("storeThenRespond", Value::object({{"code", code}, {"remark", remark}}));
  }
  /// Never answers; with `request` nothing is stored, with `response` it is. `when` is "request" or "response".
  Fault& drop(std::string_view when) { return act("drop", when); }
  /// Holds the answer; the request is processed when it arrives. On a link it holds each segment. How long is `ms`, or
  /// drawn from a distribution, which decides what `(a, b)` are: "uniform" (low, high) in ms, "normal" (mean, sd) in
  /// ms, "lognormal" (median in ms, sigma), "pareto" (minimum in ms, alpha).
  Fault& delayMs(double ms) { return act("delayMs", ms); }
  Fault& delayMs(std::string_view distribution, double a, double b) {
    return act("delayMs", Value::object({{distribution, Value{a, b}}}));
  }
  /// Answers when the client must have given up: two seconds after the longest timeout that the scenario names
  /// (sendMsgTimeout, mqClientApiTimeout, a step's timeoutMs; at least 3000 ms).
  Fault& late() { return act("late", true); }
  /// With on: connect. The connection is refused.
  Fault& refuse() { return act("refuse", true); }
  /// With on: connect. Connects, never answers.
  Fault& blackhole() { return act("blackhole", true); }
  /// Closes the connection instead of answering, before or after storing. `when` is "before" or "after".
  Fault& close(std::string_view when) { return act("close", when); }
  /// Resets the connection instead of answering, before or after storing. `when` is "before" or "after".
  Fault& reset(std::string_view when) { return act("reset", when); }
  /// Sends so many random bytes instead of the answer.
  Fault& garbage(std::uint32_t bytes) { return act("garbage", bytes); }
  /// Answers with another opaque.
  Fault& wrongOpaque() { return act("wrongOpaque", true); }
  /// Answers twice.
  Fault& duplicate() { return act("duplicate", true); }
  /// Sends so many bytes of the answer, then closes.
  Fault& truncate(std::uint32_t bytes) { return act("truncate", bytes); }
  /// Dribbles the answer, so many bytes at a time, 1 ms apart; what else goes to that client waits for its end.
  Fault& chunk(std::uint32_t bytes) { return act("chunk", bytes); }
  /// With on: link, toServer or toClient. The connection is closed when so many bytes have passed.
  Fault& closeAfterBytes(std::uint32_t bytes) { return act("closeAfterBytes", bytes); }
  /// With on: link, toServer or toClient. The connection is reset when so many bytes have passed.
  Fault& resetAfterBytes(std::uint32_t bytes) { return act("resetAfterBytes", bytes); }
  /// With on: link, toServer or toClient. So many bytes pass in a second, and no more.
  Fault& bytesPerSecond(std::uint32_t bytes) { return act("bytesPerSecond", bytes); }
  /// With on: link, toServer or toClient. So many of a hundred segments are lost: sent again after 200 ms, then after
  /// twice as long each time, while what follows waits.
  Fault& lossPercent(double percent) { return act("lossPercent", percent); }

 private:
  Fault& act(std::string_view key, const Value& value) {
    do_.set(key, value);
    return set("do", do_);
  }

  Object do_;
};

/// A server's name, or "*" for every broker.
inline Fault at(std::string_view server) { return Fault(server); }

}  // namespace rmqsim::test
