// faults: which requests a rule looks at and how often. What it does is in parse_action.cc.
#include <algorithm>

#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

/// What `nth` counts, where it makes a difference and the requests can tell it.
void parse_count(ParseContext& context, ObjectReader& reader, FaultRule& rule, const std::string& on) {
  const JsonNode* count = reader.find("count");
  if (count == nullptr) return;
  const auto word = context.one_of(*count, kFaultCountWords, "count");
  if (!word) return;
  const auto* at = std::find(std::begin(kFaultCountWords), std::end(kFaultCountWords), *word);
  rule.count = static_cast<FaultCount>(at - std::begin(kFaultCountWords));
  if (rule.count == FaultCount::broker) return;
  const RequestFamily* family = find_request_family(rule.on.kind);
  if (rule.nth.every()) {
    context.fail(*count, "\"count\" says what \"nth\" or \"times\" counts, and neither is there");
  } else if (rule.count == FaultCount::cluster && rule.at != "*") {
    context.fail(*count, "a count over the cluster needs \"at\": \"*\"; at one server it is that server's");
  } else if (rule.count == FaultCount::message && family != nullptr &&
             family->facts.find('m') == std::string_view::npos) {
    context.fail(*count, "a rule on " + in_quotes(on) + " cannot tell messages");
  }
}

void parse_times(ParseContext& context, ObjectReader& reader, FaultRule& rule) {
  constexpr std::string_view kHowOften[] = {"nth", "times"};
  reader.at_most_one(kHowOften);
  reader.get("nth", rule.nth, [&](const JsonNode& n) { return context.nth(n); });
  std::uint64_t times = 0;
  if (reader.integer("times", times)) rule.nth = NthSet::first(times);
  reader.time("fromMs", rule.from);
  reader.time("toMs", rule.to);
  if (rule.to && *rule.to <= rule.from.value_or(Duration{0})) {
    context.fail(*reader.find("toMs"), "\"toMs\" must be later than \"fromMs\"");
  }
  reader.number("probability", rule.probability);
}

}  // namespace

std::optional<FaultRule> parse_fault(ParseContext& context, const JsonNode& value, const Scenario& scenario,
                                     const Shape& shape) {
  FaultRule rule;
  rule.id = "fault[" + std::to_string(value.index) + "]";
  ObjectReader reader(context, value, shape);
  if (!reader) return std::nullopt;
  reader.text("id", rule.id);
  const JsonNode* at = reader.require("at");
  if (at) {
    bool every = at->kind == JsonNode::Kind::string && at->text == "*";
    auto name = every ? std::optional<std::string>("*") : context.reference(*at, context.servers);
    if (name) rule.at = *name;
  }
  const JsonNode* on = reader.require("on");
  auto target = on ? parse_target(context, *on) : std::nullopt;
  if (target) {
    rule.on = *target;
    if (!rule.at.empty() && context.servers.complete) check_place(context, *at, *on, *target);
    const auto cannot = [&](const char* what) {
      return "a rule on " + in_quotes(on->text) + " cannot look at " + what;
    };
    check_fact(context, reader.find("topic"), *target, 't', cannot("a topic"));
    check_fact(context, reader.find("queueId"), *target, 'q', cannot("a queue"));
    check_fact(context, reader.find("producer"), *target, 'p', cannot("a producer"));
  }
  parse_times(context, reader, rule);
  if (at && target) parse_count(context, reader, rule, on->text);
  reader.get("topic", rule.topic, [&](const JsonNode& n) { return context.reference(n, context.topics); });
  reader.integer("queueId", rule.queue_id);
  reader.get("producer", rule.producer_group, [&](const JsonNode& n) -> std::optional<std::string> {
    auto name = context.reference(n, context.producers);
    const ProducerSpec* producer = name ? scenario.find_producer(*name) : nullptr;
    return producer ? std::optional(producer->on_wire(producer->group)) : std::nullopt;
  });
  if (!shape.has("do")) return rule;
  reader.boolean("mayBeIdle", rule.may_be_idle);
  if (const JsonNode* action = reader.require("do"); action && target) {
    rule.action = parse_action(context, *action, *target);
  }
  return rule;
}

namespace {

void take_fault(ParseContext& context, const JsonNode& value, Scenario& scenario) {
  auto rule = parse_fault(context, value, scenario, shapes::fault);
  if (!rule) return;
  auto same = [&](const FaultRule& other) { return other.id == rule->id; };
  if (std::any_of(scenario.faults.begin(), scenario.faults.end(), same)) {
    const JsonNode* id = value.find("id");
    context.fail(id ? *id : value, "the id " + in_quotes(rule->id) + " is already there");
  }
  scenario.faults.push_back(std::move(*rule));
  scenario.fault_locations.push_back(context.where(value));
}

}  // namespace

void check_place(ParseContext& context, const JsonNode& at, const JsonNode& on, const FaultTarget& target) {
  using At = RequestFamily::At;
  const RequestFamily* family = find_request_family(target.kind);
  const At where = family ? family->at : At::both;
  const bool nameserver = context.nameservers.has(at.text);
  if (nameserver && where == At::broker) {
    context.fail(on, in_quotes(at.text) + " is a nameserver, which gets no " + in_quotes(on.text) + " requests");
  } else if (!nameserver && where == At::nameserver) {
    context.fail(at, (at.text == "*" ? "\"*\" stands for every broker" : in_quotes(at.text) + " is a broker") +
                         ", and only a nameserver gets " + in_quotes(on.text) + " requests");
  }
}

void check_fact(ParseContext& context, const JsonNode* selector, const FaultTarget& target, char fact,
                std::string message) {
  const RequestFamily* family = find_request_family(target.kind);
  if (!selector || !family || family->facts.find(fact) != std::string_view::npos) return;
  context.fail_key(*selector, std::move(message));
}

std::optional<FaultTarget> parse_target(ParseContext& context, const JsonNode& value) {
  auto name = context.text(value);
  if (!name) return std::nullopt;
  auto target = request_target(*name);
  if (!target) context.fail(value, "unknown request " + in_quotes(*name) + context.suggest(*name, request_words()));
  return target;
}

void parse_faults(ParseContext& context, const JsonNode& value, Scenario& scenario) {
  if (!context.expect_kind(value, JsonNode::Kind::array)) return;
  if (const std::size_t most = shapes::scenario.most("faults"); value.children.size() > most) {
    context.fail(value, std::to_string(value.children.size()) + " rules; at most " + std::to_string(most));
    return;
  }
  for (const JsonNode* item : value.children) take_fault(context, *item, scenario);
}

}  // namespace rmqsim
