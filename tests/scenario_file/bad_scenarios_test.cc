// Every kind of mistake, as a table: what to change in a valid scenario, and the one line that must come out.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ostream>

#include "scenarios/harness/file/expectation.h"
#include "tests/scenario_file/minimal.h"

namespace rmqsim {
namespace {

struct Mistake {
  const char* name;
  const char* from;
  const char* to;
  const char* message;  ///< the first line of the first error, without "minimal.json:"; {kinds}: of expectations
};

void PrintTo(const Mistake& mistake, std::ostream* stream) { *stream << mistake.name; }

std::string with_kinds(const std::string& message) {
  std::string kinds;
  each_expectation_row([&](const auto& row) { kinds += (kinds.empty() ? "\"" : ", \"") + std::string(row.key) + '"'; });
  const std::size_t at = message.find("{kinds}");
  return at == message.npos ? message : std::string(message).replace(at, 7, kinds);
}

class BadScenario : public testing::TestWithParam<Mistake> {};

TEST_P(BadScenario, IsRefusedWithThePlaceAndTheReason) {
  ParseResult result = parse_minimal(GetParam().from, GetParam().to);
  ASSERT_FALSE(result.ok());
  ASSERT_EQ(result.errors.size(), 1u) << result.to_string();
  std::string text = result.errors[0].to_string();
  EXPECT_EQ(text.substr(0, text.find('\n')), "minimal.json:" + with_kinds(GetParam().message));
  // The caret is below what the message is about: for a key the key, otherwise the beginning of a value or the end.
  std::string at = result.errors[0].excerpt.substr(
      std::min<std::size_t>(result.errors[0].caret - 1, result.errors[0].excerpt.size()));
  std::string_view message = result.errors[0].message;
  if (message.starts_with("unknown key ")) {
    std::string_view key = message.substr(12, message.find('"', 13) - 11);
    EXPECT_TRUE(at.starts_with(key)) << at;
  } else {
    EXPECT_TRUE(at.empty() || std::string_view("\"-0123456789{[}x").find(at[0]) != std::string_view::npos) << at;
  }
}

constexpr const char* kCluster = R"("cluster": {
    "nameservers": ["ns-1"],
    "brokers": ["broker-a", "broker-b", {"name": "broker-b-slave", "slaveOf": "broker-b"}],
    "topics": [{"name": "TopicTest", "queues": 4}]},)";
constexpr const char* kSend = R"("topic": "TopicTest", "count": 10)";
constexpr const char* kDo = R"("do": {"respond": {"code": "SYSTEM_BUSY"}})";
constexpr const char* kLinkDo = R"("on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}})";
constexpr const char* kExpect = R"({"sends": "all", "outcome": "SEND_OK"})";

const Mistake kKeys[] = {
    {"Top", R"("faults")", R"("fault")", R"(11:3: unknown key "fault"; did you mean "faults"?)"},
    {"Cluster", R"("nameservers")", R"("nameServers")",
     R"(4:5: /cluster: unknown key "nameServers"; did you mean "nameservers"?)"},
    {"Broker", R"("slaveOf")", R"("slaveof")",
     R"(5:68: /cluster/brokers/2: unknown key "slaveof"; did you mean "slaveOf"?)"},
    {"Topic", R"("queues": 4)", R"("queue": 4)",
     R"(6:38: /cluster/topics/0: unknown key "queue"; did you mean "queues"?)"},
    {"Producer", R"("config")", R"("confg")", R"(7:31: /producers/0: unknown key "confg"; did you mean "config"?)"},
    {"Config", R"("sendMsgTimeout")", R"("sendMsgTimout")",
     R"(7:42: /producers/0/config: unknown key "sendMsgTimout"; did you mean "sendMsgTimeout"?)"},
    {"ConfigAddress", R"("sendMsgTimeout": 3000)", R"("namesrvAddr": "127.0.0.1:9876")",
     R"(7:42: /producers/0/config: unknown key "namesrvAddr"; addresses are chosen by the world; name nameservers in "cluster")"},
    {"QueueIndex", R"("resets")", R"("reset")",
     R"(7:94: /producers/0/queueIndex: unknown key "reset"; did you mean "resets"?)"},
    {"Step", R"("name": "burst")", R"("nam": "burst")", R"(9:6: /steps/0: unknown key "nam"; did you mean "name"?)"},
    {"Send", R"("count": 10)", R"("cuont": 10)", R"(9:71: /steps/0/send: unknown key "cuont"; did you mean "count"?)"},
    {"Body", R"("size": 16)", R"("size": 16, "fil": "x")",
     R"(9:105: /steps/0/send/body: unknown key "fil"; did you mean "fill"?)"},
    {"Fault", R"("nth": "1-5")", R"("n-th": "1-5")", R"(12:38: /faults/0: unknown key "n-th"; did you mean "nth"?)"},
    {"Action", R"({"respond": )", R"({"drop": "request", "respnd": )",
     R"(12:78: /faults/0/do: unknown key "respnd"; did you mean "respond"?)"},
    {"Answer", R"({"code": "SYSTEM_BUSY"})", R"({"code": "SYSTEM_BUSY", "remarks": "x"})",
     R"(12:94: /faults/0/do/respond: unknown key "remarks"; did you mean "remark"?)"},
    {"Expectation", R"("outcome": "SEND_OK")", R"("outcome": "SEND_OK", "elapsed": [0, 1])",
     R"(15:44: /expect/0: unknown key "elapsed"; did you mean "elapsedMs"?)"},
    {"OneLevelTooDeep", R"("count": 10)", R"("background": true)",
     R"(9:71: /steps/0/send: unknown key "background"; it belongs beside "send", not into it)"},
    {"FarFromEverything", R"("faults": [)", R"("zzzzzzzzzzzzzz": [], "faults": [)",
     R"(11:3: unknown key "zzzzzzzzzzzzzz"; known are "$schema", "version", "name", "why", "references", )"
     R"("concerns", "profile", "seed", "worlds", "cluster", "network", "producers", "steps", "faults", "expect", "invariants")"},
    {"WordOfAnotherFile", R"("nameservers": ["ns-1"],)",
     R"("nameservers": ["ns-1"], "accounts": [{"accessKey": "a", "secretKey": "s", "whiteRemoteAddress": "*"}],)",
     R"(4:80: /cluster/accounts/0: unknown key "whiteRemoteAddress"; known are "accessKey", "secretKey", "admin", )"
     R"("defaultTopicPerm", "topicPerms")"},
    {"BeginsTheSame", R"("queues": 4)", R"("permission": "r")",
     R"(6:38: /cluster/topics/0: unknown key "permission"; did you mean "perm"?)"},
};
INSTANTIATE_TEST_SUITE_P(MisspeltKey, BadScenario, testing::ValuesIn(kKeys),
                         [](auto& info) { return info.param.name; });

