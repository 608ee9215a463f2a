// The table of routes: what answers, and what /openapi.json and the page are made of. Behind it the schemas of answers;
// tests hold every answer to them.
#include <nlohmann/json.hpp>

#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

using R = ControlResources;

const std::vector<std::string_view> kFilter = {"code", "topic", "server", "group", "rule", "outcome", "key"};
const std::vector<std::string_view> kTimes = {"times"};

std::vector<std::string_view> filter_and(std::initializer_list<std::string_view> more) {
  std::vector<std::string_view> all = kFilter;
  all.insert(all.end(), more);
  return all;
}

}  // namespace

const std::vector<ControlEntry>& control_table() {
  static const std::vector<ControlEntry> entries = {
      {{"GET", "/", "A page that shows all of this as it happens, and does it", {}, "", 200, "html"}, R::page},
      {{"GET", "/page/{file}", "What that page is made of", {}, "", 200, "file"}, R::page_file},
      {{"GET", "/v1/health", "Whether all servers run", {}, "", 200, "health", "health"}, R::health},
      {{"GET", "/v1/version", "Version of the program and of this interface", {}, "", 200, "version", "version"},
       R::version},
      {{"GET", "/v1/events", "What happens from now on, as server-sent events", filter_and({"kinds", "after"}), "", 200,
        "events", "events --follow"},
       R::events},
      {{"GET", "/v1/scenario", "What was done so far as a scenario file", {"name"}, "", 200, "scenario", "scenario"},
       R::scenario},
      {{"GET", "/v1/clients", "Open connections, and who is behind them", {}, "", 200, "clients", "clients"},
       R::list_clients},
      {{"GET", "/v1/faults", "All fault rules in the order in which they are tried, with their counts", {}, "", 200,
        "rules", "fault list"},
       R::list_faults},
      {{"POST", "/v1/faults", "Add a fault rule, or several, after the others", kTimes, "faults", 201, "rules",
        "fault add"},
       R::add_faults},
      {{"DELETE", "/v1/faults", "Remove all fault rules", {}, "", 200, "removed", "fault remove --all"},
       R::clear_faults},
      {{"POST", "/v1/faults/reset", "Begin the counts of all rules anew", {}, "nothing", 200, "rules", "fault reset"},
       R::reset_faults},
      {{"GET", "/v1/faults/{id}", "One fault rule with its counts", {}, "", 200, "rule", "fault get {id}"},
       R::get_fault},
      {{"PUT", "/v1/faults/{id}", "Replace a fault rule in its place; its counts begin anew", kTimes, "fault", 200,
        "rule", "fault change {id}"},
       R::change_fault},
      {{"DELETE", "/v1/faults/{id}", "Remove a fault rule", {}, "", 200, "rule", "fault remove {id}"},
       R::remove_fault},
      {{"POST", "/v1/faults/{id}/reset", "Begin the counts of a rule anew", {}, "nothing", 200, "rule",
        "fault reset {id}"},
       R::reset_fault},
      {{"GET", "/v1/faults/{id}/near-misses", "Requests on which the rule did not act, and which condition failed",
        {"limit"}, "", 200, "nearMisses", "fault near-misses {id}"},
       R::near_misses},
      {{"GET", "/v1/brokers", "All brokers", {}, "", 200, "brokers", "broker list"}, R::list_brokers},
      {{"GET", "/v1/brokers/{name}", "One broker", {}, "", 200, "server"}, R::get_broker},
      {{"POST", "/v1/brokers/{name}/crash", "As kill -9: connections are reset, new ones refused", {}, "nothing", 200,
        "server", "broker crash {name}"},
       R::crash_broker},
      {{"POST", "/v1/brokers/{name}/restart", "Listen again on the same port, with the messages it had", {},
        "nothing", 200, "server", "broker restart {name}"},
       R::restart_broker},
      {{"POST", "/v1/brokers/{name}/pause", "As SIGSTOP: connections succeed, nothing is answered", {}, "nothing", 200,
        "server", "broker pause {name}"},
       R::pause_broker},
      {{"POST", "/v1/brokers/{name}/resume", "Go on after a pause", {}, "nothing", 200, "server",
        "broker resume {name}"},
       R::resume_broker},
      {{"PUT", "/v1/brokers/{name}/perm", "Change the permission of the broker, or of a topic there", {}, "permPut",
        200, "server", "broker perm {name}"},
       R::set_broker_perm},
      {{"GET", "/v1/nameservers", "All nameservers", {}, "", 200, "nameservers", "nameserver list"},
       R::list_nameservers},
      {{"GET", "/v1/nameservers/{name}", "One nameserver", {}, "", 200, "server"}, R::get_nameserver},
      {{"POST", "/v1/nameservers/{name}/crash", "As for a broker; registrations are forgotten", {}, "nothing", 200,
        "server", "nameserver crash {name}"},
       R::crash_nameserver},
      {{"POST", "/v1/nameservers/{name}/restart", "As for a broker", {}, "nothing", 200, "server",
        "nameserver restart {name}"},
       R::restart_nameserver},
      {{"POST", "/v1/nameservers/{name}/pause", "As for a broker", {}, "nothing", 200, "server",
        "nameserver pause {name}"},
       R::pause_nameserver},
      {{"POST", "/v1/nameservers/{name}/resume", "As for a broker", {}, "nothing", 200, "server",
        "nameserver resume {name}"},
       R::resume_nameserver},
      {{"GET", "/v1/topics", "Topics that brokers have", {}, "", 200, "topics", "topic list"}, R::list_topics},
      {{"PUT", "/v1/topics/{topic}", "Create or change a topic at brokers, which register it", {}, "topicPut", 200,
        "topicPlaces", "topic put {topic}"},
       R::put_topic},
      {{"GET", "/v1/routes", "Topics that nameservers have a route for", {}, "", 200, "routes", "route list"},
       R::list_routes},
      {{"GET", "/v1/routes/{topic}", "What nameservers answer for a topic", {}, "", 200, "route", "route get {topic}"},
       R::get_route},
      {{"PUT", "/v1/routes/{topic}", "Replace a topic's route; registrations leave it alone from now on",
        {"nameserver"}, "topicPut", 200, "route", "route put {topic}"},
       R::put_route},
      {{"DELETE", "/v1/routes/{topic}/brokers/{broker}", "Take a broker out of a topic's route (topic *: of all)",
        {"nameserver"}, "", 200, "routeCut", "route remove {topic} {broker}"},
       R::remove_from_route},
      {{"GET", "/v1/requests", "Requests that servers saw, oldest first", filter_and({"after", "limit"}), "", 200,
        "requests", "requests"},
       R::list_requests},
      {{"DELETE", "/v1/requests", "Forget the requests seen so far", {}, "", 200, "removed", "requests --clear"},
       R::clear_requests},
      {{"GET", "/v1/requests/count", "How many of the requests kept match", kFilter, "", 200, "requestCount",
        "requests --count"},
       R::count_requests},
      {{"GET", "/v1/requests/wait", "Answer when so many match, or when the time is over",
        filter_and({"count", "timeoutMs"}), "", 200, "requestWait", "requests --wait 1"},
       R::wait_requests},
      {{"GET", "/v1/messages", "Messages that brokers keep, oldest first per broker",
        {"topic", "key", "broker", "after", "limit"}, "", 200, "messages", "messages"},
       R::list_messages},
      {{"GET", "/v1/messages/counts", "How many messages were stored, acknowledged, lost; 404 of a proxy", {}, "", 200,
        "messageCounts", "messages --counts"},
       R::count_messages},
      {{"GET", "/v1/gates", "All gates with what they hold", {}, "", 200, "gates", "gate list"}, R::list_gates},
      {{"POST", "/v1/gates", "Hold the requests that match until they are released", kTimes, "gate", 201, "heldGate",
        "gate add"},
       R::add_gate},
      {{"POST", "/v1/gates/release", "Release what all gates hold", {}, "nothing", 200, "released", "gate release"},
       R::release_gates},
      {{"GET", "/v1/gates/{id}", "One gate with what it holds", {}, "", 200, "heldGate"}, R::get_gate},
      {{"DELETE", "/v1/gates/{id}", "Remove a gate and release what it holds", {}, "", 200, "released",
        "gate remove {id}"},
       R::remove_gate},
      {{"POST", "/v1/gates/{id}/release", "Release the oldest requests of a gate, or all", {}, "release", 200,
        "released", "gate release {id}"},
       R::release_gate},
      {{"GET", "/metrics", "Counts in the Prometheus text format", {}, "", 200, "text", "metrics"}, R::metrics},
      {{"GET", "/openapi.json", "This interface as OpenAPI 3.1", {}, "", 200, "openapi", "openapi"}, R::openapi},
      {{"POST", "/v1/shutdown", "End the program in an orderly way", {}, "nothing", 202, "ending", "shutdown"},
       R::shutdown},
  };
  return entries;
}

