// What happens to servers, routes and producers.
#include "scenarios/harness/file/parse/shapes.h"

namespace rmqsim {
namespace {

constexpr KeyRow kEventRows[] = {
    {"crash", key::ref("names"), "", key::none, "The process is gone: connections are reset, connects refused."},
    {"restart", key::ref("names"), "", key::none, "Back after a crash, with its stored messages."},
    {"pause", key::ref("names"), "", key::none, "Stopped: connects succeed, nothing is answered."},
    {"resume", key::ref("names"), "", key::none, "Goes on after a pause."},
    {"partition", key::ref("partition"), "", key::none, "No byte passes between some and others."},
    {"heal", key::json(R"("anyOf": [{"const": "all"}, {"$ref": "#/definitions/heal"}])"), "", key::none,
     "Ends partitions."},
    {"setRoute", key::ref("setRoute"), "", key::none, "Nameservers answer a route of the file's."},
    {"removeFromRoute", key::ref("removeFromRoute"), "", key::none, "A broker leaves routes."},
    {"setPerm", key::ref("setPerm"), "", key::none, "Changes a topic's permission."},
    {"setConfig", key::ref("setConfig"), "", key::none, "Calls a producer's setters."},
    {"startProducer",
     key::json(R"("anyOf": [{"$ref": "#/definitions/name"}, {"$ref": "#/definitions/startProducer"}])"), "", key::none,
     "Starts a producer with `\"autoStart\": false`; or one whose start is to fail."},
    {"shutdownProducer", key::ref("name"), "", key::none, "Shuts a producer down."},
};

constexpr KeyRow kPartitionRows[] = {
    {"between", key::ref("names"), "", key::required, "Servers or producers of one side."},
    {"and", key::ref("names"), "", "(everyone else)", "Those of the other side."},
    {"oneWay", key::boolean, "", "false", "Only bytes from `between` to `and` are lost."},
};

constexpr KeyRow kHealRows[] = {
    {"between", key::ref("names"), "", key::required, "As of the partition that ends."},
    {"and", key::ref("names"), "", "(everyone else)", "As of the partition that ends."},
};

constexpr KeyRow kSetRouteRows[] = {
    {"topic", key::text(1, 255), "", key::required, "Whose route."},
    {"brokers", key::ref("names"), "", "(all masters)", "The brokers of the route; not beside `queues` as an object."},
    {"queues", key::ref("queues"), "", "4", "How many queues each has."},
    {"perm", key::ref("perm"), "", R"("rw")", "What may be done with it."},
    {"at", key::ref("names"), "", "(all)", "The nameservers that answer so."},
};

constexpr KeyRow kRemoveFromRouteRows[] = {
    {"broker", key::ref("name"), "", key::required, "Who leaves."},
    {"topic", key::text(), "", "(every topic)", "Whose route."},
    {"at", key::ref("names"), "", "(all)", "The nameservers whose routes it leaves."},
};

constexpr KeyRow kSetPermRows[] = {
    {"topic", key::text(), "", key::required, "Whose permission."},
    {"perm", key::ref("perm"), "", key::required, "The new one."},
    {"brokers", key::ref("names"), "", "(all that have the topic)", "Where it changes."},
};

constexpr KeyRow kSetConfigRows[] = {
    {"producer", key::ref("name"), "", key::required, "Whose setters."},
    {"config", key::ref("configChange"), "", key::required, "At least one setting, of those that may change."},
};

constexpr KeyRow kStartProducerRows[] = {
    {"producer", key::ref("name"), "", key::required, "Who is started, perhaps again."},
    {"exception", key::ref("exception"), "", key::required, "What the start fails with."},
};

}  // namespace

namespace shapes {

constinit const Shape event{"event", "One event that happens at once; several need a step each.", kEventRows,
                            R"("minProperties": 1, "maxProperties": 1)"};

constinit const Shape partition{
    "partition",
    "No byte passes between one of `between` and one of `and` (default everyone else); connections stay open.",
    kPartitionRows};

constinit const Shape heal{"heal", "Ends all partitions, or what is cut between these, by whichever partition.",
                           kHealRows};

constinit const Shape setRoute{
    "setRoute",
    "The named nameservers (default all) answer exactly this route for the topic from now on: brokers that it "
    "leaves out are not in it, and no registration changes it.",
    kSetRouteRows, R"("not": {"required": ["brokers", "queues"], "properties": {"queues": {"type": "object"}}})"};

constinit const Shape removeFromRoute{
    "removeFromRoute",
    "The broker leaves the route of the topic (default of every topic) at the named nameservers (default all).",
    kRemoveFromRouteRows};

constinit const Shape setPerm{"setPerm", "Changes the permission at the brokers (default all) and in the route.",
                              kSetPermRows};

constinit const Shape setConfig{"setConfig", "Calls the producer's setters.", kSetConfigRows};

constinit const Shape startProducer{"startProducer", "A start that fails.", kStartProducerRows};

}  // namespace shapes
}  // namespace rmqsim
