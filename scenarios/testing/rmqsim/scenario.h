// A scenario written in C++ with the names of the scenario format (format §1). What `cluster` and
// `network` hold there is said here at once:
//
//     scenario("busy", "One broker refuses.")
//         .brokers("broker-a", "broker-b")
//         .topics(topic("Orders").queues(4))
//         .producers(producer("p").config({{"sendMsgTimeout", 1000}}))
//         .steps(send("Orders").count(12).intervalMs(5))
//         .faults(at("broker-a").on("send").nth("1-2").respond("SYSTEM_BUSY"))
//         .expect(sends("all").outcome("SEND_OK"))
#pragma once

#include <stdexcept>

#include "rmqsim/events.h"
#include "rmqsim/expectations.h"
#include "rmqsim/faults.h"
#include "rmqsim/values.h"

namespace rmqsim {
struct Scenario;
}

namespace rmqsim::test {

/// What is wrong, in the words of the parser of scenario files, with the place in the code where the scenario begins.
class InvalidScenario : public std::invalid_argument {
 public:
  using std::invalid_argument::invalid_argument;
};

/// A broker that is more than its name.
class Server : public Part<Server> {
 public:
  explicit Server(std::string_view name) { set("name", name); }
  Server& slaveOf(std::string_view master) { return set("slaveOf", master); }
  Server& brokerId(std::int64_t id) { return set("brokerId", id); }
  /// Broker properties by their Java names: {{"maxMessageSize", 1000}}.
  Server& config(Values properties) { return extend("config", properties); }
};

class Topic : public Part<Topic> {
 public:
  explicit Topic(std::string_view name) { set("name", name); }
  template <class... Names>
  Topic& brokers(const Names&... names) {
    return append("brokers", names...);
  }
  Topic& queues(int per_broker) { return set("queues", per_broker); }
  /// {{"broker-a", 4}, {"broker-b", 2}}
  Topic& queues(Values per_broker) { return set("queues", Value::object(per_broker)); }
  Topic& perm(std::string_view perm) { return set("perm", perm); }
};

class Responder : public Part<Responder> {
 public:
  explicit Responder(std::string_view of) { set("topic", of); }
  Responder& name(std::string_view name) { return set("name", name); }
  Responder& delayMs(double ms) { return set("delayMs", ms); }
  Responder& reply(std::string_view body) { return set("reply", body); }
  Responder& nth(const Value& which) { return set("nth", which); }
  Responder& mayBeIdle(bool idle = true) { return set("mayBeIdle", idle); }
};

class Producer : public Part<Producer> {
 public:
  explicit Producer(std::string_view name) { set("name", name); }
  Producer& group(std::string_view group) { return set("group", group); }
  /// Java's property names: {{"sendMsgTimeout", 1000}, {"sendLatencyFaultEnable", true}}.
  Producer& config(Values settings) { return extend("config", settings); }
  Producer& queueIndex(std::int32_t start) { return set("queueIndex", Value::object({{"start", start}})); }
  Producer& queueIndex(std::int32_t start, const Value& resets) {
    return set("queueIndex", Value::object({{"start", start}, {"resets", resets}}));
  }
  template <class... Names>
  Producer& nameservers(const Names&... names) {
    return append("nameservers", names...);
  }
  Producer& autoStart(bool on) { return set("autoStart", on); }
  /// {{"accessKey", "k"}, {"secretKey", "s"}}, and perhaps securityToken.
  Producer& credentials(Values keys) { return set("credentials", Value::object(keys)); }
  /// {{"local", "unknown"}, {"check", {"commit"}}}
  Producer& listener(Values answers) { return set("listener", Value::object(answers)); }
  Producer& noListener() { return set("listener", "none"); }
};

class ScenarioBuilder : public Part<ScenarioBuilder> {
 public:
  /// `file` and `line`: where it is called.
  ScenarioBuilder(std::string_view name, std::string_view why, std::string_view file, int line);

  template <class... Texts>
  ScenarioBuilder& references(const Texts&... texts) {
    return append("references", texts...);
  }
  /// What it is about: "retry", "timeout" …
  template <class... Texts>
  ScenarioBuilder& concerns(const Texts&... texts) {
    return append("concerns", texts...);
  }
  template <class... Names>
  ScenarioBuilder& profile(const Names&... names) {
    return append("profile", names...);
  }
  ScenarioBuilder& seed(std::uint64_t seed) { return set("seed", seed); }
  /// Only these of sim, tcp and process can keep what is expected.
  ScenarioBuilder& worlds(const Value& only, std::string_view reason) {
    return set("worlds", Value::object({{"only", only}, {"reason", reason}}));
  }