const Mistake kReferences[] = {
    {"SlaveOf", R"("slaveOf": "broker-b")", R"("slaveOf": "broker-c")",
     R"(5:79: /cluster/brokers/2/slaveOf: unknown broker "broker-c"; did you mean "broker-a"?)"},
    {"SlaveOfSlave", R"("slaveOf": "broker-b"})",
     R"("slaveOf": "broker-b"}, {"name": "x", "slaveOf": "broker-b-slave"})",
     R"(5:117: /cluster/brokers/3/slaveOf: "broker-b-slave" is a slave itself)"},
    {"TopicBroker", R"("queues": 4)", R"("queues": 4, "brokers": ["broker-z"])",
     R"(6:63: /cluster/topics/0/brokers/0: unknown broker "broker-z"; did you mean "broker-a"?)"},
    {"TopicQueuesBroker", R"("queues": 4)", R"("queues": {"brokr-b": 4})",
     R"(6:49: /cluster/topics/0/queues: unknown broker "brokr-b"; did you mean "broker-b"?)"},
    {"SendProducer", R"("producer": "p", "topic")", R"("producer": "q", "topic")",
     R"(9:44: /steps/0/send/producer: unknown producer "q"; known is "p")"},
    {"PropertyOfTheSystem", kSend, R"("topic": "TopicTest", "properties": {"colour": "red", "UNIQ_KEY": "y"}, "count": 10)",
     R"(9:103: /steps/0/send/properties: "UNIQ_KEY" is RocketMQ's own property, which Java does not let a user set)"},
    {"PropertyWithoutAName", kSend, R"("topic": "TopicTest", "properties": {" ": "e"}, "count": 10)",
     R"(9:86: /steps/0/send/properties: a property needs a name)"},
    {"PropertyWithoutAValue", kSend, R"("topic": "TopicTest", "properties": {"colour": ""}, "count": 10)",
     R"(9:96: /steps/0/send/properties/colour: a property needs a value that is not blank)"},
    {"SendQueue", kSend, R"("topic": "TopicTest", "count": 10, "queue": {"broker": "broker-c", "queueId": 0})",
     R"(9:104: /steps/0/send/queue/broker: unknown broker "broker-c"; did you mean "broker-a"?)"},
    {"EventServer", R"("steps": [)", R"("steps": [{"do": {"crash": "ns-2"}},)",
     R"(8:30: /steps/0/do/crash: unknown server "ns-2"; did you mean "ns-1"?)"},
    {"EventTopic", R"("steps": [)", R"("steps": [{"do": {"setPerm": {"topic": "TopicTset", "perm": "r"}}},)",
     R"(8:42: /steps/0/do/setPerm/topic: unknown topic "TopicTset"; did you mean "TopicTest"?)"},
    {"FaultAt", R"("at": "broker-a")", R"("at": "broker-q")",
     R"(12:12: /faults/0/at: unknown server "broker-q"; did you mean "broker-a"?)"},
    {"FaultTopic", R"("nth": "1-5")", R"("topic": "TopicTess")",
     R"(12:47: /faults/0/topic: unknown topic "TopicTess"; did you mean "TopicTest"?)"},
    {"FaultProducer", R"("nth": "1-5")", R"("producer": "x")",
     R"(12:50: /faults/0/producer: unknown producer "x"; known is "p")"},
    {"FaultRequest", R"("on": "send")", R"("on": "SEND_MESAGE")",
     R"(12:30: /faults/0/on: unknown request "SEND_MESAGE"; did you mean "SEND_MESSAGE"?)"},
    {"FaultCode", R"("code": "SYSTEM_BUSY")", R"("code": "SYSTEM_BUZY")",
     R"(12:79: /faults/0/do/respond/code: unknown response code "SYSTEM_BUZY"; did you mean "SYSTEM_BUSY"?)"},
    {"ExpectBroker", kExpect, R"({"broker": "broker-x", "stored": 1})",
     R"(15:16: /expect/0/broker: unknown broker "broker-x"; did you mean "broker-a"?)"},
    {"ExpectNameserver", kExpect, R"({"nameserver": "ns-9", "requests": 1})",
     R"(15:20: /expect/0/nameserver: unknown nameserver "ns-9"; did you mean "ns-1"?)"},
    {"ExpectAttempt", R"("outcome": "SEND_OK")", R"("attempts": [["broker-b-slave", 0, "SUCCESS"]])",
     R"(15:36: /expect/0/attempts/0/0: unknown broker "broker-b-slave"; did you mean "broker-b"?)"},
    {"ExpectStep", R"("sends": "all")", R"("sends": "brust")",
     R"(15:15: /expect/0/sends: expected "all", a number, ranges like "0-9", or a sending step's name, found "brust"; did you mean "burst"?)"},
    {"Profile", R"("version": 1,)", R"("version": 1, "profile": "java-5.3.2",)",
     R"(2:28: /profile: unknown profile "java-5.3.2"; did you mean "java-5.3.3"?)"},
    {"ExpectProfile", kExpect, R"({"sends": 0, "in": ["java-4.9.9"], "attempts": 1})",
     R"(15:25: /expect/0/in/0: unknown profile "java-4.9.9"; did you mean "java-4.9.8"?)"},
    {"World", R"("version": 1,)", R"("version": 1, "worlds": {"only": ["sim", "tpc"], "reason": "x"},)",
     R"(2:44: /worlds/only/1: unknown world "tpc"; did you mean "tcp"?)"},
    {"WorldTwice", R"("version": 1,)", R"("version": 1, "worlds": {"only": ["sim", "sim"], "reason": "x"},)",
     R"(2:44: /worlds/only/1: "sim" is named twice)"},
    {"Concern", R"("version": 1,)", R"("version": 1, "concerns": ["retry", "rety"],)",
     R"(2:39: /concerns/1: unknown concern "rety"; did you mean "retry"?)"},
    {"ConcernTwice", R"("version": 1,)", R"("version": 1, "concerns": ["retry", "retry"],)",
     R"(2:39: /concerns/1: "retry" is named twice)"},
    {"NoConcern", R"("version": 1,)", R"("version": 1, "concerns": [],)",
     R"(2:29: /concerns: expected at least one concern)"},
    {"NoWorld", R"("version": 1,)", R"("version": 1, "worlds": {"only": [], "reason": "x"},)",
     R"(2:36: /worlds/only: expected at least one world)"},
    {"Invariant", R"("version": 1,)",
     R"("version": 1, "invariants": {"off": [{"name": "no-spent-buget", "reason": "x"}]},)",
     R"(2:49: /invariants/off/0/name: unknown invariant "no-spent-buget"; did you mean "no-spent-budget"?)"},
};
INSTANTIATE_TEST_SUITE_P(ImpossibleReference, BadScenario, testing::ValuesIn(kReferences),
                         [](auto& info) { return info.param.name; });

