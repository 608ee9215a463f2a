// What must hold.
#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {
namespace {

constexpr std::string_view kAboutSends = R"(
  "anyOf": [
    {"required": ["outcome"]}, {"required": ["broker"]}, {"required": ["queueId"]}, {"required": ["attempts"]},
    {"required": ["attemptBrokers"]}, {"required": ["elapsedMs"]}, {"required": ["exception"]},
    {"required": ["transaction"]}, {"required": ["reply"]}, {"required": ["callbacks"]}
  ],
  "not": {"required": ["exception", "outcome"], "properties": {"outcome": {"not": {"const": "EXCEPTION"}}}})";

constexpr KeyRow kSendExpectationRows[] = {
    {"sends", key::ref("sends"), "", key::required, "Which sends."},
    {"in", key::ref("profiles"), "", "(all profiles)", "Holds in these profiles only."},
    {"outcome", key::ref("sendOutcome"), "", key::none, "How it ended."},
    {"broker", key::ref("name"), "", key::none, "Of the result."},
    {"queueId", key::integer(0, INT32_MAX), "", key::none, "Of the result."},
    {"attempts", key::ref("attempts"), "", key::none, "How many, or each one in order as [broker, queueId, outcome]."},
    {"attemptBrokers", key::refs("name"), "", key::none, "The broker of each attempt, in order."},
    {"elapsedMs", key::ref("timeRange"), "ms", key::none,
     "From the call to its result. The worlds of real time, tcp and process, allow it to end 500 ms later."},
    {"exception", key::ref("exception"), "", key::none, "The exception that it ended with."},
    {"transaction", key::ref("transactionExpectation"), "", key::none, "What became of its transaction."},
    {"reply", key::text(0, kMaxBytes), "", key::none, "The reply's body."},
    {"callbacks", key::refs("requestCallback"), "", key::none,
     "What an async request told, in order: onSuccess(null), onSuccess(reply), onException, or an exception out of "
     "the call."},
};

constexpr KeyRow kTransactionExpectationRows[] = {
    {"local", key::ref("transactionState"), "", key::none, "What the listener answered."},
    {"broker", key::words(kTransactionEnds), "", key::none,
     "What the brokers did with it in the end, the first that applies: it is visible; somebody may still ask; "
     "rolled back; given up; its half message never arrived."},
    {"checks", key::count, "", key::none,
     "How often a broker's scan came to it, whether or not there was a client to ask."},
};

constexpr KeyRow kExceptionRows[] = {
    {"type", key::words(kExceptionTypes), "", key::none, "The Java class's simple name."},
    {"responseCode", key::ref("exceptionCode"), "", key::none,
     "Of MQClientException (-1 for none) and MQBrokerException."},
    {"messageContains", key::text(1), "", key::none, "Part of its text."},
};

constexpr KeyRow kCountsExpectationRows[] = {
    {"counts", key::ref("outcomeCounts"), "", key::required,
     "How many sends ended so; outcomes not named may occur any number of times."},
    {"sends", key::ref("sends"), "", R"("all")", "Which sends."},
    {"in", key::ref("profiles"), "", "(all profiles)", "Holds in these profiles only."},
};

constexpr KeyRow kBrokerExpectationRows[] = {
    {"broker", key::ref("name"), "", key::required, "Which broker."},
    {"received", key::count, "", key::none, "Send requests that reached it; a batch is one."},
    {"stored", key::count, "", key::none, "Send requests that it stored; a batch is one."},
    {"requests", key::count, "", key::none, "How many requests the server saw."},
    {"on", key::ref("requestKind"), "", R"("any")", "Which requests."},
    {"topic", key::text(), "", "(any)", "Requests of this topic."},
    {"transactions", key::ref("brokerTransactions"), "", key::none, "Half messages by what became of them."},
    {"delayed", key::ref("brokerDelayed"), "", key::none, "Delayed messages by what became of them."},
    {"in", key::ref("profiles"), "", "(all profiles)", "Holds in these profiles only."},
};

constexpr KeyRow kBrokerTransactionsRows[] = {
    {"committed", key::count, "", key::none, "Half messages that were made visible."},
    {"rolledBack", key::count, "", key::none, "Half messages that were rolled back."},
    {"discarded", key::count, "", key::none, "Half messages that were given up."},
    {"pending", key::count, "", key::none, "Half messages that the broker still holds."},
};

constexpr KeyRow kBrokerDelayedRows[] = {
    {"delivered", key::count, "", key::none, "Delayed messages whose time came."},
    {"recalled", key::count, "", key::none, "Timer messages that were taken back before their time."},
};

constexpr KeyRow kNameserverExpectationRows[] = {
    {"nameserver", key::ref("name"), "", key::required, "Which nameserver."},
    {"requests", key::count, "", key::required, "How many requests the server saw."},
    {"on", key::ref("requestKind"), "", R"("any")", "Which requests."},
    {"topic", key::text(), "", "(any)", "Requests of this topic."},
    {"in", key::ref("profiles"), "", "(all profiles)", "Holds in these profiles only."},
};

