// Events with the names of the scenario format (format §1.13), as steps of a scenario and for
// TestCluster::perform(), where they happen at once:
//
//     crash("broker-a").atMs(2000), partition("broker-a", "broker-b").and_("p"), setRoute("Orders").brokers("broker-b")
#pragma once

#include "rmqsim/steps.h"

namespace rmqsim::test {

/// An event, and what only some of them have.
class EventStep : public StepOf<EventStep> {
 public:
  explicit EventStep(std::string_view kind) : StepOf(kind, true) {}
  EventStep(std::string_view kind, const Value& value) : StepOf(kind, true) { plain_.push_back(value); }
  EventStep& mayBeIdle(bool idle = true) { return around("mayBeIdle", idle); }
  EventStep& key(std::string_view key, const Value& value) { return set(key, value); }

  // Of partition and heal.
  template <class... Names>
  EventStep& between(const Names&... names) {
    return append("between", names...);
  }
  template <class... Names>
  EventStep& and_(const Names&... names) {
    return append("and", names...);
  }
  EventStep& oneWay(bool on = true) { return set("oneWay", on); }
  // Of setRoute, removeFromRoute and setPerm.
  EventStep& topic(std::string_view topic) { return set("topic", topic); }
  template <class... Names>
  EventStep& brokers(const Names&... names) {
    return append("brokers", names...);
  }
  EventStep& queues(int per_broker) { return set("queues", per_broker); }
  EventStep& queues(Values per_broker) { return set("queues", Value::object(per_broker)); }
  EventStep& perm(std::string_view perm) { return set("perm", perm); }
  /// Nameservers.
  template <class... Names>
  EventStep& at(const Names&... names) {
    return append("at", names...);
  }
};

template <class... Names>
EventStep crash(const Value& server, const Names&... more) {
  return {"crash", Value::list_of(server, more...)};
}
template <class... Names>
EventStep restart(const Value& server, const Names&... more) {
  return {"restart", Value::list_of(server, more...)};
}
template <class... Names>
EventStep pause(const Value& server, const Names&... more) {
  return {"pause", Value::list_of(server, more...)};
}
template <class... Names>
EventStep resume(const Value& server, const Names&... more) {
  return {"resume", Value::list_of(server, more...)};
}
template <class... Names>
EventStep partition(const Value& between, const Names&... more) {
  return EventStep("partition").between(between, more...);
}
/// All partitions, or the one between these.
inline EventStep heal() { return {"heal", "all"}; }
template <class... Names>
EventStep heal(const Value& between, const Names&... more) {
  return EventStep("heal").between(between, more...);
}
inline EventStep setRoute(std::string_view topic) { return EventStep("setRoute").topic(topic); }
inline EventStep removeFromRoute(std::string_view broker) { return EventStep("removeFromRoute").key("broker", broker); }
inline EventStep setPerm(std::string_view topic, std::string_view perm) {
  return EventStep("setPerm").topic(topic).perm(perm);
}
inline EventStep setConfig(std::string_view producer, Values config) {
  return EventStep("setConfig").key("producer", producer).key("config", Value::object(config));
}
inline EventStep startProducer(std::string_view name) { return {"startProducer", name}; }
/// A start that is to fail: {{"type", "MQClientException"}, {"messageContains", "maybe started once"}}.
inline EventStep startProducer(std::string_view name, Values exception) {
  return EventStep("startProducer").key("producer", name).key("exception", Value::object(exception));
}
inline EventStep shutdownProducer(std::string_view name) { return {"shutdownProducer", name}; }

}  // namespace rmqsim::test
