// The events of a `do` step: what happens to servers, routes and producers.
#include <algorithm>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

using Event = std::optional<ClusterEvent>;

template <class T>
Event on_servers(ParseContext& context, const JsonNode& value) {
  return T{context.references(value, context.servers)};
}

template <class T>
Event on_producer(ParseContext& context, const JsonNode& value) {
  auto name = context.reference(value, context.producers);
  return name ? Event(T{.producer = *name}) : std::nullopt;
}

void parse_ends(ParseContext& context, ObjectReader& reader, std::vector<std::string>& between,
                std::vector<std::string>& others) {
  if (const JsonNode* value = reader.require("between")) between = context.references(*value, context.ends);
  const JsonNode* value = reader.find("and");
  if (!value) return;
  others = context.references(*value, context.ends);
  for (const std::string& name : others) {
    if (std::find(between.begin(), between.end(), name) != between.end()) {
      context.fail(*value, in_quotes(name) + " is on both sides");
    }
  }
}

Event parse_partition(ParseContext& context, const JsonNode& value) {
  PartitionEvent event;
  ObjectReader reader(context, value, shapes::partition);
  if (!reader) return std::nullopt;
  parse_ends(context, reader, event.between, event.and_);
  reader.boolean("oneWay", event.one_way);
  return event;
}

Event parse_heal(ParseContext& context, const JsonNode& value) {
  HealEvent event;
  if (value.kind == JsonNode::Kind::string && value.text == "all") return event;
  if (!context.expect_kind(value, JsonNode::Kind::object, "\"all\" or an object")) return std::nullopt;
  ObjectReader reader(context, value, shapes::heal);
  parse_ends(context, reader, event.between, event.and_);
  return event;
}

std::vector<std::string> parse_nameserver_list(ParseContext& context, ObjectReader& reader) {
  const JsonNode* at = reader.find("at");
  return at ? context.references(*at, context.nameservers) : std::vector<std::string>{};
}

Event parse_set_route(ParseContext& context, const JsonNode& value, const Scenario& scenario) {
  ObjectReader reader(context, value, shapes::setRoute);
  if (!reader) return std::nullopt;
  SetRouteEvent event;
  event.topic.where = context.where(value);
  if (reader.require("topic")) {
    reader.text("topic", event.topic.name);
    context.topics.names.push_back(event.topic.name);
  }
  parse_queues_and_perm(context, reader, scenario.cluster, event.topic);
  event.nameservers = parse_nameserver_list(context, reader);
  return event;
}

Event parse_remove_from_route(ParseContext& context, const JsonNode& value) {
  ObjectReader reader(context, value, shapes::removeFromRoute);
  if (!reader) return std::nullopt;
  RemoveFromRouteEvent event;
  if (const JsonNode* broker = reader.require("broker")) {
    event.broker = context.reference(*broker, context.broker_names).value_or("");
  }
  reader.get("topic", event.topic, [&](const JsonNode& n) { return context.reference(n, context.topics); });
  event.nameservers = parse_nameserver_list(context, reader);
  return event;
}

Event parse_set_perm(ParseContext& context, const JsonNode& value) {
  ObjectReader reader(context, value, shapes::setPerm);
  if (!reader) return std::nullopt;
  SetPermEvent event;
  if (const JsonNode* topic = reader.require("topic"))
    event.topic = context.reference(*topic, context.topics).value_or("");
  if (reader.require("perm")) reader.get("perm", event.perm, [&](const JsonNode& n) { return context.perm(n); });
  if (const JsonNode* brokers = reader.find("brokers")) {
    event.brokers = context.references(*brokers, context.broker_names);
  }
  return event;
}

Event parse_set_config(ParseContext& context, const JsonNode& value) {
  ObjectReader reader(context, value, shapes::setConfig);
  if (!reader) return std::nullopt;
  SetConfigEvent event;
  if (const JsonNode* producer = reader.require("producer")) {
    event.producer = context.reference(*producer, context.producers).value_or("");
  }
  if (const JsonNode* config = reader.require("config")) {
    event.config = parse_config(context, *config, true);
    if (config->kind == JsonNode::Kind::object && config->children.empty()) {
      context.fail(*config, "expected at least one setting");
    }
  }
  return event;
}

/// By its name, or with what the start is to fail with.
Event parse_start(ParseContext& context, const JsonNode& value) {
  if (value.kind != JsonNode::Kind::object) return on_producer<StartProducerEvent>(context, value);
  ObjectReader reader(context, value, shapes::startProducer);
  StartProducerEvent event;
  if (const JsonNode* producer = reader.require("producer")) {
    event.producer = context.reference(*producer, context.producers).value_or("");
  }
  if (const JsonNode* exception = reader.require("exception")) event.exception = parse_exception(context, *exception);
  return event;
}

}  // namespace

Event parse_event(ParseContext& context, const JsonNode& value, const Scenario& scenario, std::string& kind) {
  ObjectReader reader(context, value, shapes::event);
  if (!reader) return std::nullopt;
  auto members = reader.present(shapes::event.keys());
  if (members.empty()) {
    if (value.children.empty()) context.fail(value, "expected an event, for example \"crash\"");
    return std::nullopt;
  }
  if (members.size() > 1) {
    context.fail_key(*members[1], "one event per step: " + in_quotes(members[1]->key) + " needs a step of its own");
    return std::nullopt;
  }
  const JsonNode& what = *members[0];
  kind = what.key;
  if (kind == "crash") return on_servers<CrashEvent>(context, what);
  if (kind == "restart") return on_servers<RestartEvent>(context, what);
  if (kind == "pause") return on_servers<PauseEvent>(context, what);
  if (kind == "resume") return on_servers<ResumeEvent>(context, what);
  if (kind == "partition") return parse_partition(context, what);
  if (kind == "heal") return parse_heal(context, what);
  if (kind == "setRoute") return parse_set_route(context, what, scenario);
  if (kind == "removeFromRoute") return parse_remove_from_route(context, what);
  if (kind == "setPerm") return parse_set_perm(context, what);
  if (kind == "setConfig") return parse_set_config(context, what);
  if (kind == "startProducer") return parse_start(context, what);
  return on_producer<ShutdownProducerEvent>(context, what);
}

}  // namespace rmqsim
