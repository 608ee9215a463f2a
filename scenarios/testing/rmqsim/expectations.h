// What a scenario expects, with the names of the scenario format (format §1.16).
#pragma once

#include "rmqsim/parts.h"

namespace rmqsim::test {

/// Functions of every kind.
template <class Self>
class Expects : public Part<Self> {
 public:
  /// Only in these profiles.
  template <class... Names>
  Self& in(const Names&... profiles) {
    return this->set("in", Value::list_of(profiles...));
  }
};

class SendsExpected : public Expects<SendsExpected> {
 public:
  /// Without a selection: of a step's own sends.
  SendsExpected() = default;
  explicit SendsExpected(const Value& selection) { set("sends", selection); }

  SendsExpected& outcome(std::string_view outcome) { return set("outcome", outcome); }
  SendsExpected& broker(std::string_view name) { return set("broker", name); }
  SendsExpected& queueId(std::int32_t id) { return set("queueId", id); }
  SendsExpected& attempts(std::uint64_t n) { return set("attempts", n); }
  SendsExpected& attempts(std::uint64_t min, std::uint64_t max) { return set("attempts", Value{min, max}); }
  /// Exactly these in order: {{"broker-a", 1, "SYSTEM_BUSY"}, {"broker-b", 0, "SUCCESS"}}.
  SendsExpected& attempts(std::initializer_list<Value> list) { return set("attempts", list); }
  template <class... Names>
  SendsExpected& attemptBrokers(const Names&... names) {
    return set("attemptBrokers", Value::list_of(names...));
  }
  SendsExpected& elapsedMs(double min, double max) { return set_range("elapsedMs", min, max); }
  /// {{"type", "MQBrokerException"}, {"responseCode", "SYSTEM_BUSY"}, {"messageContains", "busy"}}
  SendsExpected& exception(Values what) { return set("exception", Value::object(what)); }
  /// {{"local", "commit"}, {"broker", "committed"}, {"checks", 2}}
  SendsExpected& transaction(Values what) { return set("transaction", Value::object(what)); }
  SendsExpected& reply(std::string_view body) { return set("reply", body); }
  template <class... Words>
  SendsExpected& callbacks(const Words&... words) {
    return set("callbacks", Value::list_of(words...));
  }
};

class CountsExpected : public Expects<CountsExpected> {
 public:
  explicit CountsExpected(Values counts) { set("counts", Value::object(counts)); }
  CountsExpected& sends(const Value& selection) { return set("sends", selection); }
};

/// Functions of those about servers.
template <class Self>
class ServerExpects : public Expects<Self> {
 public:
  Self& requests(std::uint64_t n) { return this->set("requests", n); }
  Self& requests(std::uint64_t min, std::uint64_t max) { return this->set("requests", Value{min, max}); }
  Self& on(std::string_view word) { return this->set("on", word); }
  Self& topic(std::string_view topic) { return this->set("topic", topic); }
};

class BrokerExpected : public ServerExpects<BrokerExpected> {
 public:
  explicit BrokerExpected(std::string_view name) { set("broker", name); }
  BrokerExpected& received(std::uint64_t n) { return set("received", n); }
  BrokerExpected& received(std::uint64_t min, std::uint64_t max) { return set("received", Value{min, max}); }
  BrokerExpected& stored(std::uint64_t n) { return set("stored", n); }
  BrokerExpected& stored(std::uint64_t min, std::uint64_t max) { return set("stored", Value{min, max}); }
  /// {{"committed", 3}, {"pending", 0}}
  BrokerExpected& transactions(Values counts) { return set("transactions", Value::object(counts)); }
  /// {{"delivered", 2}, {"recalled", 1}}
  BrokerExpected& delayed(Values counts) { return set("delayed", Value::object(counts)); }
};

class NameserverExpected : public ServerExpects<NameserverExpected> {
 public:
  explicit NameserverExpected(std::string_view name) { set("nameserver", name); }
};

class FaultItemExpected : public Expects<FaultItemExpected> {
 public:
  explicit FaultItemExpected(std::string_view broker) { set("faultItem", broker); }
  FaultItemExpected& producer(std::string_view name) { return set("producer", name); }
  FaultItemExpected& atMs(double ms) { return set("atMs", ms); }
  FaultItemExpected& available(bool yes) { return set("available", yes); }
  FaultItemExpected& reachable(bool yes) { return set("reachable", yes); }
};

class TracesExpected : public Expects<TracesExpected> {
 public:
  explicit TracesExpected(const Value& count) { set("traces", count); }
  TracesExpected& producer(std::string_view name) { return set("producer", name); }
  TracesExpected& topic(std::string_view topic) { return set("topic", topic); }
  TracesExpected& broker(std::string_view name) { return set("broker", name); }
  TracesExpected& success(bool yes) { return set("success", yes); }
};

/// "all", a number, "0-9,12", or a step's name; in a step's own `expect` nothing.
inline SendsExpected sends() { return {}; }
inline SendsExpected sends(const Value& selection) { return SendsExpected(selection); }
/// {{"SEND_OK", 12}, {"EXCEPTION", {0, 2}}}
inline CountsExpected counts(Values of_outcomes) { return CountsExpected(of_outcomes); }
inline BrokerExpected broker(std::string_view name) { return BrokerExpected(name); }
inline NameserverExpected nameserver(std::string_view name) { return NameserverExpected(name); }
inline FaultItemExpected faultItem(std::string_view broker) { return FaultItemExpected(broker); }
inline TracesExpected traces(const Value& count) { return TracesExpected(count); }

}  // namespace rmqsim::test
