// Who exists: servers, network, producers.
#include <cstdint>

#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {
namespace {

constexpr KeyRow kClusterRows[] = {
    {"nameservers", key::refs("name", 1, 100, true), "", R"(["ns-1"])", "In the order in which clients list them."},
    {"brokers", key::refs("brokerOrName", 1, 1000), "", key::required, "Each by its name, or as an object."},
    {"topics", key::refs("topic", 0, 1000), "", "[]", "Those that exist from the start."},
    {"autoCreateTopic", key::boolean, "", "false",
     "The brokers register TBW102, so that an unknown topic gets a route."},
    {"checkQueueId", key::boolean, "", "false",
     "Brokers refuse a queue id out of range with code 29, as real ones do. The servers that Java clients were "
     "recorded against accept any, which decides how an async retry to a broker with fewer queues ends."},
    {"recallMessageEnable", key::boolean, "", "false",
     "Brokers take timer messages back, as BrokerConfig's setting of that name."},
    {"transactions", key::ref("transactions"), "", "{}", "When brokers ask how a transaction ended."},
    {"responders", key::refs("responder", 0, 1000), "", "[]", "Who answers requests."},
    {"accounts", key::refs("account", 0, 1000), "", "[]",
     "With any, brokers refuse with code 16 what is not signed by one of them (a producer's `credentials`). "
     "Nameservers never ask."},
    {"tls", key::ref("tlsModes"), "", "(permissive where a producer has useTLS, else disabled)",
     "Of servers that are named: plain text alone, TLS as well, or TLS alone. It changes nothing in sim."},
};

constexpr KeyRow kBrokerRows[] = {
    {"name", key::ref("name"), "", key::required, "For faults, events and expectations."},
    {"slaveOf", key::ref("name"), "", "(it is a master)", "The master's name."},
    {"brokerId", key::integer(0, 1000), "", "(0; of a slave 1)", "0 is the master."},
    {"config", key::ref("brokerConfig"), "", "{}", "Its properties."},
};

constexpr KeyRow kTopicRows[] = {
    {"name", key::text(1, 255), "", key::required, "The topic."},
    {"brokers", key::ref("names"), "", "(all masters)", "Where it lies; not beside `queues` as an object."},
    {"queues", key::ref("queues"), "", "4", "How many queues it has."},
    {"perm", key::ref("perm"), "", R"("rw")", "What may be done with it."},
};

constexpr KeyRow kTransactionsRows[] = {
    {"transactionTimeOut", key::integer(0, INT32_MAX), "ms", "6000",
     "How old a half message is before a scan asks about it."},
    {"transactionCheckInterval", key::integer(1, INT32_MAX), "ms", "30000",
     "Between two scans, from the broker's start."},
    {"transactionCheckMax", key::integer(0, INT32_MAX), "", "15",
     "A half message that was asked about so often is given up by the next scan."},
    {"transactionOpBatchInterval", key::integer(0, INT32_MAX), "ms", "3000",
     "How long 5.x may note only in memory that a transaction ended, and ask about it again; 0: not at all. 4.9.8 "
     "notes it at once."},
};

constexpr KeyRow kResponderRows[] = {
    {"name", key::ref("name"), "", R"("responder")", "Its name among servers and producers."},
    {"topic", key::text(1, 255), "", key::required, "Whose requests it consumes."},
    {"delayMs", key::time_ms, "ms", "0",
     "From the moment at which a request is stored to that at which its reply is sent."},
    {"reply", key::text(1), "", R"("reply {i}")", "The reply's body; every {i} is the number of the request, from 0."},
    {"nth", key::ref("nth"), "", "(all)", "Which of the requests it answers; the others meet silence."},
    {"mayBeIdle", key::boolean, "", "false",
     "That nobody asks it, or not so often that it answers, is no failure, and that it can never answer no error."},
};

constexpr KeyRow kAccountRows[] = {
    {"accessKey", key::text(1), "", key::required, "Who signs; no two accounts have the same."},
    {"secretKey", key::text(1), "", key::required, "What signs."},
    {"admin", key::boolean, "", "(no, if another of the three is there)",
     "May create and delete topics and groups, and, in 5.3.3, everything else."},
    {"defaultTopicPerm", key::ref("topicPerm"), "", "(nothing, if another of the three is there)",
     "What may be done with topics that are not named."},
    {"topicPerms", key::refs("topicPermEntry", 0, 1000), "", "(none, if another of the three is there)",
     "What may be done with these: TOPIC=PERM."},
};

constexpr KeyRow kNetworkRows[] = {
    {"oneWayMs", key::time_ms, "ms", "0.2", "Time of flight in one direction."},
    {"timerSlackMs", key::time_ms, "ms", "1",
     "A wait that times out ends this much after its nominal end, as on a real machine."},
    {"closeDelayMs", key::time_ms, "ms", "0",
     "How long a connection that the client closed after a sync timeout can still be chosen by the next send, which "
     "then fails with RemotingSendRequestException; 0: never."},
};

constexpr KeyRow kProducerRows[] = {
    {"name", key::ref("name"), "", key::required, "For steps, events and expectations."},
    {"group", key::text(), "", "(the name)",
     "The producer group; any text, for that a client refuses an illegal group is a scenario too."},
    {"config", key::ref("config"), "", "{}", "Its settings."},
    {"queueIndex", key::ref("queueIndex"), "", "(from the seed)", "Where every thread begins to choose queues."},
    {"nameservers", key::ref("names"), "", "(all)", "Those it knows, in order."},
    {"autoStart", key::boolean, "", "true",
     "Started before the first step, one producer after the other; else by a `startProducer` event."},
    {"credentials", key::ref("credentials"), "", "(none: unsigned)",
     "Signs every request with them, as Java's AclClientRPCHook."},
    {"listener", key::json(R"("anyOf": [{"const": "none"}, {"$ref": "#/definitions/listener"}])"), "",
     "(one that answers as steps say)", "Its TransactionListener; none: it has none, and refuses transactions."},
};

constexpr KeyRow kListenerRows[] = {
    {"local", key::ref("transactionState"), "", R"("commit")",
     "What the local transaction of a step answers that does not say it."},
    {"localMs", key::time_ms, "ms", "0", "How long such a local transaction takes."},
    {"check", key::refs("transactionState"), "", "(as the message's step says)",
     "What successive checks of a message are answered by this producer, whoever of its group sent it; the last "
     "repeats."},
};

constexpr KeyRow kCredentialsRows[] = {
    {"accessKey", key::text(1), "", key::required, "Who signs."},
    {"secretKey", key::text(1), "", key::required, "What signs."},
    {"securityToken", key::text(1), "", key::none, "Sent beside the signature."},
};

constexpr KeyRow kQueueIndexRows[] = {
    {"start", key::integer(INT32_MIN, INT32_MAX), "", key::required,
     "What an index holds before its first increment: the first queue is (start + 1) mod queues."},
    {"resets", key::refs("int32", 0, 100'000), "", "(from the seed)",
     "What successive resets of a topic's index take; after the last the list repeats."},
};

}  // namespace

namespace shapes {

constinit const Shape cluster{"cluster", "Who exists. Addresses and ports are the world's business.", kClusterRows};

constinit const Shape broker{
    "broker",
    "A broker process. A slave is an instance of `slaveOf` in the route, and has its own name for faults and events.",
    kBrokerRows};

constinit const Shape topic{
    "topic", "A topic lies on all master brokers unless `brokers` or `queues` names some.", kTopicRows,
    R"("not": {"required": ["brokers", "queues"], "properties": {"queues": {"type": "object"}}})"};

constinit const Shape transactions{
    "transactions",
    "When brokers ask how a transaction ended. Settings of a broker by their own names, in ms: a scan every "
    "transactionCheckInterval from the broker's start asks about every half message older than transactionTimeOut.",
    kTransactionsRows};

constinit const Shape responder{
    "responder",
    "Consumes the requests (RIP-16) of a topic and sends replies, as a client of its own. Its sends can be hit by "
    "faults on SEND_REPLY_MESSAGE_V2, what brokers push to the requester by faults on PUSH_REPLY_MESSAGE_TO_CLIENT.",
    kResponderRows};

constinit const Shape account{"account",
                             "Somebody whom brokers know. Without admin, defaultTopicPerm and topicPerms they may do "
                             "everything; with any, what these allow, as in plain_acl.yml.",
                             kAccountRows};

constinit const Shape network{"network", "The simulated world's network; other worlds have a real one.", kNetworkRows};

constinit const Shape producer{"producer", "A producer and its client instance.", kProducerRows};

constinit const Shape credentials{
    "credentials", "Who the producer says it is; brokers compare with the cluster's accounts.", kCredentialsRows};

constinit const Shape listener{"listener", "A producer's TransactionListener.", kListenerRows};

constinit const Shape queueIndex{
    "queueIndex", "Fixes the random start of every thread's queue index. Left out, the values come from the seed.",
    kQueueIndexRows};

}  // namespace shapes
}  // namespace rmqsim
