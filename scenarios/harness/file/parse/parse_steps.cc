// steps: what is sent and when. Expectations are read later (parse_step_expectations), when all sends have numbers.
#include <algorithm>

#include "producer/remoting/codec/text.h"
#include "producer/remoting/system_properties.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/parse/topic_names.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

constexpr std::string_view kStepKinds[] = {"send", "transaction", "request", "recall", "waitMs", "assert", "do"};
constexpr std::string_view kSendOnly[] = {"background", "concurrency", "expect"};

template <class Enum>
void read_enum(ParseContext& context, ObjectReader& reader, std::string_view key,
               std::span<const std::string_view> names, std::span<const Enum> values, Enum& target) {
  reader.get(key, target, [&](const JsonNode& n) -> std::optional<Enum> {
    auto name = context.one_of(n, names, key);
    if (!name) return std::nullopt;
    return values[static_cast<std::size_t>(std::find(names.begin(), names.end(), *name) - names.begin())];
  });
}

void parse_body(ParseContext& context, const JsonNode& value, BodySpec& body) {
  ObjectReader reader(context, value, shapes::body);
  if (!reader) return;
  constexpr std::string_view kSizes[] = {"text", "size"};
  constexpr std::string_view kFills[] = {"text", "fill"};
  if (reader.at_most_one(kSizes)) reader.at_most_one(kFills);
  if (!reader.find("text") && !reader.find("size")) context.fail(value, "expected \"text\" or \"size\"");
  reader.text("text", body.text);
  reader.integer("size", body.size);
  reader.get("fill", body.fill, [&](const JsonNode& n) -> std::optional<char> {
    auto fill = context.text(n);
    if (fill && (fill->size() != 1 || fill->front() < ' ' || fill->front() > '~')) {
      context.fail(n, "expected one printable ASCII character");
      return std::nullopt;
    }
    return fill ? std::optional(fill->front()) : std::nullopt;
  });
}

/// As Java's putUserProperty takes them (behaviour §2.7).
void parse_property(ParseContext& context, const JsonNode& member, MessageSpec& message) {
  const auto value = context.text(member, kMaxPropertyBytes);
  if (is_system_property(member.key)) {
    context.fail_key(member, in_quotes(member.key) + " is RocketMQ's own property, which Java does not let a user set");
  } else if (text::is_blank(member.key)) {
    context.fail_key(member, "a property needs a name");
  } else if (value && text::is_blank(*value)) {
    context.fail(member, "a property needs a value that is not blank");
  } else if (value) {
    message.properties.emplace_back(member.key, *value);
  }
}

void parse_message(ParseContext& context, ObjectReader& reader, const ProducerSpec* producer, MessageSpec& message) {
  if (const JsonNode* topic = reader.require("topic")) {
    // Any text: that the client refuses an illegal topic is a scenario too.
    if (auto name = context.text(*topic)) {
      message.topic = *name;
      context.topics.names.push_back(producer != nullptr ? producer->on_wire(*name) : *name);
      context.message_topics.names.push_back(*name);
    }
  }
  reader.text("tags", message.tags);
  if (const JsonNode* keys = reader.find("keys")) {
    if (keys->kind == JsonNode::Kind::string) {
      message.keys = {keys->text};
    } else if (context.expect_kind(*keys, JsonNode::Kind::array, "a key or an array of keys")) {
      for (const JsonNode* item : keys->children) {
        if (auto key = context.text(*item)) message.keys.push_back(*key);
      }
    }
  }
  const JsonNode* properties = reader.find("properties");
  if (properties && context.expect_kind(*properties, JsonNode::Kind::object)) {
    for (const JsonNode* member : properties->children) parse_property(context, *member, message);
  }
  reader.integer("delayLevel", message.delay_level);
  reader.time("delayMs", message.delay);
  constexpr std::string_view kDelays[] = {"delayLevel", "delayMs"};
  reader.at_most_one(kDelays);
  if (const JsonNode* body = reader.find("body")) parse_body(context, *body, message.body);
}