constexpr KeyRow kFaultItemExpectationRows[] = {
    {"faultItem", key::ref("name"), "", key::required, "The broker."},
    {"producer", key::ref("name"), "", "(the only one)", "Whose latency table."},
    {"atMs", key::time_ms, "ms", "(in an assert now, otherwise at the end)", "Since the first step began."},
    {"available", key::boolean, "", key::none, "The broker is not isolated."},
    {"reachable", key::boolean, "", key::none, "The last probe or send reached it."},
    {"in", key::ref("profiles"), "", "(all profiles)", "Holds in these profiles only."},
};

constexpr KeyRow kTraceExpectationRows[] = {
    {"traces", key::count, "", key::required, "How many records."},
    {"producer", key::ref("name"), "", "(any)", "Written by this producer."},
    {"topic", key::text(1), "", "(any)", "About messages of this topic, without namespace."},
    {"broker", key::ref("name"), "", "(any)", "About messages sent to this broker."},
    {"success", key::boolean, "", "(any)", "About sends that ended with SEND_OK, or not."},
    {"in", key::ref("profiles"), "", "(all profiles)", "Holds in these profiles only."},
};

constexpr KeyRow kStepSendExpectationRows[] = {
    {"in", key::ref("profiles"), "", "(all profiles)", "Holds in these profiles only."},
    {"outcome", key::ref("sendOutcome"), "", key::none, "How it ended."},
    {"broker", key::ref("name"), "", key::none, "Of the result."},
    {"queueId", key::integer(0, INT32_MAX), "", key::none, "Of the result."},
    {"attempts", key::ref("attempts"), "", key::none, "How many, or each one in order as [broker, queueId, outcome]."},
    {"attemptBrokers", key::refs("name"), "", key::none, "The broker of each attempt, in order."},
    {"elapsedMs", key::ref("timeRange"), "ms", key::none,
     "From the call to its result. The worlds of real time, tcp and process, allow it to end 500 ms later."},
    {"exception", key::ref("exception"), "", key::none, "The exception that it ended with."},
    {"transaction", key::ref("transactionExpectation"), "", key::none, "What became of its transaction."},
    {"reply", key::text(0, kMaxBytes), "", key::none, "The reply's body."},
    {"callbacks", key::refs("requestCallback"), "", key::none,
     "What an async request told, in order: onSuccess(null), onSuccess(reply), onException, or an exception out of "
     "the call."},
};

constexpr KeyRow kStepCountsExpectationRows[] = {
    {"counts", key::ref("outcomeCounts"), "", key::required,
     "How many sends ended so; outcomes not named may occur any number of times."},
    {"in", key::ref("profiles"), "", "(all profiles)", "Holds in these profiles only."},
};

}  // namespace

namespace shapes {

constinit const Shape sendExpectation{"sendExpectation", "Holds for each selected send.", kSendExpectationRows,
                                      kAboutSends};

constinit const Shape transactionExpectation{"transactionExpectation", "About a send that is a transaction.",
                                             kTransactionExpectationRows, R"("minProperties": 1)"};

constinit const Shape exception{"exception", "The exception that a send ended with.", kExceptionRows,
                                R"("minProperties": 1)"};

constinit const Shape countsExpectation{"countsExpectation", "Counts the selected sends (default all) by outcome.",
                                        kCountsExpectationRows};

constinit const Shape brokerExpectation{
    "brokerExpectation",
    "What reached a broker, in an assert up to now, otherwise up to the end, after the producers have shut down. "
    "received and stored count send requests; a batch is one.",
    kBrokerExpectationRows,
    R"(
  "anyOf": [
    {"required": ["received"]}, {"required": ["stored"]}, {"required": ["requests"]}, {"required": ["transactions"]},
    {"required": ["delayed"]}
  ],
  "dependencies": {"on": ["requests"], "topic": ["requests"]})"};

constinit const Shape brokerTransactions{
    "brokerTransactions", "How many half messages the broker made visible, rolled back, gave up, or still holds.",
    kBrokerTransactionsRows, R"("minProperties": 1)"};

constinit const Shape brokerDelayed{
    "brokerDelayed",
    "How many delayed messages the broker delivered so far, and how many timer messages were taken back before "
    "their time.",
    kBrokerDelayedRows, R"("minProperties": 1)"};

constinit const Shape nameserverExpectation{
    "nameserverExpectation",
    "What reached a nameserver, in an assert up to now, otherwise up to the end, after the producers have shut down.",
    kNameserverExpectationRows};

constinit const Shape faultItemExpectation{
    "faultItemExpectation", "What a producer's latency table says about a broker.", kFaultItemExpectationRows,
    R"("anyOf": [{"required": ["available"]}, {"required": ["reachable"]}])"};

constinit const Shape traceExpectation{
    "traceExpectation",
    "How many records of message trace brokers hold: in an assert now, otherwise after the producers have shut "
    "down, which sends what was still waiting. The other keys say which records count.",
    kTraceExpectationRows};

constinit const Shape stepSendExpectation{"stepSendExpectation", "Holds for each send of the step.",
                                          kStepSendExpectationRows, kAboutSends};

constinit const Shape stepCountsExpectation{"stepCountsExpectation", "Counts the sends of the step by outcome.",
                                            kStepCountsExpectationRows};

}  // namespace shapes
}  // namespace rmqsim
