// The whole file: its own members, and the sections in the order in which they refer to each other.
#include <algorithm>
#include <filesystem>

#include "producer/profile/profile.h"
#include "scenarios/harness/file/concerns.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/parse/sections.h"
#include "scenarios/harness/file/text/name.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

ParseResult single_error(const SourceText& source, std::string_view file, std::size_t offset, std::string message) {
  ParseResult result;
  SourceText::Place place = source.locate(offset);
  SourceText::Excerpt excerpt = source.excerpt(place.line, place.column);
  result.errors.push_back(
      {std::string(file), place.line, place.column, "", std::move(message), std::move(excerpt.text), excerpt.caret});
  return result;
}

void parse_name(ParseContext& context, const JsonNode& value, std::string_view file, Scenario& scenario) {
  auto name = context.identifier(value);
  if (!name) return;
  scenario.name = *name;
  if (file.empty() || file == "-") return;
  std::string stem = std::filesystem::path(file).stem().string();
  if (stem == *name) return;
  const std::string rename = is_name(stem) ? "" : ", which cannot be one; call the file " + *name + ".json";
  context.fail(value, "the name must be the file's name: " + in_quotes(stem) + rename);
}

void parse_worlds(ParseContext& context, const JsonNode& value, Scenario& scenario) {
  ObjectReader reader(context, value, shapes::worlds);
  if (!reader) return;
  WorldsSpec worlds;
  const JsonNode* only = reader.require("only");
  if (only && context.expect_kind(*only, JsonNode::Kind::array)) {
    if (only->children.empty()) context.fail(*only, "expected at least one world");
    for (const JsonNode* item : only->children) {
      const auto name = context.one_of(*item, kWorldNames, "world");
      if (!name) continue;
      if (worlds.has(*name)) context.fail(*item, in_quotes(*name) + " is named twice");
      worlds.only.push_back(*name);
    }
  }
  if (reader.require("reason")) reader.text("reason", worlds.reason);
  scenario.worlds = std::move(worlds);
}

void parse_concerns(ParseContext& context, const JsonNode& list, Scenario& scenario) {
  if (!context.expect_kind(list, JsonNode::Kind::array)) return;
  if (list.children.empty()) context.fail(list, "expected at least one concern");
  std::vector<std::string_view> known;
  for (const Concern& concern : kConcerns) known.push_back(concern.name);
  for (const JsonNode* item : list.children) {
    const auto name = context.one_of(*item, known, "concern");
    if (!name) continue;
    auto& all = scenario.concerns;
    if (std::find(all.begin(), all.end(), *name) != all.end()) {
      context.fail(*item, in_quotes(*name) + " is named twice");
    }
    all.push_back(*name);
  }
}

void parse_head(ParseContext& context, ObjectReader& reader, std::string_view file, Scenario& scenario) {
  if (const JsonNode* schema = reader.find("$schema")) context.text(*schema);
  if (const JsonNode* version = reader.require("version")) {
    auto number = version->as_int64();
    if (!number || *number != 1) context.fail(*version, "this program reads version 1 of the scenario file");
  }
  if (const JsonNode* name = reader.require("name")) parse_name(context, *name, file, scenario);
  if (reader.require("why")) reader.text("why", scenario.why);
  if (const JsonNode* list = reader.find("references"); list && context.expect_kind(*list, JsonNode::Kind::array)) {
    for (const JsonNode* item : list->children) {
      if (auto text = context.non_empty_text(*item)) scenario.references.push_back(*text);
    }
  }
  if (const JsonNode* concerns = reader.find("concerns")) parse_concerns(context, *concerns, scenario);
  if (const JsonNode* profile = reader.find("profile")) scenario.profiles = context.profiles(*profile);
  if (scenario.profiles.empty()) scenario.profiles = {std::string(default_profile().name)};
  if (const JsonNode* seed = reader.find("seed")) {
    auto number = seed->as_uint64();
    if (number) {
      scenario.seed = *number;
    } else {
      context.fail(*seed, "expected an integer from 0 to 18446744073709551615");
    }
  }
  if (const JsonNode* worlds = reader.find("worlds")) parse_worlds(context, *worlds, scenario);
}

