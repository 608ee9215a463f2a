// What a scenario expects, with the names of the scenario format (format §1.16). Made of the rows of expectations,
// scenarios/harness/expectations.
#pragma once

#include "rmqsim/parts.h"

namespace rmqsim::test {

/// Holds for each selected send.
class SendsExpected : public Part<SendsExpected> {
 public:
  /// About the sends of the step in whose `expect` it stands.
  SendsExpected() = default;
  /// Which sends: "all"; the number of one; numbers and ranges from 0, none twice, like "0-9, 12" or "5-"; or the name
  /// of a step that sends. Sends are numbered in file order, step by step.
  explicit SendsExpected(const Value& value) { set("sends", value); }

  /// Holds in these profiles only. Each is one of "java-5.3.3", "java-4.9.8", "hardened". Default: all profiles.
  template <class... Names>
  SendsExpected& in(const Names&... names) { return set("in", Value::list_of(names...)); }
  /// How it ended. One of "SEND_OK", "FLUSH_DISK_TIMEOUT", "FLUSH_SLAVE_TIMEOUT", "SLAVE_NOT_AVAILABLE", "EXCEPTION",
  /// "SENT", "REPLY", "RECALLED".
  SendsExpected& outcome(std::string_view word) { return set("outcome", word); }
  /// The broker of the result.
  SendsExpected& broker(std::string_view name) { return set("broker", name); }
  /// The queue of the result.
  SendsExpected& queueId(std::int32_t n) { return set("queueId", n); }
  /// How many, or each one in order as {broker, queueId, outcome}. Exactly `(n)`, or `(min, max)`, both included.
  /// Outcomes of attempts: format §2.
  /// Example: attempts({{"broker-a", 1, "SYSTEM_BUSY"}, {"broker-b", 0, "SUCCESS"}})
  SendsExpected& attempts(std::uint64_t n) { return set("attempts", n); }
  SendsExpected& attempts(std::uint64_t min, std::uint64_t max) { return set("attempts", Value{min, max}); }
  SendsExpected& attempts(std::initializer_list<Value> list) { return set("attempts", list); }
  /// The broker of each attempt, in order.
  template <class... Names>
  SendsExpected& attemptBrokers(const Names&... names) { return set("attemptBrokers", Value::list_of(names...)); }
  /// From the call to its result. The worlds of real time, tcp and process, allow it to end 500 ms later, and more
  /// where the machine kept the run waiting.
  SendsExpected& elapsedMs(double min, double max) { return set("elapsedMs", Value{min, max}); }
  /// The exception that it ended with. Not beside an outcome other than EXCEPTION. What its keys may be: format §1.16.
  /// Example: exception({{"type", "MQBrokerException"}, {"responseCode", "SYSTEM_BUSY"}, {"messageContains", "busy"}})
  SendsExpected& exception(Values what) { return set("exception", Value::object(what)); }
  /// What became of its transaction. What its keys may be: format §1.16.
  /// Example: transaction({{"local", "unknown"}, {"broker", "committed"}, {"checks", {1, 2}}, {"answeredBy", {"p"}}})
  SendsExpected& transaction(Values what) { return set("transaction", Value::object(what)); }
  /// The reply's body.
  SendsExpected& reply(std::string_view text) { return set("reply", text); }
  /// What an async request told, in order: onSuccess(null), onSuccess(reply), onException, or an exception out of the
  /// call. Each is one of "STORED", "REPLY", "EXCEPTION", "THROWN".
  template <class... Words>
  SendsExpected& callbacks(const Words&... words) { return set("callbacks", Value::list_of(words...)); }
};

/// Counts the selected sends (default all) by outcome.
class CountsExpected : public Part<CountsExpected> {
 public:
  /// How many sends ended so; outcomes not named may occur any number of times. Each outcome is one of "SEND_OK",
  /// "FLUSH_DISK_TIMEOUT", "FLUSH_SLAVE_TIMEOUT", "SLAVE_NOT_AVAILABLE", "EXCEPTION", "SENT", "REPLY", "RECALLED".
  /// Example: counts({{"SEND_OK", 12}, {"EXCEPTION", {0, 2}}})
  explicit CountsExpected(Values counts) { set("counts", Value::object(counts)); }

  /// Which sends: "all"; the number of one; numbers and ranges from 0, none twice, like "0-9, 12" or "5-"; or the name
  /// of a step that sends. Sends are numbered in file order, step by step. Default: "all".
  CountsExpected& sends(const Value& value) { return set("sends", value); }
  /// Holds in these profiles only. Each is one of "java-5.3.3", "java-4.9.8", "hardened". Default: all profiles.
  template <class... Names>
  CountsExpected& in(const Names&... names) { return set("in", Value::list_of(names...)); }
};

/// What reached a broker, in an assert up to now, otherwise up to the end, after the producers have shut down.
class BrokerExpected : public Part<BrokerExpected> {
 public:
  /// Which broker.
  explicit BrokerExpected(std::string_view name) { set("broker", name); }

