// The keys of every object that a scenario may hold: what the parser accepts, by the name under which the JSON Schema
// defines the same object. A test compares the two.
#pragma once

#include <span>
#include <string_view>

namespace rmqsim {

struct Shape {
  std::string_view name;  ///< `definitions/<name>` of the schema; the whole file is "scenario"
  std::span<const std::string_view> keys;

  constexpr bool has(std::string_view key) const {
    for (const std::string_view known : keys) {
      if (known == key) return true;
    }
    return false;
  }
};

namespace shapes {

#define RMQSIM_SHAPE(shape, ...)                                    \
  inline constexpr std::string_view shape##_keys[] = {__VA_ARGS__}; \
  inline constexpr Shape shape { #shape, shape##_keys }

RMQSIM_SHAPE(scenario, "$schema", "version", "name", "why", "references", "profile", "seed", "worlds", "cluster",
             "network", "producers", "steps", "faults", "expect", "invariants");
RMQSIM_SHAPE(worlds, "only", "reason");
RMQSIM_SHAPE(cluster, "nameservers", "brokers", "topics", "autoCreateTopic", "checkQueueId", "recallMessageEnable",
             "transactions", "responders", "accounts");
RMQSIM_SHAPE(transactions, "transactionTimeOut", "transactionCheckInterval", "transactionCheckMax",
             "transactionOpBatchInterval");
RMQSIM_SHAPE(responder, "name", "topic", "delayMs", "reply", "nth", "mayBeIdle");
RMQSIM_SHAPE(account, "accessKey", "secretKey");
RMQSIM_SHAPE(broker, "name", "slaveOf", "brokerId");
RMQSIM_SHAPE(topic, "name", "brokers", "queues", "perm");
RMQSIM_SHAPE(network, "oneWayMs", "timerSlackMs", "closeDelayMs");
RMQSIM_SHAPE(producer, "name", "group", "config", "queueIndex", "nameservers", "autoStart", "credentials");
RMQSIM_SHAPE(credentials, "accessKey", "secretKey", "securityToken");
RMQSIM_SHAPE(queueIndex, "start", "resets");

RMQSIM_SHAPE(step, "send", "transaction", "request", "recall", "waitMs", "assert", "do", "name", "background", "atMs",
             "concurrency", "expect", "mayBeIdle");
RMQSIM_SHAPE(recall, "producer", "sends", "topic", "intervalMs");
RMQSIM_SHAPE(send, "producer", "mode", "topic", "tags", "keys", "properties", "delayLevel", "delayMs", "body", "count",
             "intervalMs", "timeoutMs", "queue", "selector", "batch");
RMQSIM_SHAPE(transaction, "producer", "topic", "tags", "keys", "properties", "delayLevel", "body", "count",
             "intervalMs", "local", "localMs", "check");
RMQSIM_SHAPE(request, "producer", "mode", "topic", "tags", "keys", "properties", "body", "count", "intervalMs",
             "timeoutMs", "queue", "selector");
RMQSIM_SHAPE(body, "text", "size", "fill");
RMQSIM_SHAPE(queue, "broker", "queueId");
RMQSIM_SHAPE(selector, "kind", "arg");

RMQSIM_SHAPE(event, "crash", "restart", "pause", "resume", "partition", "heal", "setRoute", "removeFromRoute",
             "setPerm", "setConfig", "startProducer", "shutdownProducer");
RMQSIM_SHAPE(partition, "between", "and", "oneWay");
RMQSIM_SHAPE(heal, "between", "and");
RMQSIM_SHAPE(setRoute, "topic", "brokers", "queues", "perm", "at");
RMQSIM_SHAPE(removeFromRoute, "broker", "topic", "at");
RMQSIM_SHAPE(setPerm, "topic", "perm", "brokers");
RMQSIM_SHAPE(setConfig, "producer", "config");

RMQSIM_SHAPE(fault, "id", "at", "on", "nth", "times", "fromMs", "toMs", "probability", "topic", "queueId", "producer",
             "do", "mayBeIdle");
RMQSIM_SHAPE(action, "delayMs", "respond", "storeThenRespond", "drop", "close", "reset", "refuse", "blackhole",
             "truncate", "garbage", "chunk", "wrongOpaque", "duplicate", "late");
RMQSIM_SHAPE(answer, "code", "remark");
RMQSIM_SHAPE(delay, "uniform", "normal", "lognormal", "pareto");

RMQSIM_SHAPE(sendExpectation, "sends", "in", "outcome", "broker", "queueId", "attempts", "attemptBrokers", "elapsedMs",
             "exception", "transaction", "reply", "callbacks");
RMQSIM_SHAPE(transactionExpectation, "local", "broker", "checks");
RMQSIM_SHAPE(countsExpectation, "counts", "sends", "in");
RMQSIM_SHAPE(brokerExpectation, "broker", "received", "stored", "requests", "on", "topic", "transactions", "delayed",
             "in");
RMQSIM_SHAPE(brokerDelayed, "delivered", "recalled");
RMQSIM_SHAPE(brokerTransactions, "committed", "rolledBack", "discarded", "pending");
RMQSIM_SHAPE(nameserverExpectation, "nameserver", "requests", "on", "topic", "in");
RMQSIM_SHAPE(faultItemExpectation, "faultItem", "producer", "atMs", "available", "reachable", "in");
RMQSIM_SHAPE(traceExpectation, "traces", "producer", "topic", "broker", "success", "in");
RMQSIM_SHAPE(stepSendExpectation, "in", "outcome", "broker", "queueId", "attempts", "attemptBrokers", "elapsedMs",
             "exception", "transaction", "reply", "callbacks");
RMQSIM_SHAPE(stepCountsExpectation, "counts", "in");
RMQSIM_SHAPE(exception, "type", "responseCode", "messageContains");
RMQSIM_SHAPE(invariants, "off");
RMQSIM_SHAPE(invariantOff, "name", "reason", "in");

// What the control room takes besides (fragments.h); not part of a scenario.
RMQSIM_SHAPE(gate, "id", "at", "on", "nth", "times", "fromMs", "toMs", "probability", "topic", "queueId", "producer");
RMQSIM_SHAPE(topicPut, "brokers", "queues", "perm");
RMQSIM_SHAPE(permPut, "perm", "topic");
RMQSIM_SHAPE(release, "count");

#undef RMQSIM_SHAPE

inline constexpr const Shape* kAll[] = {&scenario,
                                        &worlds,
                                        &cluster,
                                        &transactions,
                                        &responder,
                                        &account,
                                        &broker,
                                        &topic,
                                        &network,
                                        &producer,
                                        &credentials,
                                        &queueIndex,
                                        &step,
                                        &send,
                                        &transaction,
                                        &request,
                                        &recall,
                                        &body,
                                        &queue,
                                        &selector,
                                        &event,
                                        &partition,
                                        &heal,
                                        &setRoute,
                                        &removeFromRoute,
                                        &setPerm,
                                        &setConfig,
                                        &fault,
                                        &action,
                                        &answer,
                                        &delay,
                                        &sendExpectation,
                                        &transactionExpectation,
                                        &countsExpectation,
                                        &brokerExpectation,
                                        &brokerTransactions,
                                        &brokerDelayed,
                                        &nameserverExpectation,
                                        &faultItemExpectation,
                                        &traceExpectation,
                                        &stepSendExpectation,
                                        &stepCountsExpectation,
                                        &exception,
                                        &invariants,
                                        &invariantOff};

}  // namespace shapes
}  // namespace rmqsim