const Mistake kValues[] = {
    {"Version", R"("version": 1)", R"("version": 2)",
     "2:14: /version: this program reads version 1 of the scenario file"},
    {"NameIsNotTheFile", R"("name": "minimal")", R"("name": "other")",
     R"(2:25: /name: the name must be the file's name: "minimal")"},
    {"EmptyWhy", R"("it is small")", R"("")", "2:43: /why: expected a text that is not empty"},
    {"NegativeTime", R"("version": 1,)", R"("version": 1, "network": {"oneWayMs": -0.5},)",
     "2:41: /network/oneWayMs: a time cannot be negative, found -0.5"},
    {"EndlessTime", R"("steps": [)", R"("steps": [{"waitMs": 1e300},)",
     "8:24: /steps/0/waitMs: a time can be at most 365 days (31536000000 ms), found 1e+300"},
    {"TimeAsText", R"("steps": [)", R"("steps": [{"waitMs": "10"},)",
     R"(8:24: /steps/0/waitMs: expected a time in milliseconds, found "10")"},
    {"SettingOfWrongType", R"("sendMsgTimeout": 3000)", R"("sendMsgTimeout": 3000.5)",
     "7:60: /producers/0/config/sendMsgTimeout: expected an integer from 0 to 2147483647, found 3000.5"},
    {"FlagOfWrongType", R"("sendMsgTimeout": 3000)", R"("sendLatencyFaultEnable": "yes")",
     R"(7:68: /producers/0/config/sendLatencyFaultEnable: expected true or false, found "yes")"},
    {"SettingThatIsNotSupported", R"("sendMsgTimeout": 3000)", R"("socksProxyConfig": "{}")",
     R"(7:42: /producers/0/config: "socksProxyConfig" is not supported by this version)"},
    {"SettingReadOnce", R"("steps": [)",
     R"("steps": [{"do": {"setConfig": {"producer": "p", "config": {"instanceName": "x"}}}},)",
     R"(8:63: /steps/0/do/setConfig/config: "instanceName" is read once, when the producer starts; set it in "producers")"},
    {"MayBeIdleBesideASend", R"("name": "burst")", R"("name": "burst", "mayBeIdle": true)",
     R"(9:23: /steps/0: "mayBeIdle" belongs to a step with an event)"},
    {"CountZero", R"("count": 10)", R"("count": 0)",
     "9:80: /steps/0/send/count: expected an integer from 1 to 10000000, found 0"},
    {"CountHuge", R"("count": 10)", R"("count": 10000001)",
     "9:80: /steps/0/send/count: expected an integer from 1 to 10000000, found 10000001"},
    {"CountBeyond64Bits", R"("count": 10)", R"("count": 99999999999999999999999)",
     "9:80: /steps/0/send/count: expected an integer from 1 to 10000000, found 1e+23"},
    {"BodyOver16MiB", R"("size": 16)", R"("size": 16777217)",
     "9:101: /steps/0/send/body/size: expected an integer from 0 to 16777216, found 16777217"},
    {"Mode", kSend, R"("topic": "TopicTest", "mode": "asnyc", "count": 10)",
     R"(9:79: /steps/0/send/mode: unknown mode "asnyc"; did you mean "async"?)"},
    {"Perm", R"("queues": 4)", R"("perm": "rww")",
     R"(6:46: /cluster/topics/0/perm: unknown permission "rww"; did you mean "rw"?)"},
    {"NoBrokers", R"(["broker-a", "broker-b", {"name": "broker-b-slave", "slaveOf": "broker-b"}],
    "topics": [{"name": "TopicTest", "queues": 4}]},
  "producers")",
     R"("none"},
  "producers")",
     R"(5:16: /cluster/brokers: expected an array, found "none")"},
    {"MissingCluster", kCluster, R"("seed": 7,)", R"(1:1: missing key "cluster")"},
    {"MissingDo", R"(, "do": {"respond": {"code": "SYSTEM_BUSY"}})", "", R"(12:5: /faults/0: missing key "do")"},
    {"NthDescending", R"("nth": "1-5")", R"("nth": "5-1")",
     R"(12:45: /faults/0/nth: expected numbers from 1 like "3", "1-5" or "2,4,7-", found "5-1")"},
    {"NthZero", R"("nth": "1-5")", R"("nth": 0)",
     "12:45: /faults/0/nth: expected an integer from 1 to 1000000000000, found 0"},
    {"Probability", R"("nth": "1-5")", R"("probability": 1.5)",
     "12:53: /faults/0/probability: expected a number from 0 to 1, found 1.5"},
    {"SendsBeyondTheLast", R"("sends": "all")", R"("sends": "8-12")",
     R"(15:15: /expect/0/sends: the last send is number 9, found "8-12")"},
    {"SendsDescending", R"("sends": "all")", R"("sends": "8-2")",
     R"(15:15: /expect/0/sends: a range ends before it begins, found "8-2")"},
    {"SendsFromBeyondTheLast", R"("sends": "all")", R"("sends": "600-")",
     R"(15:15: /expect/0/sends: the last send is number 9, found "600-")"},
    {"SendsTwice", R"("sends": "all")", R"("sends": "0-4,3")",
     R"(15:15: /expect/0/sends: a send is named twice, found "0-4,3")"},
    {"Outcome", R"("outcome": "SEND_OK")", R"("outcome": "SENDOK")",
     R"(15:33: /expect/0/outcome: unknown outcome "SENDOK"; did you mean "SEND_OK"?)"},
    {"ElapsedBackwards", R"("outcome": "SEND_OK")", R"("elapsedMs": [20, 10])",
     "15:35: /expect/0/elapsedMs: the range ends before it begins"},
    {"ExceptionType", R"("outcome": "SEND_OK")", R"("exception": {"type": "MQClientExeption"})",
     R"(15:44: /expect/0/exception/type: unknown exception "MQClientExeption"; did you mean "MQClientException"?)"},
    {"NothingStated", R"(, "outcome": "SEND_OK")", "",
     R"(15:5: /expect/0: states nothing about its sends, for example "outcome")"},
    {"NoSubject", R"({"sends": "all")", R"({"send": "all")",
     R"(15:5: /expect/0: expected one of {kinds}; did you mean "sends"?)"},
    {"SubjectFarFromAny", R"({"sends": "all")", R"({"xyzxyz": "all")",
     R"(15:5: /expect/0: expected one of {kinds})"},
};
INSTANTIATE_TEST_SUITE_P(WrongValue, BadScenario, testing::ValuesIn(kValues),
                         [](auto& info) { return info.param.name; });