  /// Send requests that reached it; a batch is one. Exactly `(n)`, or `(min, max)`, both included.
  BrokerExpected& received(std::uint64_t n) { return set("received", n); }
  BrokerExpected& received(std::uint64_t min, std::uint64_t max) { return set("received", Value{min, max}); }
  /// Send requests that it stored; a batch is one. Exactly `(n)`, or `(min, max)`, both included.
  BrokerExpected& stored(std::uint64_t n) { return set("stored", n); }
  BrokerExpected& stored(std::uint64_t min, std::uint64_t max) { return set("stored", Value{min, max}); }
  /// How many requests the server saw. Exactly `(n)`, or `(min, max)`, both included.
  BrokerExpected& requests(std::uint64_t n) { return set("requests", n); }
  BrokerExpected& requests(std::uint64_t min, std::uint64_t max) { return set("requests", Value{min, max}); }
  /// Which requests. A word of format §1.14 for requests, or the name of a request code, §1.18. Default: "any".
  BrokerExpected& on(std::string_view word) { return set("on", word); }
  /// Requests that name this topic: with its producer's namespace, if that has one. Default: any.
  BrokerExpected& topic(std::string_view text) { return set("topic", text); }
  /// Half messages by what became of them. What its keys may be: format §1.16.
  /// Example: transactions({{"committed", 4}, {"rolledBack", 2}, {"discarded", 0}, {"pending", {0, 1}}})
  BrokerExpected& transactions(Values what) { return set("transactions", Value::object(what)); }
  /// Delayed messages by what became of them. What its keys may be: format §1.16.
  /// Example: delayed({{"delivered", 5}, {"recalled", 1}})
  BrokerExpected& delayed(Values what) { return set("delayed", Value::object(what)); }
  /// Holds in these profiles only. Each is one of "java-5.3.3", "java-4.9.8", "hardened". Default: all profiles.
  template <class... Names>
  BrokerExpected& in(const Names&... names) { return set("in", Value::list_of(names...)); }
};

/// What reached a nameserver, in an assert up to now, otherwise up to the end, after the producers have shut down.
class NameserverExpected : public Part<NameserverExpected> {
 public:
  /// Which nameserver.
  explicit NameserverExpected(std::string_view name) { set("nameserver", name); }

  /// How many requests the server saw. Exactly `(n)`, or `(min, max)`, both included.
  NameserverExpected& requests(std::uint64_t n) { return set("requests", n); }
  NameserverExpected& requests(std::uint64_t min, std::uint64_t max) { return set("requests", Value{min, max}); }
  /// Which requests. A word of format §1.14 for requests, or the name of a request code, §1.18. Default: "any".
  NameserverExpected& on(std::string_view word) { return set("on", word); }
  /// Requests that name this topic: with its producer's namespace, if that has one. Default: any.
  NameserverExpected& topic(std::string_view text) { return set("topic", text); }
  /// Holds in these profiles only. Each is one of "java-5.3.3", "java-4.9.8", "hardened". Default: all profiles.
  template <class... Names>
  NameserverExpected& in(const Names&... names) { return set("in", Value::list_of(names...)); }
};

/// What a producer's latency table says about a broker.
class FaultItemExpected : public Part<FaultItemExpected> {
 public:
  /// The broker.
  explicit FaultItemExpected(std::string_view name) { set("faultItem", name); }

  /// Whose latency table. Default: the only one.
  FaultItemExpected& producer(std::string_view name) { return set("producer", name); }
  /// Since the first step began. Not in an assert, which is judged when its step comes. Default: in an assert now,
  /// otherwise at the end.
  FaultItemExpected& atMs(double ms) { return set("atMs", ms); }
  /// The broker is not isolated.
  FaultItemExpected& available(bool yes) { return set("available", yes); }
  /// The last probe or send reached it.
  FaultItemExpected& reachable(bool yes) { return set("reachable", yes); }
  /// Holds in these profiles only. Each is one of "java-5.3.3", "java-4.9.8", "hardened". Default: all profiles.
  template <class... Names>
  FaultItemExpected& in(const Names&... names) { return set("in", Value::list_of(names...)); }
};

/// How many records of message trace brokers hold: in an assert now, otherwise after the producers have shut down,
/// which sends what was still waiting. The other keys say which records count.
class TracesExpected : public Part<TracesExpected> {
 public:
  /// How many records. An exact number, or {min, max}, both included.
  explicit TracesExpected(const Value& value) { set("traces", value); }

  /// Written by this producer. Default: any.
  TracesExpected& producer(std::string_view name) { return set("producer", name); }
  /// About messages of this topic, without namespace. Default: any.
  TracesExpected& topic(std::string_view text) { return set("topic", text); }
  /// About messages sent to this broker. Default: any.
  TracesExpected& broker(std::string_view name) { return set("broker", name); }
  /// About sends that ended with SEND_OK, or not. Default: any.
  TracesExpected& success(bool yes) { return set("success", yes); }
  /// Holds in these profiles only. Each is one of "java-5.3.3", "java-4.9.8", "hardened". Default: all profiles.
  template <class... Names>
  TracesExpected& in(const Names&... names) { return set("in", Value::list_of(names...)); }
};

inline SendsExpected sends() { return {}; }
inline SendsExpected sends(const Value& value) { return SendsExpected(value); }
inline CountsExpected counts(Values counts) { return CountsExpected(counts); }
inline BrokerExpected broker(std::string_view name) { return BrokerExpected(name); }
inline NameserverExpected nameserver(std::string_view name) { return NameserverExpected(name); }
inline FaultItemExpected faultItem(std::string_view name) { return FaultItemExpected(name); }
inline TracesExpected traces(const Value& value) { return TracesExpected(value); }

}  // namespace rmqsim::test