void parse_sections(ParseContext& context, ObjectReader& reader, Scenario& scenario) {
  static const JsonNode kNoSteps = [] {
    JsonNode node;
    node.kind = JsonNode::Kind::array;
    return node;
  }();
  parse_cluster(context, reader.require("cluster"), scenario.cluster);
  if (const JsonNode* network = reader.find("network")) parse_network(context, *network, scenario.network);
  const JsonNode* producers = reader.find("producers");
  parse_producers(context, producers ? *producers : kNoSteps, scenario);
  context.ends.complete = context.servers.complete && context.producers.complete;
  const JsonNode* steps = reader.find("steps");
  parse_steps(context, steps ? *steps : kNoSteps, scenario);
  if (const JsonNode* faults = reader.find("faults")) parse_faults(context, *faults, scenario);
  if (steps) parse_step_expectations(context, *steps, scenario);
  if (const JsonNode* expect = reader.find("expect")) parse_expectations(context, *expect, scenario, scenario.expect);
  if (const JsonNode* invariants = reader.find("invariants")) parse_invariants(context, *invariants, scenario);
}

/// What only the whole can tell.
void check_whole(const Scenario& scenario, const LoadOptions& options, ParseResult& result) {
  std::vector<Finding> found;
  for (const ScenarioCheck& check : scenario_checks()) {
    if (options.judge_idle || !check.idleness) check.find(scenario, found);
  }
  std::stable_sort(found.begin(), found.end(), [](const Finding& a, const Finding& b) {
    return std::pair(a.where.line, a.where.column) < std::pair(b.where.line, b.where.column);
  });
  const std::size_t kept = std::min(found.size(), kMaxScenarioErrors);
  result.omitted = found.size() - kept;
  for (std::size_t i = 0; i < kept; ++i) {
    result.errors.push_back(error_at(scenario, found[i].where, std::move(found[i].message)));
  }
}

}  // namespace

ParseResult parse_scenario(std::string_view text, std::string_view file, const LoadOptions& options) {
  ParseResult result;
  if (text.size() > kMaxScenarioBytes) {
    result.errors.push_back(
        {std::string(file), 0, 0, "", "the file is larger than 16 MiB, the most a scenario may have", "", 0});
    return result;
  }
  SourceText source(text);
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) {
    result.errors.push_back({std::string(file), 0, 0, "", "the file is empty; a scenario is a JSON object", "", 0});
    return result;
  }
  if (auto offset = find_invalid_utf8(text)) {
    const bool wide = text.starts_with("\xFF\xFE") || text.starts_with("\xFE\xFF");
    result = single_error(source, file, *offset, wide ? "this is UTF-16; save it as UTF-8" : "not valid UTF-8");
    result.errors[0].excerpt.clear();  // it would carry the broken bytes on
    return result;
  }
  JsonTree::Error error;
  auto tree = JsonTree::parse(text, error);
  if (!tree) return single_error(source, file, error.offset, error.message);

  ParseContext context(source, std::string(file));
  for (const JsonTree::Error& duplicate : tree->duplicate_keys()) {
    context.fail_at(duplicate.offset, json_pointer(*duplicate.container),
                    "duplicate key " + in_quotes(duplicate.message));
  }
  Scenario scenario;
  scenario.file = file;
  ObjectReader reader(context, tree->root(), shapes::scenario);
  if (reader) {
    parse_head(context, reader, file, scenario);
    parse_sections(context, reader, scenario);
  }
  context.take_errors(result);
  if (!result.errors.empty()) return result;
  scenario.source = std::make_shared<const std::string>(text);
  check_whole(scenario, options, result);
  if (result.errors.empty()) result.scenario = std::move(scenario);
  return result;
}

ScenarioError error_at(const Scenario& scenario, const SourceLocation& where, std::string message) {
  ScenarioError error{scenario.file, where.line, where.column, where.pointer, std::move(message), "", 0};
  if (scenario.source && where.line > 0) {
    SourceText::Excerpt excerpt = SourceText(*scenario.source).excerpt(where.line, where.column);
    error.excerpt = std::move(excerpt.text);
    error.caret = excerpt.caret;
  }
  return error;
}

}  // namespace rmqsim