const Mistake kContradictions[] = {
    {"DuplicateKey", R"("count": 10)", R"("count": 10, "count": 11)", R"(9:84: /steps/0/send: duplicate key "count")"},
    {"DuplicateKeyOnTop", R"("version": 1,)", R"("version": 1, "version": 1,)", R"(2:17: duplicate key "version")"},
    {"BrokerTwice", R"("broker-b", {)", R"("broker-b", "broker-a", {)",
     R"(5:41: /cluster/brokers/2: the name "broker-a" is already taken)"},
    {"ProducerNamedAsABroker", R"("producers": [)", R"("producers": [{"name": "broker-a"}, )",
     R"(7:26: /producers/0/name: the name "broker-a" is already taken)"},
    {"TwoTopics", R"("topics": [)", R"("topics": [{"name": "TopicTest"}, )",
     R"(6:48: /cluster/topics/1/name: topic "TopicTest" is already there)"},
    {"QueuesAndBrokers", R"("queues": 4)", R"("queues": {"broker-a": 1}, "brokers": ["broker-a"])",
     R"(6:65: /cluster/topics/0: "queues" as an object already names the brokers)"},
    {"StepOfTwoKinds", R"("name": "burst")", R"("waitMs": 5)", R"(9:19: /steps/0: "send" contradicts "waitMs")"},
    {"StepOfNoKind", R"("steps": [)", R"("steps": [{"atMs": 5},)",
     R"(8:13: /steps/0: expected one of "send", "transaction", "request", "recall", "waitMs", "assert", "do")"},
    {"WaitInTheBackground", R"("steps": [)", R"("steps": [{"waitMs": 5, "background": true},)",
     R"(8:27: /steps/0: "background" belongs to a step that sends)"},
    {"TimeGoesBack", R"("steps": [)", R"("steps": [{"atMs": 9, "waitMs": 1}, {"atMs": 8, "waitMs": 1},)",
     R"(8:48: /steps/1/atMs: earlier than the "atMs" of a step before it)"},
    {"StepNameTwice", R"("steps": [)", R"("steps": [{"name": "burst", "waitMs": 1},)",
     R"(9:14: /steps/1/name: the step "burst" is already there)"},
    {"StepNamedLikeASend", R"("name": "burst")", R"("name": "3-7")",
     R"(9:14: /steps/0/name: a step's name cannot look like the number of a send)"},
    {"TwoEvents", R"("steps": [)", R"("steps": [{"do": {"crash": "broker-a", "pause": "broker-b"}},)",
     R"(8:42: /steps/0/do: one event per step: "pause" needs a step of its own)"},
    {"QueueAndSelector", kSend,
     R"("topic": "TopicTest", "queue": {"broker": "broker-a", "queueId": 0}, "selector": {"kind": "random"}, "count": 10)",
     R"(9:118: /steps/0/send: "selector" contradicts "queue")"},
    {"OnewayTimeout", kSend, R"("topic": "TopicTest", "mode": "oneway", "timeoutMs": 5, "count": 10)",
     R"(9:89: /steps/0/send: a oneway send takes no timeout)"},
    {"BodyTwice", R"("size": 16)", R"("size": 16, "text": "x")",
     R"(9:105: /steps/0/send/body: "text" contradicts "size")"},
    {"NthAndTimes", R"("nth": "1-5")", R"("nth": "1-5", "times": 2)", R"(12:52: /faults/0: "times" contradicts "nth")"},
    {"ClusterSettingOfABroker", R"(["broker-a", )", R"([{"name": "broker-a", "config": {"transactionCheckMax": 1}}, )",
     R"(5:49: /cluster/brokers/0/config: unknown key "transactionCheckMax"; all brokers have it from "transactions" of the cluster)"},
    {"BrokerSettingOfAnotherKind", R"(["broker-a", )", R"([{"name": "broker-a", "config": {"maxMessageSize": "1"}}, )",
     R"(5:67: /cluster/brokers/0/config/maxMessageSize: expected an integer from 0 to 2147483647, found "1")"},
    {"BrokerSettingThatTheBrokerRefuses", R"(["broker-a", )",
     R"([{"name": "broker-a", "config": {"messageDelayLevel": "1x"}}, )",
     R"(5:70: /cluster/brokers/0/config/messageDelayLevel: messageDelayLevel takes times such as "1s 5s 1m 2h", not "1x")"},
    {"CountOfNothing", R"("nth": "1-5")", R"("count": "message")",
     R"(12:47: /faults/0/count: "count" says what "nth" or "times" counts, and neither is there)"},
    {"CountOverTheClusterAtOneServer", R"("nth": "1-5")", R"("nth": "1-5", "count": "cluster")",
     R"(12:61: /faults/0/count: a count over the cluster needs "at": "*"; at one server it is that server's)"},
    {"CountOfGreetingsByMessage", R"("on": "send", "nth": "1-5")",
     R"("on": "heartbeat", "nth": "1-5", "count": "message")",
     R"(12:66: /faults/0/count: a rule on "heartbeat" cannot tell messages)"},
    {"RespondAndDrop", kDo, R"("do": {"respond": {"code": 2}, "drop": "request"})",
     R"(12:83: /faults/0/do: "drop" contradicts "respond")"},
    {"DelayAndDrop", kDo, R"("do": {"delayMs": 5, "drop": "request"})",
     R"(12:59: /faults/0/do: "delayMs" contradicts "drop": there is no answer to delay)"},
    {"ChunkOfNothing", kDo, R"("do": {"close": "after", "chunk": 3})",
     R"(12:77: /faults/0/do: "chunk" contradicts "close": there is no answer to change)"},
    {"RefuseASend", kDo, R"("do": {"refuse": true})", R"(12:59: /faults/0/do: "refuse" needs "on": "connect")"},
    {"SlowLineOfASend", kDo, R"("do": {"bytesPerSecond": 5})",
     R"(12:59: /faults/0/do: "bytesPerSecond" needs "on": "link", "toServer" or "toClient")"},
    {"AnswerOnALink", R"("on": "send")", R"("on": "toClient")",
     R"(12:63: /faults/0/do: a link has no answer: only "delayMs", "closeAfterBytes", "resetAfterBytes", "bytesPerSecond" and "lossPercent" are possible)"},
    {"LineThatStandsStill", kLinkDo, R"("on": "link", "do": {"bytesPerSecond": 0})",
     R"(12:63: /faults/0/do/bytesPerSecond: expected an integer from 1 to 16777216, found 0)"},
    {"LossOfNothing", kLinkDo, R"("on": "link", "do": {"lossPercent": 0})",
     R"(12:60: /faults/0/do/lossPercent: must be greater than 0)"},
    {"LossOfMoreThanAll", kLinkDo, R"("on": "link", "do": {"lossPercent": 101})",
     R"(12:60: /faults/0/do/lossPercent: expected a number from 0 to 100, found 101)"},
    {"CloseBeforeTheFirstByte", kLinkDo, R"("on": "toServer", "do": {"closeAfterBytes": 0})",
     R"(12:68: /faults/0/do/closeAfterBytes: expected an integer from 1 to 16777216, found 0)"},
    {"TwoEndsOfAConnection", kLinkDo, R"("on": "link", "do": {"closeAfterBytes": 5, "resetAfterBytes": 6})",
     R"(12:45: /faults/0/do: "closeAfterBytes" contradicts "resetAfterBytes": the connection ends once)"},
    {"AlmostALinkKey", kLinkDo, R"("on": "link", "do": {"bytePerSecond": 5})",
     R"(12:45: /faults/0/do: unknown key "bytePerSecond"; did you mean "bytesPerSecond"?)"},
    {"AlmostADirection", R"("on": "send")", R"("on": "toSever")",
     R"(12:30: /faults/0/on: unknown request "toSever"; did you mean "toServer"?)"},
    {"TopicOfALink", kLinkDo, R"("on": "link", "topic": "TopicTest", "do": {"bytesPerSecond": 5})",
     R"(12:38: /faults/0: a rule on "link" cannot look at a topic)"},
    {"AnswerToAConnect", R"("on": "send")", R"("on": "connect")",
     R"(12:62: /faults/0/do: a connect has no answer: only "refuse", "blackhole", "close" and "reset" are possible)"},
    {"SendAtANameserver", R"("at": "broker-a")", R"("at": "ns-1")",
     R"(12:26: /faults/0/on: "ns-1" is a nameserver, which gets no "send" requests)"},
    {"RouteAtEveryBroker", R"("at": "broker-a", "on": "send")", R"("at": "*", "on": "route")",
     R"(12:12: /faults/0/at: "*" stands for every broker, and only a nameserver gets "route" requests)"},
    {"QueueOfAHeartbeat", R"("on": "send")", R"("on": "heartbeat", "queueId": 1)",
     R"(12:43: /faults/0: a rule on "heartbeat" cannot look at a queue)"},
    {"DoNothing", kDo, R"("do": {})",
     R"(12:58: /faults/0/do: expected something to do, for example {"drop": "request"})"},
    {"EndsBeforeItBegins", R"("nth": "1-5")", R"("fromMs": 10, "toMs": 10)",
     R"(12:60: /faults/0/toMs: "toMs" must be later than "fromMs")"},
    {"TimeOfAnAssertedFaultItem", R"("steps": [)",
     R"("steps": [{"assert": {"faultItem": "broker-a", "atMs": 5, "available": true}},)",
     R"(8:50: /steps/0/assert: an assert is judged when its step comes; "atMs" belongs beside "assert")"},
    {"InvariantOffTwice", R"("version": 1,)",
     R"("version": 1, "invariants": {"off": [{"name": "same-bytes", "reason": "x", "in": "java-5.3.3"}, {"name": "same-bytes", "reason": "y"}]},)",
     R"(2:99: /invariants/off/1: "same-bytes" is off already)"},
    {"CodeOfAnExceptionThatHasNone", R"("outcome": "SEND_OK")",
     R"("exception": {"type": "RemotingTimeoutException", "responseCode": 2})",
     R"(15:88: /expect/0/exception/responseCode: a RemotingTimeoutException has no response code)"},
    {"TracesOfATopicThatNobodyNames", R"({"sends": "all", "outcome": "SEND_OK"})", R"({"traces": 0, "topic": "TopicTst"})",
     R"(15:28: /expect/0/topic: unknown topic "TopicTst"; did you mean "TopicTest"?)"},
    {"ATopicThatIsNamedTwiceIsKnownOnce", R"("steps": [)",
     R"("steps": [{"send": {"topic": "TopicTest"}}, {"do": {"setPerm": {"topic": "Zzzzzzzzzzz", "perm": "r"}}},)",
     R"(8:76: /steps/1/do/setPerm/topic: unknown topic "Zzzzzzzzzzz"; known is "TopicTest")"},
    {"ExceptionOfASuccess", R"("outcome": "SEND_OK")", R"("outcome": "SEND_OK", "exception": {"responseCode": 2})",
     R"(15:57: /expect/0/exception: a send with outcome "SEND_OK" has no exception)"},
};
INSTANTIATE_TEST_SUITE_P(Contradiction, BadScenario, testing::ValuesIn(kContradictions),
                         [](auto& info) { return info.param.name; });

