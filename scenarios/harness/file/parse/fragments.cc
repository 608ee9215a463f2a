#include "scenarios/harness/file/parse/fragments.h"

#include <algorithm>
#include <utility>

#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

constexpr std::string_view kFile = "body";
constexpr std::size_t kMaxRules = 1000;

/// Reads `text` with `read(context, root)`, which returns an optional; errors end in the fragment.
template <class T, class Read>
Fragment<T> read_fragment(std::string_view text, const Read& read) {
  Fragment<T> fragment;
  const auto one_error = [&](std::size_t offset, std::string message) {
    const auto place = SourceText(text).locate(offset);
    fragment.errors.push_back({std::string(kFile), place.line, place.column, "", std::move(message), "", 0});
    return std::move(fragment);
  };
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return one_error(0, "expected JSON, found nothing");
  if (const auto offset = find_invalid_utf8(text)) return one_error(0, "not valid UTF-8");
  JsonTree::Error error;
  const auto tree = JsonTree::parse(text, error);
  if (!tree) return one_error(error.offset, error.message);
  const SourceText source(text);
  ParseContext context(source, std::string(kFile));
  for (const JsonTree::Error& duplicate : tree->duplicate_keys()) {
    context.fail_at(duplicate.offset, json_pointer(*duplicate.container),
                    "duplicate key " + in_quotes(duplicate.message));
  }
  std::optional<T> value = read(context, tree->root());
  ParseResult result;
  context.take_errors(result);
  fragment.errors = std::move(result.errors);
  if (fragment.errors.empty()) fragment.value = std::move(value);
  return fragment;
}

std::string_view or_empty_object(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos ? std::string_view("{}") : text;
}

void know(ParseContext& context, const FragmentNames& names) {
  context.brokers.names = names.brokers;
  context.broker_names.names = names.masters;
  context.nameservers.names = names.nameservers;
  context.servers.names = names.brokers;
  context.servers.names.insert(context.servers.names.end(), names.nameservers.begin(), names.nameservers.end());
  for (const ProducerSpec& producer : names.producers) context.producers.names.push_back(producer.name);
  for (KnownNames* known : {&context.brokers, &context.broker_names, &context.nameservers, &context.servers,
                            &context.producers}) {
    known->complete = true;
  }
}

/// Outside of a scenario a rule's producer is its group.
void know_group(ParseContext& context, Scenario& scenario, const JsonNode& rule) {
  const JsonNode* producer = rule.find("producer");
  if (producer == nullptr || producer->kind != JsonNode::Kind::string || context.producers.has(producer->text)) return;
  ProducerSpec spec;
  spec.name = spec.group = producer->text;
  scenario.producers.push_back(std::move(spec));
  context.producers.names.push_back(producer->text);
}

std::optional<RuleFragment> read_rule(ParseContext& context, Scenario& scenario, const JsonNode& node,
                                      const Shape& shape) {
  if (node.kind == JsonNode::Kind::object) know_group(context, scenario, node);
  auto rule = parse_fault(context, node, scenario, shape);
  if (!rule) return std::nullopt;
  if (node.find("id") == nullptr) rule->id.clear();
  return RuleFragment{std::move(*rule), {}};
}

}  // namespace

Fragment<std::vector<RuleFragment>> parse_rule_fragments(std::string_view text, const FragmentNames& names) {
  const auto read = [&](ParseContext& context, const JsonNode& root) {
    know(context, names);
    Scenario scenario;
    scenario.producers = names.producers;
    std::vector<RuleFragment> rules;
    const std::vector<const JsonNode*> one{&root};
    const bool many = root.kind == JsonNode::Kind::array;
    if (many && root.children.size() > kMaxRules) {
      context.fail(root, std::to_string(root.children.size()) + " rules; at most " + std::to_string(kMaxRules) +
                             " at a time");
      return rules;
    }
    for (const JsonNode* node : many ? root.children : one) {
      auto rule = read_rule(context, scenario, *node, shapes::fault);
      if (!rule) continue;
      const auto same = [&](const RuleFragment& other) { return other.rule.id == rule->rule.id; };
      if (!rule->rule.id.empty() && std::any_of(rules.begin(), rules.end(), same)) {
        context.fail(*node, "the id " + in_quotes(rule->rule.id) + " is already there");
      }
      rules.push_back(std::move(*rule));
    }
    return rules;
  };
  auto fragment = read_fragment<std::vector<RuleFragment>>(text, read);
  if (!fragment.value) return fragment;
  const auto document = json_with_comments<nlohmann::ordered_json>(text);
  for (std::size_t i = 0; i < fragment.value->size(); ++i) {
    (*fragment.value)[i].text = json_text(document.is_array() ? document.at(i) : document);
  }
  return fragment;
}

Fragment<RuleFragment> parse_gate_fragment(std::string_view text, const FragmentNames& names) {
  auto fragment = read_fragment<RuleFragment>(text, [&](ParseContext& context, const JsonNode& root) {
    know(context, names);
    Scenario scenario;
    scenario.producers = names.producers;
    auto gate = read_rule(context, scenario, root, shapes::gate);
    if (gate && !gate->rule.on.is_request()) {
      context.fail(*root.find("on"), "a gate holds requests; connections cannot be held");
    }
    return gate;
  });
  if (fragment.value) fragment.value->text = json_text(json_with_comments<nlohmann::ordered_json>(text));
  return fragment;
}

Fragment<TopicSpec> parse_topic_fragment(std::string_view text, std::string_view topic, const FragmentNames& names) {
  return read_fragment<TopicSpec>(or_empty_object(text), [&](ParseContext& context, const JsonNode& root) {
    know(context, names);
    ClusterSpec cluster;
    for (const std::string& name : names.masters) {
      BrokerSpec broker;
      broker.name = name;
      cluster.brokers.push_back(std::move(broker));
    }
    TopicSpec spec;
    spec.name = topic;
    ObjectReader reader(context, root, shapes::topicPut);
    if (reader) parse_queues_and_perm(context, reader, cluster, spec);
    return std::optional(std::move(spec));
  });
}

Fragment<PermFragment> parse_perm_fragment(std::string_view text) {
  return read_fragment<PermFragment>(text, [](ParseContext& context, const JsonNode& root) {
    PermFragment perm;
    ObjectReader reader(context, root, shapes::permPut);
    if (reader.require("perm") != nullptr) {
      reader.get("perm", perm.perm, [&](const JsonNode& n) { return context.perm(n); });
    }
    reader.text("topic", perm.topic);
    return std::optional(perm);
  });
}

Fragment<ReleaseFragment> parse_release_fragment(std::string_view text) {
  return read_fragment<ReleaseFragment>(or_empty_object(text), [](ParseContext& context, const JsonNode& root) {
    ReleaseFragment release;
    ObjectReader reader(context, root, shapes::release);
    reader.integer("count", release.count);
    return std::optional(release);
  });
}

Fragment<NoFragment> parse_no_fragment(std::string_view text) {
  return read_fragment<NoFragment>(or_empty_object(text), [](ParseContext& context, const JsonNode& root) {
    static constexpr Shape kNothing{"nothing", "", {}};
    ObjectReader reader(context, root, kNothing);
    return std::optional(NoFragment{});
  });
}

}  // namespace rmqsim