/// The producer may be left out when there is exactly one.
void parse_producer(ParseContext& context, const JsonNode& value, ObjectReader& reader, std::string& producer) {
  if (const JsonNode* name = reader.find("producer")) {
    if (auto known = context.reference(*name, context.producers)) producer = *known;
  } else if (context.producers.names.size() == 1) {
    producer = context.producers.names.front();
  } else if (context.producers.complete) {
    context.fail(value, context.producers.names.empty() ? "the scenario has no producer"
                                                        : "missing key \"producer\": there are several");
  }
}

template <class Body>
void parse_common(ParseContext& context, const JsonNode& value, ObjectReader& reader, const Scenario& scenario,
                  Body& body, Step& step) {
  parse_producer(context, value, reader, body.producer);
  parse_message(context, reader, scenario.find_producer(body.producer), body.message);
  reader.integer("count", body.count);
  reader.time("intervalMs", body.interval);
  step.send_count = body.count;
}

constexpr CommunicationMode kModeValues[] = {CommunicationMode::SYNC, CommunicationMode::ASYNC,
                                             CommunicationMode::ONEWAY};

void parse_selector(ParseContext& context, const JsonNode& value, SelectorSpec& selector) {
  ObjectReader reader(context, value, shapes::selector);
  if (!reader) return;
  constexpr SelectorSpec::Kind kValues[] = {SelectorSpec::Kind::index, SelectorSpec::Kind::hash,
                                            SelectorSpec::Kind::random};
  if (!reader.require("kind")) return;
  read_enum<SelectorSpec::Kind>(context, reader, "kind", kSelectorKinds, kValues, selector.kind);
  const JsonNode* arg = reader.find("arg");
  if (!arg) return;
  if (selector.kind == SelectorSpec::Kind::random) {
    context.fail(*arg, "a random selector takes no \"arg\"");
  } else if (selector.kind == SelectorSpec::Kind::hash && arg->kind == JsonNode::Kind::string) {
    selector.arg = arg->text;
  } else if (auto n = context.integer(*arg, INT32_MIN, INT32_MAX)) {
    selector.arg = *n;
  }
}

/// What no overload of Java's send takes together.
void check_overload(ParseContext& context, ObjectReader& reader, const SendStep& send) {
  constexpr std::string_view kTargets[] = {"queue", "selector"};
  reader.at_most_one(kTargets);
  auto refuse = [&](std::string_view key, const char* reason) {
    if (const JsonNode* member = reader.find(key)) context.fail_key(*member, reason);
  };
  if (send.mode == CommunicationMode::ONEWAY) {
    refuse("timeoutMs", "a oneway send takes no timeout");
    refuse("batch", "a batch cannot be sent oneway");
  }
  if (send.batch > 0) {
    refuse("selector", "a batch cannot be sent with a selector");
    refuse("delayLevel", "a batch cannot be delayed");
    refuse("delayMs", "a batch cannot be delayed");
  }
}

void parse_queue_or_selector(ParseContext& context, ObjectReader& reader, std::optional<QueueTarget>& queue_target,
                  std::optional<SelectorSpec>& selector_spec) {
  if (const JsonNode* target = reader.find("queue")) {
    ObjectReader queue(context, *target, shapes::queue);
    QueueTarget parsed;
    if (const JsonNode* broker = queue.require("broker")) {
      parsed.broker = context.reference(*broker, context.broker_names).value_or("");
    }
    if (queue.require("queueId")) queue.integer("queueId", parsed.queue_id);
    queue_target = std::move(parsed);
  }
  if (const JsonNode* selector = reader.find("selector")) {
    parse_selector(context, *selector, selector_spec.emplace());
  }
}