  // What takes several grows with each call. Of `cluster`:
  template <class... Names>
  ScenarioBuilder& nameservers(const Names&... names) {
    return append_in_cluster("nameservers", {Value(names)...});
  }
  /// Names, or server("broker-b-slave").slaveOf("broker-b").
  template <class... Brokers>
  ScenarioBuilder& brokers(const Brokers&... brokers) {
    return append_in_cluster("brokers", {Value(brokers)...});
  }
  template <class... Topics>
  ScenarioBuilder& topics(const Topics&... topics) {
    return append_in_cluster("topics", {Value(topics)...});
  }
  ScenarioBuilder& autoCreateTopic(bool on = true) { return in_cluster("autoCreateTopic", on); }
  ScenarioBuilder& checkQueueId(bool on = true) { return in_cluster("checkQueueId", on); }
  ScenarioBuilder& recallMessageEnable(bool on = true) { return in_cluster("recallMessageEnable", on); }
  /// {{"transactionTimeOut", 1000}, {"transactionCheckInterval", 2000}}
  ScenarioBuilder& transactions(Values settings) { return extend_in_cluster("transactions", settings); }
  template <class... Responders>
  ScenarioBuilder& responders(const Responders&... responders) {
    return append_in_cluster("responders", {Value(responders)...});
  }
  template <class... Accounts>
  ScenarioBuilder& accounts(const Accounts&... accounts) {
    return append_in_cluster("accounts", {Value(accounts)...});
  }
  /// {{"ns-1", "permissive"}, {"broker-a", "enforcing"}}
  ScenarioBuilder& tls(Values modes) { return extend_in_cluster("tls", modes); }
  // Of `network`:
  ScenarioBuilder& oneWayMs(double ms) { return in_network("oneWayMs", ms); }
  ScenarioBuilder& timerSlackMs(double ms) { return in_network("timerSlackMs", ms); }
  ScenarioBuilder& closeDelayMs(double ms) { return in_network("closeDelayMs", ms); }
  template <class... Producers>
  ScenarioBuilder& producers(const Producers&... producers) {
    return append("producers", producers...);
  }
  template <class... Steps>
  ScenarioBuilder& steps(const Steps&... steps) {
    return append("steps", steps...);
  }
  template <class... Faults>
  ScenarioBuilder& faults(const Faults&... faults) {
    return append("faults", faults...);
  }
  template <class... Expected>
  ScenarioBuilder& expect(const Expected&... expected) {
    return append("expect", expected...);
  }
  /// An invariant that does not hold, and why; `in` a profile only, or in all.
  ScenarioBuilder& off(std::string_view invariant, std::string_view reason, std::string_view in = {});

  /// The same as a file of the library; throws InvalidScenario, as build() does.
  std::string text() const;
  Scenario build() const;
  /// "orders_test.cc:12: scenario "busy"", for messages.
  std::string where() const;

 private:
  ScenarioBuilder& in_cluster(std::string_view key, const Value& value);
  ScenarioBuilder& append_in_cluster(std::string_view key, const std::vector<Value>& items);
  ScenarioBuilder& extend_in_cluster(std::string_view key, Values members);
  ScenarioBuilder& in_network(std::string_view key, const Value& value);

  std::string where_;
  Object cluster_, network_, invariants_;
};

/// (std::source_location, which says the same, is more than Clang 14 has.)
inline ScenarioBuilder scenario(std::string_view name, std::string_view why, const char* file = __builtin_FILE(),
                                int line = __builtin_LINE()) {
  return {name, why, file, line};
}
inline Server server(std::string_view name) { return Server(name); }
inline Topic topic(std::string_view name) { return Topic(name); }
inline Responder responder(std::string_view topic) { return Responder(topic); }
inline Producer producer(std::string_view name) { return Producer(name); }
inline Value account(std::string_view access_key, std::string_view secret_key) {
  return Value::object({{"accessKey", access_key}, {"secretKey", secret_key}});
}
/// Who may do what these allow: account("k", "s", {{"defaultTopicPerm", "SUB"}, {"topicPerms", {"Orders=PUB"}}}).
inline Value account(std::string_view access_key, std::string_view secret_key, Values may) {
  Object all;
  all.set("accessKey", access_key);
  all.set("secretKey", secret_key);
  for (const auto& [key, value] : may) all.set(key, value);
  return Value(all);
}

}  // namespace rmqsim::test
