// Resources about the program itself: health, version, metrics, the description of all resources, the end.
#include <algorithm>
#include <charconv>
#include <iterator>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "fake_broker/rules/unanswered.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/schema/object_schema.h"
#include "scenarios/harness/file/text/harmless.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

constexpr const char* kApiVersion = "v1";

std::string escaped(std::string_view label) {
  std::string out;
  for (const char c : harmless_lines(label)) {  // ids of rules may hold what a terminal obeys
    if (c == '\\' || c == '"') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

/// Text in the format of Prometheus, one family after the other.
class MetricsText {
 public:
  void family(const std::string& name, const char* type, const char* help) {
    name_ = "rmqsim_" + name;
    text_ += "# HELP " + name_ + " " + help + "\n# TYPE " + name_ + " " + type + "\n";
  }
  using Labels = std::vector<std::pair<const char*, std::string>>;
  void sample(const Labels& labels, std::uint64_t value) { sample("", labels, std::to_string(value)); }
  void histogram(const Labels& labels, const AnswerTimes& times) {
    std::uint64_t so_far = 0;
    const auto up_to = [&](const std::string& bound, std::uint64_t count) {
      Labels more = labels;
      more.emplace_back("le", bound);
      sample("_bucket", more, std::to_string(count));
    };
    for (std::size_t i = 0; i < times.kSteps.size(); ++i) up_to(number(times.kSteps[i]), so_far += times.counts[i]);
    up_to("+Inf", times.count);
    sample("_sum", labels, number(times.seconds));
    sample("_count", labels, std::to_string(times.count));
  }
  std::string take() { return std::move(text_); }

 private:
  static std::string number(double value) {
    char text[400];
    return {text, std::to_chars(text, text + sizeof text, value, std::chars_format::fixed).ptr};
  }
  void sample(const char* suffix, const Labels& labels, const std::string& value) {
    text_ += name_ + suffix;
    const char* separator = "{";
    for (const auto& [label, content] : labels) {
      text_ += separator + std::string(label) + "=\"" + escaped(content) + "\"";
      separator = ",";
    }
    text_ += (labels.empty() ? " " : "} ") + value + "\n";
  }

  std::string name_;
  std::string text_;
};

std::string parameter_meaning(std::string_view name) {
  if (name == "code") return "a request as \"on\" of a rule names it, or a code by number";
  if (name == "topic") return "topic of the request or message";
  if (name == "server") return "name of the server that saw it";
  if (name == "group") return "producer group";
  if (name == "rule") return "id of the fault rule that acted";
  if (name == "outcome") {
    return "response code's name, or " + unanswered_words() + "; empty: not answered yet";
  }
  if (name == "key") return "UNIQ_KEY; for messages also one of the application's keys";
  if (name == "broker") return "name of the broker that keeps it";
  if (name == "nameserver") return "name of one nameserver; default all";
  if (name == "after") {
    return "cursor: \"next\" of the answer before; of events the id behind which to begin, 0 for all that are kept";
  }
  if (name == "kinds") return "kinds of events with commas between them; default all";
  if (name == "times") return "now: \"fromMs\" and \"toMs\" count from now; start (default): from the start";
  if (name == "name") return "of the scenario, which must be its file's name without .json";
  if (name == "limit") return "at most so many";
  if (name == "count") return "how many to wait for, default 1";
  if (name == "timeoutMs") return "how long to wait, default 10000, at most 300000";
  return "";
}

bool is_number(std::string_view parameter) {
  return parameter == "limit" || parameter == "count" || parameter == "timeoutMs";
}

/// The scenario's schema is of draft 7, and this document's of 2020-12: its references, and how it says what stands
/// where in a list.
void translate(Json& value) {
  if (value.is_object()) {
    if (value.contains("items") && value["items"].is_array()) {
      value["prefixItems"] = std::move(value["items"]);
      value["items"] = value.value("additionalItems", Json(true));
      value.erase("additionalItems");
    }
    for (auto& [key, member] : value.items()) {
      if (key == "$ref" && member.is_string()) {
        const std::string reference = member;
        constexpr std::string_view kPrefix = "#/definitions/";
        if (reference.starts_with(kPrefix)) member = "#/components/schemas/" + reference.substr(kPrefix.size());
      } else {
        translate(member);
      }
    }
  } else if (value.is_array()) {
    for (Json& member : value) translate(member);
  }
}

void add_definition(const std::string& name, const Json& definitions, Json& schemas);

/// Adds it under that name, with what it refers to.
void add_schema(const std::string& name, Json schema, const Json& definitions, Json& schemas) {
  translate(schema);
  const std::string text = json_text(schema);
  schemas[name] = std::move(schema);
  constexpr std::string_view kPrefix = "#/components/schemas/";
  for (std::size_t at = text.find(kPrefix); at != std::string::npos; at = text.find(kPrefix, at + 1)) {
    const std::size_t begin = at + kPrefix.size();
    add_definition(text.substr(begin, text.find('"', begin) - begin), definitions, schemas);
  }
}

/// Adds the scenario schema's definition of that name.
void add_definition(const std::string& name, const Json& definitions, Json& schemas) {
  if (schemas.contains(name) || !definitions.contains(name)) return;
  add_schema(name, definitions.at(name), definitions, schemas);
}

Json schemas() {
  const Json scenario = json_of<Json>(scenario_schema());
  const Json& definitions = scenario.at("definitions");
  Json all;
  add_definition("fault", definitions, all);
  const auto ref = [](const char* name) { return Json{{"$ref", std::string("#/components/schemas/") + name}}; };
  all["faults"] = {{"oneOf", Json::array({ref("fault"), Json{{"type", "array"}, {"items", ref("fault")}}})}};
  for (const Shape* part : {&shapes::gate, &shapes::topicPut, &shapes::permPut, &shapes::release}) {
    add_schema(std::string(part->name), json_of<Json>(object_schema(*part)), definitions, all);
  }
  all["nothing"] = {{"type", "object"}, {"additionalProperties", false}};
  all.update(answer_schemas());
  all["error"] = {{"type", "object"},
                  {"required", Json::array({"error", "status"})},
                  {"properties", {{"error", {{"type", "string"}}}, {"status", {{"type", "integer"}}}}}};
  return all;
}

/// Answers that are no JSON, with their media types.
constexpr std::pair<std::string_view, const char*> kTexts[] = {
    {"text", "text/plain"}, {"events", "text/event-stream"}, {"html", "text/html"}, {"file", "*/*"}};

Json operation(const ControlRoute& route) {
  Json op;
  op["summary"] = route.summary;
  std::string id(route.method);
  for (const char c : route.path) id += c == '/' || c == '{' || c == '}' || c == '-' || c == '.' ? '_' : c;
  op["operationId"] = id;
  op["parameters"] = Json::array();
  for (std::size_t at = route.path.find('{'); at != std::string_view::npos; at = route.path.find('{', at + 1)) {
    op["parameters"].push_back({{"name", route.path.substr(at + 1, route.path.find('}', at) - at - 1)},
                                {"in", "path"},
                                {"required", true},
                                {"schema", {{"type", "string"}}}});
  }
  for (const std::string_view name : route.query) {
    op["parameters"].push_back({{"name", name},
                                {"in", "query"},
                                {"description", parameter_meaning(name)},
                                {"schema", {{"type", is_number(name) ? "integer" : "string"}}}});
  }
  if (!route.body.empty()) {
    const bool optional = route.body == "nothing" || route.body == "topicPut" || route.body == "release";
    op["requestBody"] = {
        {"required", !optional},
        {"content",
         {{"application/json", {{"schema", {{"$ref", "#/components/schemas/" + std::string(route.body)}}}}}}}};
  }
  const auto type = std::find_if(std::begin(kTexts), std::end(kTexts),
                                 [&](const auto& one) { return one.first == route.answer; });
  const Json schema = type != std::end(kTexts)
                          ? Json{{"type", "string"}}
                          : Json{{"$ref", "#/components/schemas/" + std::string(route.answer)}};
  op["responses"][std::to_string(route.status)] = {
      {"description", "done"},
      {"content", {{type != std::end(kTexts) ? type->second : "application/json", {{"schema", schema}}}}}};
  if (!route.ctl.empty()) op["x-rmqsim-ctl"] = "rmqsim ctl " + std::string(route.ctl);
  op["responses"]["default"] = {
      {"description", "400 a mistake in the request, 403 from a web page, 404 no such thing, 405 another method, 409 "
                      "not in this state, 413 too large"},
      {"content", {{"application/json", {{"schema", {{"$ref", "#/components/schemas/error"}}}}}}}};
  return op;
}

}  // namespace

std::optional<Json> ControlResources::health(ControlCall& call) {
  const Control& control = call.control;
  Json servers = Json::object();
  bool all = true;
  for (const auto& [name, server] : control.servers_) {
    all = all && server->running() && !server->paused();
    servers[name] = server->state();
  }
  return Json{{"status", all ? "ok" : "degraded"}, {"servers", std::move(servers)}};
}

std::optional<Json> ControlResources::version(ControlCall& call) {
  return Json{{"program", "rmqsim"}, {"version", call.control.options_.version}, {"api", kApiVersion}};
}

std::optional<Json> ControlResources::shutdown(ControlCall& call) {
  if (!call.control.shutdown_) throw ControlError(409, "this program does not end this way");
  call.control.shutdown_();
  return Json{{"status", "ending"}};
}

std::optional<Json> ControlResources::openapi(ControlCall& call) {
  Json document;
  document["openapi"] = "3.1.0";
  document["info"] = {{"title", "rmqsim control"},
                      {"version", call.control.options_.version},
                      {"description", "Faults at run time in fake RocketMQ brokers and nameservers. Fault rules are "
                                      "those of the scenario file."}};
  document["paths"] = Json::object();
  for (const ControlRoute& route : Control::routes()) {
    std::string method(route.method);
    for (char& c : method) c = static_cast<char>(c - 'A' + 'a');
    document["paths"][std::string(route.path)][method] = operation(route);
  }
  document["components"]["schemas"] = schemas();
  return document;
}

std::optional<Json> ControlResources::metrics(ControlCall& call) {
  const Control& control = call.control;
  MetricsText text;
  text.family("build_info", "gauge", "Always 1; the version is a label.");
  text.sample({{"version", control.options_.version}}, 1);
  text.family("server_up", "gauge", "1 while the server runs and is not paused.");
  for (const auto& [name, server] : control.servers_) {
    text.sample({{"server", name}, {"kind", server->nameserver() ? "nameserver" : "broker"}},
                server->running() && !server->paused() ? 1 : 0);
  }
  text.family("requests_received_total", "counter", "Requests that arrived in well-formed frames.");
  for (const auto& [name, server] : control.servers_) text.sample({{"server", name}}, server->received());
  text.family("requests_answered_total", "counter", "Requests by what became of them.");
  for (const auto& [what, count] : control.journal_.answered()) {
    const auto& [server, code, outcome] = what;
    text.sample({{"server", server}, {"code", code}, {"outcome", outcome}}, count);
  }
  text.family("answer_seconds", "histogram",
              "From a request's arrival to its outcome, of those that the log had room for.");
  for (const auto& [what, times] : control.journal_.answer_times()) {
    const auto& [server, code, outcome] = what;
    text.histogram({{"server", server}, {"code", code}, {"outcome", outcome}}, times);
  }
  text.family("connections_total", "counter", "Connections that were accepted.");
  for (const auto& [name, server] : control.servers_) {
    text.sample({{"server", name}}, control.journal_.connections(name));
  }
  text.family("connections_open", "gauge", "Connections that are open.");
  std::map<std::string, std::uint64_t, std::less<>> open;
  for (const auto& [place, connection] : control.connections_.open()) ++open[place.first];
  for (const auto& [name, server] : control.servers_) text.sample({{"server", name}}, open[name]);
  text.family("request_log_dropped_total", "counter", "Requests that the log had no room for any more.");
  text.sample({}, control.journal_.dropped());
  text.family("fault_matched_total", "counter", "Requests on which all selectors of a rule but nth held.");
  for (std::size_t i = 0; i < control.rules_.size(); ++i) {
    text.sample({{"rule", control.rules_.plan().rule(i).id}}, control.rules_.plan().matched(i));
  }
  text.family("fault_acted_total", "counter", "Requests on which a rule acted.");
  for (std::size_t i = 0; i < control.rules_.size(); ++i) {
    text.sample({{"rule", control.rules_.plan().rule(i).id}}, control.rules_.plan().acted(i));
  }
  text.family("gate_held", "gauge", "Requests that gates hold.");
  for (std::size_t i = 0; i < control.gate_rules_.size(); ++i) {
    const std::string& id = control.gate_rules_.plan().rule(i).id;
    text.sample({{"gate", id}}, control.gates_.held(id).size());
  }
  text.family("messages_stored_total", "counter", "Messages that a broker stored.");
  for (const auto& [name, broker] : control.brokers_) {
    text.sample({{"server", name}}, broker->broker().store().stored());
  }
  text.family("messages_acknowledged_total", "counter", "Messages whose producer was told that they are stored.");
  for (const auto& [name, broker] : control.brokers_) {
    text.sample({{"server", name}}, broker->broker().store().acknowledged());
  }
  text.family("messages_evicted_total", "counter", "Messages that a broker forgot to bound its memory.");
  for (const auto& [name, broker] : control.brokers_) {
    text.sample({{"server", name}}, broker->broker().store().evicted());
  }
  text.family("messages_duplicate_total", "counter", "Messages whose key the same broker already had.");
  for (const auto& [name, broker] : control.brokers_) {
    text.sample({{"server", name}}, broker->broker().store().duplicates());
  }
  call.whole->content_type = "text/plain; version=0.0.4; charset=utf-8";
  return Json(text.take());
}

}  // namespace rmqsim