const Mistake kSpecial[] = {
    {"TransactionKey", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "locall": "commit"}},)",
     R"(8:52: /steps/0/transaction: unknown key "locall"; did you mean "local"?)"},
    {"TransactionState", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "local": "comit"}},)",
     R"(8:61: /steps/0/transaction/local: unknown transaction state "comit"; did you mean "commit"?)"},
    {"TransactionCheckIsNoList", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "check": "commit"}},)",
     R"(8:61: /steps/0/transaction/check: expected an array, found "commit")"},
    {"TransactionCheckState", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "check": ["commit", 7]}},)",
     R"(8:72: /steps/0/transaction/check/1: expected a string, found 7)"},
    {"TransactionNegativeTime", R"("steps": [)", R"("steps": [{"transaction": {"topic": "TopicTest", "localMs": -1}},)",
     R"(8:63: /steps/0/transaction/localMs: a time cannot be negative, found -1)"},
    {"TransactionWithoutTopic", R"("steps": [)", R"("steps": [{"transaction": {"local": "commit"}},)",
     R"(8:29: /steps/0/transaction: missing key "topic")"},
    {"RequestKey", R"("steps": [)", R"("steps": [{"request": {"topic": "TopicTest", "timeout": 5}},)",
     R"(8:48: /steps/0/request: unknown key "timeout"; did you mean "timeoutMs"?)"},
    {"RequestOneway", R"("steps": [)", R"("steps": [{"request": {"topic": "TopicTest", "mode": "oneway"}},)",
     R"(8:56: /steps/0/request/mode: unknown mode "oneway"; known are "sync", "async")"},
    {"RequestNegativeTimeout", R"("steps": [)", R"("steps": [{"request": {"topic": "TopicTest", "timeoutMs": -5}},)",
     R"(8:61: /steps/0/request/timeoutMs: expected an integer from 0 to 2147483647, found -5)"},
    {"RequestToQueueAndSelector", R"("steps": [)", R"("steps": [{"request": {"topic": "TopicTest", "queue": {"broker": "broker-a", "queueId": 0}, "selector": {"kind": "random"}}},)",
     R"(8:95: /steps/0/request: "selector" contradicts "queue")"},
    {"CheckSetting", R"("nameservers": ["ns-1"],)", R"("transactions": {"transactionTimeout": 5}, "nameservers": ["ns-1"],)",
     R"(4:22: /cluster/transactions: unknown key "transactionTimeout"; did you mean "transactionTimeOut"?)"},
    {"CheckSettingNegative", R"("nameservers": ["ns-1"],)", R"("transactions": {"transactionCheckMax": -1}, "nameservers": ["ns-1"],)",
     R"(4:45: /cluster/transactions/transactionCheckMax: expected an integer from 0 to 2147483647, found -1)"},
    {"CheckIntervalZero", R"("nameservers": ["ns-1"],)", R"("transactions": {"transactionCheckInterval": 0}, "nameservers": ["ns-1"],)",
     R"(4:50: /cluster/transactions/transactionCheckInterval: expected an integer from 1 to 2147483647, found 0)"},
    {"ResponderKey", R"("nameservers": ["ns-1"],)", R"("responders": [{"topic": "TopicTest", "delay": 5}], "nameservers": ["ns-1"],)",
     R"(4:43: /cluster/responders/0: unknown key "delay"; did you mean "delayMs"?)"},
    {"ResponderWithoutTopic", R"("nameservers": ["ns-1"],)", R"("responders": [{"reply": "x"}], "nameservers": ["ns-1"],)",
     R"(4:20: /cluster/responders/0: missing key "topic")"},
    {"ResponderNth", R"("nameservers": ["ns-1"],)", R"("responders": [{"topic": "TopicTest", "nth": "first"}], "nameservers": ["ns-1"],)",
     R"(4:50: /cluster/responders/0/nth: expected numbers from 1 like "3", "1-5" or "2,4,7-", found "first")"},
    {"ResponderNegativeDelay", R"("nameservers": ["ns-1"],)", R"("responders": [{"topic": "TopicTest", "delayMs": -2}], "nameservers": ["ns-1"],)",
     R"(4:54: /cluster/responders/0/delayMs: a time cannot be negative, found -2)"},
    {"ResponderTwice", R"("nameservers": ["ns-1"],)", R"("responders": [{"topic": "A"}, {"topic": "B"}], "nameservers": ["ns-1"],)",
     R"(4:36: /cluster/responders/1: the name "responder" is already taken)"},
    {"TransactionExpectationKey", R"("outcome": "SEND_OK")", R"("transaction": {"checks": 1, "locl": "commit"})",
     R"(15:51: /expect/0/transaction: unknown key "locl"; did you mean "local"?)"},
    {"TransactionExpectationEmpty", R"("outcome": "SEND_OK")", R"("transaction": {})",
     R"(15:37: /expect/0/transaction: expected "local", "broker", "checks" or "answeredBy")"},
    {"TransactionEnd", R"("outcome": "SEND_OK")", R"("transaction": {"broker": "comitted"})",
     R"(15:48: /expect/0/transaction/broker: unknown end of a transaction "comitted"; did you mean "committed"?)"},
    {"TransactionChecksNegative", R"("outcome": "SEND_OK")", R"("transaction": {"checks": -1})",
     R"(15:48: /expect/0/transaction/checks: expected an integer from 0 to 1000000000, found -1)"},
    {"RecallOfALaterSend", R"("steps": [)", R"("steps": [{"recall": {"sends": 0}},)",
     R"(8:34: /steps/0/recall/sends: there is no send before this step)"},
    {"RecallOfASendThatIsNone", R"("size": 16}}})", R"("size": 16}}}, {"recall": {"sends": 10}})",
     R"(9:129: /steps/1/recall/sends: the last send is number 9, found "10")"},
    {"RecallWithoutSends", R"("size": 16}}})", R"("size": 16}}}, {"recall": {"topic": "T"}})",
     R"(9:119: /steps/1/recall: missing key "sends")"},
    {"TwoDelays", R"("count": 10)", R"("count": 10, "delayLevel": 1, "delayMs": 5)",
     R"(9:101: /steps/0/send: "delayMs" contradicts "delayLevel")"},
    {"DelayedBatch", R"("count": 10)", R"("count": 10, "batch": 2, "delayMs": 5)",
     R"(9:96: /steps/0/send: a batch cannot be delayed)"},
    {"BrokerDelayedKey", R"({"sends": "all", "outcome": "SEND_OK"})", R"({"broker": "broker-a", "delayed": {"recaled": 1}})",
     R"(15:40: /expect/0/delayed: unknown key "recaled"; did you mean "recalled"?)"},
    {"Callbacks", R"("outcome": "SEND_OK")", R"("callbacks": ["REPLAY"])",
     R"(15:36: /expect/0/callbacks/0: unknown callback "REPLAY"; did you mean "REPLY"?)"},
    {"BrokerTransactionsKey", R"({"sends": "all", "outcome": "SEND_OK"})", R"({"broker": "broker-a", "transactions": {"commited": 1}})",
     R"(15:45: /expect/0/transactions: unknown key "commited"; did you mean "committed"?)"},
    {"RespondToACheck", R"("on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}})", R"("on": "checkTransaction", "do": {"respond": {"code": "SYSTEM_BUSY"}})",
     R"(12:57: /faults/0/do: the broker sends this request: only "drop", "delayMs", "late", "close" and "reset" are possible)"},
    {"GarbagePush", R"("on": "send", "nth": "1-5", "do": {"respond": {"code": "SYSTEM_BUSY"}})", R"("on": "PUSH_REPLY_MESSAGE_TO_CLIENT", "do": {"garbage": 5})",
     R"(12:69: /faults/0/do: the broker sends this request: only "drop", "delayMs", "late", "close" and "reset" are possible)"},
};
INSTANTIATE_TEST_SUITE_P(TransactionsAndRequests, BadScenario, testing::ValuesIn(kSpecial),
                         [](auto& info) { return info.param.name; });