void parse_send(ParseContext& context, const JsonNode& value, const Scenario& scenario, Step& step) {
  ObjectReader reader(context, value, shapes::send);
  if (!reader) return;
  SendStep send;
  parse_common(context, value, reader, scenario, send, step);
  read_enum<CommunicationMode>(context, reader, "mode", kSendModes, kModeValues, send.mode);
  reader.integer("timeoutMs", send.timeout_ms);
  reader.integer("batch", send.batch);
  parse_queue_or_selector(context, reader, send.queue, send.selector);
  check_overload(context, reader, send);
  step.what = std::move(send);
}

void parse_transaction(ParseContext& context, const JsonNode& value, const Scenario& scenario, Step& step) {
  ObjectReader reader(context, value, shapes::transaction);
  if (!reader) return;
  TransactionStep transaction;
  parse_common(context, value, reader, scenario, transaction, step);
  const ProducerSpec* const producer = scenario.find_producer(transaction.producer);
  if (producer != nullptr && producer->listener) {
    transaction.local = producer->listener->local;
    transaction.local_time = producer->listener->local_time;
  }
  reader.get("local", transaction.local, [&](const JsonNode& n) { return parse_transaction_state(context, n); });
  reader.time("localMs", transaction.local_time);
  if (const JsonNode* check = reader.find("check")) transaction.check = parse_transaction_states(context, *check);
  step.what = std::move(transaction);
}

void parse_request(ParseContext& context, const JsonNode& value, const Scenario& scenario, Step& step) {
  ObjectReader reader(context, value, shapes::request);
  if (!reader) return;
  RequestStep request;
  parse_common(context, value, reader, scenario, request, step);
  read_enum<CommunicationMode>(context, reader, "mode", kRequestModes, kModeValues, request.mode);
  reader.integer("timeoutMs", request.timeout_ms);
  constexpr std::string_view kTargets[] = {"queue", "selector"};
  reader.at_most_one(kTargets);
  parse_queue_or_selector(context, reader, request.queue, request.selector);
  step.what = std::move(request);
}

void parse_recall(ParseContext& context, const JsonNode& value, const Scenario& scenario, Step& step) {
  ObjectReader reader(context, value, shapes::recall);
  if (!reader) return;
  RecallStep recall;
  parse_producer(context, value, reader, recall.producer);
  if (const JsonNode* sends = reader.require("sends")) {
    if (context.sends_counted && scenario.send_count == 0) {
      context.fail(*sends, "there is no send before this step");
    } else if (auto selector = parse_send_selector(context, *sends, scenario)) {
      recall.sends = std::move(*selector);
    }
  }
  step.send_count = recall.sends.size();
  if (step.send_count == 0) context.sends_counted = false;
  reader.text("topic", recall.topic);
  reader.time("intervalMs", recall.interval);
  step.what = std::move(recall);
}

bool parse_what(ParseContext& context, const JsonNode& member, const Scenario& scenario, Step& step) {
  if (member.key == "send") {
    parse_send(context, member, scenario, step);
  } else if (member.key == "transaction") {
    parse_transaction(context, member, scenario, step);
  } else if (member.key == "request") {
    parse_request(context, member, scenario, step);
  } else if (member.key == "recall") {
    parse_recall(context, member, scenario, step);
  } else if (member.key == "waitMs") {
    step.what = WaitStep{context.time(member).value_or(Duration{0})};
    return false;
  } else if (member.key == "assert") {
    step.what = AssertStep{};
    return false;
  } else {
    std::string kind;
    if (auto event = parse_event(context, member, scenario, kind)) step.what = EventStep{kind, std::move(*event)};
    return false;
  }
  return true;
}