namespace {

Json type(const char* name) { return {{"type", name}}; }
Json text() { return type("string"); }
Json whole() { return {{"type", "integer"}}; }
Json count() { return {{"type", "integer"}, {"minimum", 0}}; }
Json number() { return type("number"); }
Json flag() { return type("boolean"); }
Json or_null(Json of) {
  of["type"] = Json::array({of["type"], "null"});
  return of;
}
Json ref(const char* name) { return {{"$ref", std::string("#/components/schemas/") + name}}; }
Json list(Json of) { return {{"type", "array"}, {"items", std::move(of)}}; }
Json map_of(Json of) { return {{"type", "object"}, {"additionalProperties", std::move(of)}}; }
Json words(std::initializer_list<const char*> all) {
  Json json = text();
  json["enum"] = Json::array();
  for (const char* word : all) json["enum"].push_back(word);
  return json;
}

/// All members are there, and no others, but those whose names end in '?'.
Json object(std::initializer_list<std::pair<const char*, Json>> members) {
  Json json = type("object");
  json["required"] = Json::array();
  json["additionalProperties"] = false;
  for (const auto& [key, schema] : members) {
    std::string name = key;
    if (name.back() == '?') {
      name.pop_back();
    } else {
      json["required"].push_back(name);
    }
    json["properties"][name] = schema;
  }
  return json;
}

void add_servers(Json& all) {
  all["health"] = object({{"status", words({"ok", "degraded"})},
                          {"servers", map_of(words({"running", "paused", "crashed"}))}});
  all["version"] = object({{"program", text()}, {"version", text()}, {"api", text()}});
  all["server"] = object({{"name", text()}, {"address", text()}, {"state", words({"running", "paused", "crashed"})},
                          {"received", count()}, {"upstream?", text()}, {"brokerName?", text()},
                          {"brokerId?", whole()}, {"cluster?", text()}, {"version?", text()}, {"perm?", whole()},
                          {"registered?", count()}, {"topics?", count()}, {"stored?", count()},
                          {"acknowledged?", count()}});
  all["brokers"] = object({{"brokers", list(ref("server"))}});
  all["nameservers"] = object({{"nameservers", list(ref("server"))}});
  all["clients"] = object({{"clients", list(object({{"server", text()}, {"peer", text()}, {"since", text()},
                                                    {"group", or_null(text())}, {"broker", flag()},
                                                    {"requests", count()}}))}});
  all["ending"] = object({{"status", words({"ending"})}});
  all["removed"] = object({{"removed", count()}});
  Json document = type("object");
  document["required"] = Json::array({"openapi", "info", "paths"});
  all["openapi"] = document;
  document["required"] = Json::array({"version", "name", "why", "cluster"});
  document["description"] = "A scenario file; `rmqsim schema` prints its schema.";
  all["scenario"] = document;
}

void add_topics(Json& all) {
  const Json place = object({{"broker", text()}, {"readQueues", whole()}, {"writeQueues", whole()},
                             {"perm", whole()}, {"stored", count()}});
  all["topics"] = object({{"topics", list(object({{"topic", text()}, {"system", flag()}, {"brokers", list(place)}}))}});
  all["topicPlaces"] = object(
      {{"topic", text()}, {"brokers", list(object({{"broker", text()}, {"queues", whole()}, {"perm", whole()}}))}});
  all["routes"] = object({{"routes", list(object({{"nameserver", text()}, {"topics", list(text())}}))}});
  const Json queues = object({{"broker", text()}, {"readQueues", whole()}, {"writeQueues", whole()},
                              {"perm", whole()}});
  const Json broker = object({{"name", text()}, {"cluster", text()}, {"addresses", map_of(text())}});
  all["route"] = object(
      {{"topic", text()},
       {"routes", list(object({{"nameserver", text()}, {"queues", list(queues)}, {"brokers", list(broker)}}))}});
  all["routeCut"] = object({{"topic", text()}, {"broker", text()}, {"removedAt", list(text())}});
}

void add_rules(Json& all) {
  Json rule = ref("fault");
  all["rule"] = object({{"id", text()},
                        {"rule", Json{{"description", "null when nobody wrote it down"},
                                      {"oneOf", Json::array({std::move(rule), type("null")})}}},
                        {"matched", count()},
                        {"acted", count()}});
  all["rules"] = object({{"faults", list(ref("rule"))}});
  const Json condition = object({{"condition", text()}, {"expected", text()}, {"found", text()}});
  all["nearMisses"] = object(
      {{"id", text()}, {"nearMisses", list(object({{"request", ref("requestSeen")}, {"failed", list(condition)}}))}});
  const Json held = object({{"server", text()}, {"code", text()}, {"topic", or_null(text())},
                            {"group", or_null(text())}});
  all["heldGate"] = object({{"id", text()}, {"gate", ref("gate")}, {"matched", count()}, {"held", list(held)}});
  all["gates"] = object({{"gates", list(ref("heldGate"))}, {"held", count()}, {"passed", count()}});
  all["released"] = object({{"released", count()}, {"held?", count()}});
}

void add_requests(Json& all) {
  all["requestSeen"] = object({{"number", count()}, {"at", text()}, {"atMs", or_null(number())}, {"server", text()},
                               {"code", text()}, {"topic", or_null(text())}, {"queueId", or_null(whole())},
                               {"group", or_null(text())}, {"key", or_null(text())}, {"peer", text()},
                               {"oneway", flag()}, {"rule", or_null(text())}, {"outcome", or_null(text())},
                               {"tookMs", or_null(number())}, {"stored", count()}, {"acknowledged", flag()}});
  all["requests"] = object({{"requests", list(ref("requestSeen"))}, {"next", count()}, {"more", flag()},
                            {"dropped", count()}});
  all["requestCount"] = object({{"count", count()}, {"dropped", count()}});
  all["requestWait"] = object({{"reached", flag()}, {"count", count()}, {"waitedMs", number()}});
  const Json message = object({{"broker", text()}, {"number", count()}, {"topic", text()}, {"queueId", whole()},
                               {"queueOffset", count()}, {"key", text()}, {"keys", text()}, {"tags", text()},
                               {"bornTimestamp", whole()}, {"storeTimestamp", whole()}, {"acknowledged", flag()},
                               {"bodySize", count()}, {"body?", text()}, {"bodyBase64?", text()},
                               {"bodyCut?", flag()}});
  all["messages"] = object({{"messages", list(message)}, {"next", or_null(text())}, {"more", flag()}});
  all["messageCounts"] = object({{"stored", count()}, {"acknowledged", count()}, {"duplicates", count()},
                                 {"lost", count()}, {"acknowledgedLost", count()}, {"evicted", count()},
                                 {"brokers", map_of(object({{"stored", count()}, {"acknowledged", count()},
                                                            {"evicted", count()}}))}});
}

}  // namespace

Json answer_schemas() {
  Json all = Json::object();
  add_servers(all);
  add_topics(all);
  add_rules(all);
  add_requests(all);
  return all;
}

}  // namespace rmqsim
