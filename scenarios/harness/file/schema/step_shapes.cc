// What is sent, and when.
#include <cstdint>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {
namespace {

constexpr KeyRow kStepRows[] = {
    {"send", key::ref("send"), "", key::none, "Sends messages."},
    {"transaction", key::ref("transaction"), "", key::none, "Sends transactional messages."},
    {"request", key::ref("request"), "", key::none, "Sends requests and waits for replies."},
    {"recall", key::ref("recall"), "", key::none, "Takes timer messages back."},
    {"waitMs", key::time_ms, "ms", key::none, "Waits."},
    {"assert", key::ref("assertions"), "", key::none, "Expectations that are checked now instead of at the end."},
    {"do", key::ref("event"), "", key::none, "One event."},
    {"name", key::ref("name"), "", key::none, "For expectations to refer to; unique, and unlike the number of a send."},
    {"background", key::boolean, "", "false", "The next step starts at once."},
    {"atMs", key::time_ms, "ms", key::none,
     "Waits for this time since the first step began; never earlier than that of a step before it."},
    {"concurrency", key::integer(1, 1024), "", "1", "Application threads that share the sends."},
    {"expect", key::ref("stepExpectations"), "", key::none, "About all sends of this step."},
    {"mayBeIdle", key::boolean, "", "false",
     "Beside `do`: an event that changes nothing (restart of what runs, heal without a cut, setRoute of the route that "
     "is there) is neither an error nor a failure."},
};

constexpr KeyRow kSendRows[] = {
    {"producer", key::ref("name"), "", "(the only one)", "Who sends."},
    {"mode", key::words(kSendModes), "", R"("sync")", "Which kind of call."},
    {"topic", key::text(), "", key::required, "Any text: that the client refuses an illegal topic is a scenario too."},
    {"tags", key::text(), "", key::none, "The message's tag. Every {i} is its number, as in a body's text."},
    {"keys", key::ref("texts"), "", key::none, "The message's keys, numbered as its tag."},
    {"properties", key::ref("properties"), "", key::none, "User properties, in file order; values are numbered."},
    {"delayLevel", key::integer(0, 18), "", "0", "The delay level; 0: none."},
    {"delayMs", key::time_ms, "ms", key::none,
     "A timer message (setDelayTimeMs): delivered so much after the broker got it, to the second. Its result "
     "carries the handle by which `recall` takes it back."},
    {"body", key::ref("body"), "", R"({"size": 16, "fill": "x"})", "What the messages hold."},
    {"count", key::integer(1, kMaxSends), "", "1", "Number of sends; with `batch`, of batches."},
    {"intervalMs", key::time_ms, "ms", "0",
     "Pause: sync from the end of one send to the start of the next, otherwise from start to start."},
    {"timeoutMs", key::integer(0, INT32_MAX), "ms, whole", "(sendMsgTimeout)", "The overload with a timeout."},
    {"queue", key::ref("queue"), "", key::none, "The MessageQueue overload."},
    {"selector", key::ref("selector"), "", key::none, "The selector overload."},
    {"batch", key::integer(1, kMaxBatch), "", "(sent singly)", "Messages per batch."},
};

constexpr KeyRow kTransactionRows[] = {
    {"producer", key::ref("name"), "", "(the only one)", "Who sends."},
    {"topic", key::text(), "", key::required, "Any text: that the client refuses an illegal topic is a scenario too."},
    {"tags", key::text(), "", key::none, "The message's tag. Every {i} is its number, as in a body's text."},
    {"keys", key::ref("texts"), "", key::none, "The message's keys, numbered as its tag."},
    {"properties", key::ref("properties"), "", key::none, "User properties, in file order; values are numbered."},
    {"delayLevel", key::integer(0, 18), "", "0", "Is taken away by the client."},
    {"body", key::ref("body"), "", R"({"size": 16, "fill": "x"})", "What the messages hold."},
    {"count", key::integer(1, kMaxSends), "", "1", "Number of sends."},
    {"intervalMs", key::time_ms, "ms", "0", "Pause from the end of one send to the start of the next."},
    {"local", key::ref("transactionState"), "", R"("commit")", "What executeLocalTransaction answers."},
    {"localMs", key::time_ms, "ms", "0", "How long the local transaction takes."},
    {"check", key::refs("transactionState"), "", R"(["unknown"])",
     "What successive checks of a message are answered; the last answer repeats."},
};

constexpr KeyRow kRequestRows[] = {
    {"producer", key::ref("name"), "", "(the only one)", "Who sends."},
    {"mode", key::words(kRequestModes), "", R"("sync")", "Which kind of call; async: with a RequestCallback."},
    {"topic", key::text(), "", key::required, "Any text: that the client refuses an illegal topic is a scenario too."},
    {"tags", key::text(), "", key::none, "The message's tag. Every {i} is its number, as in a body's text."},
    {"keys", key::ref("texts"), "", key::none, "The message's keys, numbered as its tag."},
    {"properties", key::ref("properties"), "", key::none, "User properties, in file order; values are numbered."},
    {"body", key::ref("body"), "", R"({"size": 16, "fill": "x"})", "What the messages hold."},
    {"count", key::integer(1, kMaxSends), "", "1", "Number of sends."},
    {"intervalMs", key::time_ms, "ms", "0",
     "Pause: sync from the end of one send to the start of the next, otherwise from start to start."},
    {"timeoutMs", key::integer(0, INT32_MAX), "ms, whole", "3000", "For the reply."},
    {"queue", key::ref("queue"), "", key::none, "The MessageQueue overload."},
    {"selector", key::ref("selector"), "", key::none, "The selector overload."},
};

constexpr KeyRow kRecallRows[] = {
    {"producer", key::ref("name"), "", "(the only one)", "Who recalls."},
    {"sends", key::ref("sends"), "", key::required, "Of the steps before this one."},
    {"topic", key::text(), "", "(that of the send)", "The topic that the recall names."},
    {"intervalMs", key::time_ms, "ms", "0", "Pause from the end of one recall to the start of the next."},
};

constexpr KeyRow kBodyRows[] = {
    {"text", key::text(0, kMaxBytes), "", key::none,
     "Every {i} is the number of the send within its step, in a batch of the message."},
    {"size", key::integer(0, kMaxBytes), "bytes", "16", "Of a body that is `fill` so many times."},
    {"fill", key::json(R"("type": "string", "pattern": "^[ -~]$")"), "", R"("x")", "A printable ASCII character."},
};

constexpr KeyRow kQueueRows[] = {
    {"broker", key::ref("name"), "", key::required, "The queue's broker."},
    {"queueId", key::integer(0, INT32_MAX), "", key::required, "Its number there."},
};

constexpr KeyRow kSelectorRows[] = {
    {"kind", key::words(kSelectorKinds), "", key::required,
     "index: the queue at arg mod n; hash: at the Java hash of arg mod n; random: any, from the seed."},
    {"arg", key::json(R"("anyOf": [{"$ref": "#/definitions/int32"}, {"type": "string"}])"), "",
     "(the number of the send within its step)",
     "Of index an integer, of hash an integer or a text, in which every {i} is that number; not beside random."},
};

}  // namespace

namespace shapes {

constinit const Shape step{"step", "Steps run in order; a step that sends ends when its last send has completed.",
                           kStepRows,
                           R"(
  "oneOf": [
    {"required": ["send"]}, {"required": ["transaction"]}, {"required": ["request"]}, {"required": ["recall"]},
    {"required": ["waitMs"]}, {"required": ["assert"]}, {"required": ["do"]}
  ],
  "allOf": [
    {"not": {"allOf": [
      {"anyOf": [{"required": ["background"]}, {"required": ["concurrency"]}, {"required": ["expect"]}]},
      {"anyOf": [{"required": ["waitMs"]}, {"required": ["assert"]}, {"required": ["do"]}]}
    ]}},
    {"anyOf": [{"not": {"required": ["mayBeIdle"]}}, {"required": ["do"]}]}
  ])"};

constinit const Shape send{"send", "Sends messages.", kSendRows,
                           R"(
  "allOf": [
    {"not": {"required": ["queue", "selector"]}},
    {"not": {"required": ["batch", "selector"]}},
    {"not": {"required": ["batch", "delayLevel"]}},
    {"not": {"required": ["batch", "delayMs"]}},
    {"not": {"required": ["delayLevel", "delayMs"]}},
    {"not": {"required": ["mode", "timeoutMs"], "properties": {"mode": {"const": "oneway"}}}},
    {"not": {"required": ["mode", "batch"], "properties": {"mode": {"const": "oneway"}}}}
  ])"};

constinit const Shape transaction{
    "transaction", "Sends transactional messages: the half message, the local transaction, its end.", kTransactionRows};

constinit const Shape request{
    "request",
    "Request-reply (RIP-16): sends messages and waits for replies, which come from the responders of the cluster.",
    kRequestRows, R"("not": {"required": ["queue", "selector"]})"};

constinit const Shape recall{
    "recall",
    "Takes timer messages back (recallMessage, in producers of 5.3.2 and later) with the handles that earlier sends "
    "returned; one row of the ledger each, whose outcome is RECALLED or EXCEPTION. A send that returned none is "
    "recalled with an empty handle.",
    kRecallRows};

constinit const Shape body{
    "body", "`text`, or `size` times `fill`.", kBodyRows,
    R"("oneOf": [{"required": ["text"]}, {"required": ["size"]}], "not": {"required": ["text", "fill"]})"};

constinit const Shape queue{"queue", "The MessageQueue overload: no other queue is tried.", kQueueRows};

constinit const Shape selector{"selector", "The selector overload.", kSelectorRows,
                               R"(
  "oneOf": [
    {"properties": {"kind": {"const": "index"}, "arg": {"type": "integer"}}},
    {"properties": {"kind": {"const": "hash"}}},
    {"properties": {"kind": {"const": "random"}}, "not": {"required": ["arg"]}}
  ])"};

}  // namespace shapes
}  // namespace rmqsim