const Mistake kSyntax[] = {
    {"TrailingGarbage", "  ]\n}\n", "  ]\n} x\n",
     "17:3: not valid JSON: syntax error while parsing value - invalid literal; expected end of input"},
    {"TrailingComma", R"("SEND_OK"})", R"("SEND_OK",})",
     "15:43: not valid JSON: syntax error while parsing object key - unexpected '}'; expected string literal"},
    {"MissingColon", R"("why": )", R"("why" )",
     "2:42: not valid JSON: syntax error while parsing object separator - unexpected string literal; expected ':'"},
    {"OpenString", R"("SEND_OK"}
  ]
})",
     R"("SEND_OK)",
     "15:33: not valid JSON: syntax error while parsing value - invalid string: control character U+000A (LF) must be "
     "escaped to \\u000A or \\n"},
    {"EndOfText", "\"SEND_OK\"}\n  ]\n}", "\"SEND_OK\"",
     "15:42: not valid JSON: syntax error while parsing object - unexpected end of input; expected '}'"},
    {"HugeNumber", R"("count": 10)", R"("count": 1e999)", "9:80: not valid JSON: number overflow parsing '1e999'"},
    {"LeadingZero", R"("count": 10)", R"("count": 010)",
     "9:81: not valid JSON: syntax error while parsing object - unexpected number literal; expected '}'"},
};
INSTANTIATE_TEST_SUITE_P(Syntax, BadScenario, testing::ValuesIn(kSyntax), [](auto& info) { return info.param.name; });

}  // namespace
}  // namespace rmqsim
