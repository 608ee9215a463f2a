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

  // On which requests.
  Fault& id(std::string_view id) { return set("id", id); }
  Fault& on(std::string_view requests) { return set("on", requests); }
  Fault& nth(const Value& which) { return set("nth", which); }
  Fault& times(std::uint64_t n) { return set("times", n); }
  /// "broker", "cluster", "message": what nth and times count.
  Fault& count(std::string_view what) { return set("count", what); }
  Fault& fromMs(double ms) { return set("fromMs", ms); }
  Fault& toMs(double ms) { return set("toMs", ms); }
  Fault& probability(double p) { return set("probability", p); }
  Fault& topic(std::string_view topic) { return set("topic", topic); }
  Fault& queueId(std::int32_t id) { return set("queueId", id); }
  Fault& producer(std::string_view name) { return set("producer", name); }
  Fault& mayBeIdle(bool idle = true) { return set("mayBeIdle", idle); }

  // What is done.
  Fault& delayMs(double ms) { return act("delayMs", ms); }
  /// `distribution` is uniform, normal, lognormal or pareto.
  Fault& delayMs(std::string_view distribution, double a, double b) {
    return act("delayMs", Value::object({{distribution, Value{a, b}}}));
  }
  /// The name of a response code or its number.
  Fault& respond(const Value& code) { return act("respond", Value::object({{"code", code}})); }
  Fault& respond(const Value& code, std::string_view remark) {
    return act("respond", Value::object({{"code", code}, {"remark", remark}}));
  }
  Fault& storeThenRespond(const Value& code) { return act("storeThenRespond", Value::object({{"code", code}})); }
  Fault& storeThenRespond(const Value& code, std::string_view remark) {
    return act("storeThenRespond", Value::object({{"code", code}, {"remark", remark}}));
  }
  /// "request" or "response".
  Fault& drop(std::string_view what) { return act("drop", what); }
  /// "before" or "after", which is whether the message is stored; the same of reset.
  Fault& close(std::string_view when) { return act("close", when); }
  Fault& reset(std::string_view when) { return act("reset", when); }
  Fault& refuse() { return act("refuse", true); }
  Fault& blackhole() { return act("blackhole", true); }
  Fault& truncate(std::uint32_t bytes) { return act("truncate", bytes); }
  Fault& garbage(std::uint32_t bytes) { return act("garbage", bytes); }
  Fault& chunk(std::uint32_t bytes) { return act("chunk", bytes); }
  Fault& wrongOpaque() { return act("wrongOpaque", true); }
  Fault& duplicate() { return act("duplicate", true); }
  Fault& late() { return act("late", true); }

  // What is done on a link: on("link"), on("toServer"), on("toClient"); delayMs as well.
  Fault& bytesPerSecond(std::uint32_t bytes) { return act("bytesPerSecond", bytes); }
  Fault& closeAfterBytes(std::uint32_t bytes) { return act("closeAfterBytes", bytes); }
  Fault& resetAfterBytes(std::uint32_t bytes) { return act("resetAfterBytes", bytes); }
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
