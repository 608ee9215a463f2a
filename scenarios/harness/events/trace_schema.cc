// What the rows of events say, to programs and to people.
#include <nlohmann/json.hpp>

#include "scenarios/harness/events/event_rows.h"
#include "scenarios/harness/file/schema/json_layout.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

std::string_view type_name(EventField::Type type) {
  switch (type) {
    case EventField::Type::text:
      return "string";
    case EventField::Type::integer:
      return "integer";
    case EventField::Type::boolean:
      return "boolean";
  }
  return "";
}

std::string in_code(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) text += (text.empty() ? "`" : ", `") + std::string(name) + "`";
  return text;
}

ordered_json field_schema(const EventField& field) {
  std::string description(field.meaning);
  if (!field.unit.empty()) description += " (" + std::string(field.unit) + ")";
  return {{"description", std::move(description)}, {"type", type_name(field.type)}};
}

ordered_json row_schema(const EventRow& row) {
  ordered_json properties = {
      {"t", {{"$ref", "#/definitions/t"}}},
      {"node", {{"description", "Who tells it: " + std::string(row.node) + "."}, {"type", "string"}}},
      {"event", {{"enum", row.names}}}};
  ordered_json required = {"t", "node", "event"};
  for (const EventField& field : row.fields) {
    properties[std::string(field.name)] = field_schema(field);
    if (!field.optional) required.push_back(field.name);
  }
  return {{"description", std::string(row.node) + ": " + std::string(row.written)},
          {"type", "object"},
          {"additionalProperties", false},
          {"required", std::move(required)},
          {"properties", std::move(properties)}};
}

}  // namespace

std::string trace_schema() {
  ordered_json schema = {
      {"$schema", "http://json-schema.org/draft-07/schema#"},
      {"$id", "urn:rmqsim:trace:1"},
      {"title", "a line of an rmqsim trace, version 1"},
      {"description",
       "What `rmqsim run --trace` writes, one object per line. Kinds of events may be added; none changes its "
       "meaning."},
      {"definitions",
       {{"t",
         {{"description", "Since the world began (ms), with three decimals."}, {"type", "number"}, {"minimum", 0}}}}},
      {"anyOf", ordered_json::array()}};
  for (const EventRow& row : event_rows()) schema["anyOf"].push_back(row_schema(row));
  return json_layout(schema);
}

std::string trace_tables() {
  std::string text = "| event | told by | when |\n|---|---|---|\n";
  for (const EventRow& row : event_rows()) {
    text += "| " + in_code(row.names) + (row.hashed ? "" : " ◦") + " | " + std::string(row.node) + " | " +
            std::string(row.written) + " |\n";
  }
  text += "\n| event | field | type | unit | meaning |\n|---|---|---|---|---|\n";
  for (const EventRow& row : event_rows()) {
    std::string event = in_code(row.names);
    if (row.names.size() > 3) event = "`" + std::string(row.names.front()) + "` …";
    for (const EventField& field : row.fields) {
      text += "| " + event + " | `" + std::string(field.name) + "`" + (field.optional ? ", optional" : "") + " | " +
              std::string(type_name(field.type)) + " | " + std::string(field.unit) + " | " +
              std::string(field.meaning) + " |\n";
      event.clear();
    }
  }
  return text;
}

}  // namespace rmqsim