void parse_step(ParseContext& context, const JsonNode& value, Scenario& scenario) {
  Step& step = scenario.steps.emplace_back();
  step.where = context.where(value);
  step.first_send = scenario.send_count;
  ObjectReader reader(context, value, shapes::step);
  if (!reader) {
    context.sends_counted = false;
    return;
  }
  auto kinds = reader.present(kStepKinds);
  if (kinds.size() != 1) context.sends_counted = false;
  if (kinds.empty()) {
    context.fail(value,
                 "expected one of \"send\", \"transaction\", \"request\", \"recall\", \"waitMs\", \"assert\", \"do\"");
  } else if (reader.at_most_one(kStepKinds)) {
    bool sends = parse_what(context, *kinds[0], scenario, step);
    for (const JsonNode* member : reader.present(kSendOnly)) {
      if (!sends) context.fail_key(*member, in_quotes(member->key) + " belongs to a step that sends");
    }
    const JsonNode* idle = reader.find("mayBeIdle");
    if (idle && kinds[0]->key != "do") context.fail_key(*idle, "\"mayBeIdle\" belongs to a step with an event");
  }
  scenario.send_count += step.send_count;
  if (scenario.send_count > static_cast<std::uint64_t>(kMaxSends)) {
    context.fail(value, "more than " + std::to_string(kMaxSends) + " sends");
    scenario.send_count = 0;  // said once
  }
  if (const JsonNode* name = reader.find("name")) {
    auto text = context.identifier(*name);
    if (text && text->find_first_not_of("0123456789-") == std::string::npos) {
      context.fail(*name, "a step's name cannot look like the number of a send");
    } else if (text) {
      auto same = [&](const Step& other) { return &other != &step && other.name == *text; };
      if (std::any_of(scenario.steps.begin(), scenario.steps.end(), same)) {
        context.fail(*name, "the step " + in_quotes(*text) + " is already there");
      }
      step.name = *text;
    }
  }
  reader.boolean("background", step.background);
  reader.boolean("mayBeIdle", step.may_be_idle);
  reader.time("atMs", step.at);
  reader.integer("concurrency", step.concurrency);
}

}  // namespace

std::optional<TransactionState> parse_transaction_state(ParseContext& context, const JsonNode& value) {
  const auto name = context.one_of(value, kTransactionStates, "transaction state");
  if (!name) return std::nullopt;
  const auto* known = std::find(std::begin(kTransactionStates), std::end(kTransactionStates), *name);
  return static_cast<TransactionState>(known - std::begin(kTransactionStates));
}

std::vector<TransactionState> parse_transaction_states(ParseContext& context, const JsonNode& value) {
  std::vector<TransactionState> states;
  if (!context.expect_kind(value, JsonNode::Kind::array)) return states;
  for (const JsonNode* item : value.children) {
    if (const auto state = parse_transaction_state(context, *item)) states.push_back(*state);
  }
  return states;
}

void parse_steps(ParseContext& context, const JsonNode& value, Scenario& scenario) {
  for (const TopicSpec& topic : scenario.cluster.topics) context.topics.names.push_back(topic.name);
  context.message_topics = context.topics;
  // For events: what the cluster, the producers and the steps before it name; producers and responders ask for topics
  // that no step names, too.
  for (std::string& topic : wanted_topics(scenario)) context.topics.names.push_back(std::move(topic));
  context.topics.complete = true;
  context.message_topics.complete = true;
  if (!context.expect_kind(value, JsonNode::Kind::array)) {
    context.sends_counted = false;
    return;
  }
  const std::size_t most = shapes::scenario.most("steps");
  if (value.children.size() > most) {
    context.sends_counted = false;
    context.fail(value, std::to_string(value.children.size()) + " steps; at most " + std::to_string(most));
    return;
  }
  scenario.steps.reserve(value.children.size());
  std::optional<Duration> latest;
  for (const JsonNode* item : value.children) {
    parse_step(context, *item, scenario);
    const Step& step = scenario.steps.back();
    if (!step.at) continue;
    if (latest && *step.at < *latest)
      context.fail(*item->find("atMs"), "earlier than the \"atMs\" of a step before it");
    latest = std::max(latest.value_or(*step.at), *step.at);
  }
  for (std::string& topic : wanted_topics(scenario)) context.topics.names.push_back(std::move(topic));
  for (std::vector<std::string>* names : {&context.topics.names, &context.message_topics.names}) {
    std::sort(names->begin(), names->end());
    names->erase(std::unique(names->begin(), names->end()), names->end());
  }
}

}  // namespace rmqsim
