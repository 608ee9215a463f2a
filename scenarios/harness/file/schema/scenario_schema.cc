// The JSON Schema of the scenario file, made of the rows that the parser reads by. It keeps to what strict validators
// ask: keywords stand beside their type, and what is required is a property in the same place.
#include <cmath>
#include <nlohmann/json.hpp>
#include <string>

#include "scenarios/harness/file/broker_setting_keys.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/producer_settings.h"
#include "scenarios/harness/file/schema/definitions.h"
#include "scenarios/harness/file/schema/json_layout.h"
#include "scenarios/harness/file/schema/object_schema.h"

namespace rmqsim {
namespace {

using Schema = nlohmann::ordered_json;

Schema members(std::string_view text) { return json_of<Schema>("{" + std::string(text) + "}"); }

Schema number(double value) {
  return value == std::floor(value) ? Schema(static_cast<std::int64_t>(value)) : Schema(value);
}

Schema reference(std::string_view definition) { return {{"$ref", "#/definitions/" + std::string(definition)}}; }

Schema type_schema(const KeyType& type) {
  switch (type.kind) {
    case KeyType::Kind::text: {
      Schema schema{{"type", "string"}};
      if (type.min > 0) schema["minLength"] = number(type.min);
      schema["maxLength"] = number(type.max);
      return schema;
    }
    case KeyType::Kind::boolean:
      return {{"type", "boolean"}};
    case KeyType::Kind::integer:
      return {{"type", "integer"}, {"minimum", number(type.min)}, {"maximum", number(type.max)}};
    case KeyType::Kind::number:
      return {{"type", "number"}, {"minimum", number(type.min)}, {"maximum", number(type.max)}};
    case KeyType::Kind::words:
      return {{"enum", json_of<Schema>(word_list(type.words))}};
    case KeyType::Kind::ref:
      return reference(type.text);
    case KeyType::Kind::refs: {
      Schema schema{{"type", "array"}, {"items", reference(type.text)}};
      if (type.min > 0) schema["minItems"] = number(type.min);
      if (type.max > 0) schema["maxItems"] = number(type.max);
      if (type.unique) schema["uniqueItems"] = true;
      return schema;
    }
    case KeyType::Kind::json:
      return members(type.text);
  }
  return {};
}

/// What an editor shows: meaning, unit, default.
Schema described(const KeyRow& row) {
  std::string text(row.description);
  if (!row.unit.empty()) text += " Unit: " + std::string(row.unit) + ".";
  Schema schema;
  if (row.standard == key::required) {
    text += " Required.";
  } else if (row.standard.starts_with('(')) {
    text += " Default: " + std::string(row.standard.substr(1, row.standard.size() - 2)) + ".";
  } else if (!row.standard.empty()) {
    text += " Default: " + std::string(row.standard) + ".";
  }
  schema["description"] = text;
  const bool value = !row.standard.empty() && row.standard != key::required && row.standard != key::none &&
                     !row.standard.starts_with('(');
  if (value) schema["default"] = json_of<Schema>(row.standard);
  schema.update(type_schema(row.type));
  return schema;
}

/// Gives every `required` the properties that it names, where they are not yet.
void define_required(Schema& schema) {
  if (schema.is_structured()) {
    for (Schema& member : schema) define_required(member);
  }
  if (!schema.is_object() || !schema.contains("required") || !schema["required"].is_array()) return;
  const Schema required = schema["required"];
  for (const Schema& key : required) {
    Schema& properties = schema["properties"];
    if (!properties.contains(key.get<std::string>())) properties[key.get<std::string>()] = Schema::object();
  }
}

Schema keys_schema(std::string_view description, std::span<const KeyRow> rows) {
  Schema schema{{"description", description}, {"type", "object"}, {"additionalProperties", false}};
  Schema required = Schema::array();
  Schema properties = Schema::object();
  for (const KeyRow& row : rows) {
    if (row.standard == key::required) required.push_back(row.name);
    properties[std::string(row.name)] = described(row);
  }
  if (!required.empty()) schema["required"] = required;
  schema["properties"] = properties;
  return schema;
}

Schema shape_schema(const Shape& shape) {
  Schema schema = keys_schema(shape.description, shape.rows);
  Schema also = members(shape.also);
  if (shape.made != nullptr) also.update(members(shape.made()));
  define_required(also);
  schema.update(also);
  return schema;
}

Schema config_schema() {
  return keys_schema("Settings by the exact names of Java's DefaultMQProducer and ClientConfig, with Java's defaults.",
                     setting_rows());
}

Schema make_schema() {
  Schema schema{{"$schema", "http://json-schema.org/draft-07/schema#"},
                {"$id", "urn:rmqsim:scenario:1"},
                {"title", "rmqsim scenario, version 1"}};
  Schema all = Schema::object();
  for (const KeyRow& row : definitions()) all[std::string(row.name)] = described(row);
  for (const Shape* shape : shapes::all()) {
    if (shape == &shapes::scenario) {
      schema.update(shape_schema(*shape));
      continue;
    }
    all[std::string(shape->name)] = shape_schema(*shape);
    if (shape == &shapes::producer) all["config"] = config_schema();
    if (shape == &shapes::broker) {
      all["brokerConfig"] = keys_schema(
          "Properties of a broker by the exact names of Java's BrokerConfig and MessageStoreConfig.",
          broker_setting_keys());
    }
  }
  each_expectation_row([&all](const auto& row) {
    all[std::string(row.shape.name)]["examples"] = Schema::array({json_of<Schema>(row.example)});
  });
  schema["definitions"] = all;
  return schema;
}

}  // namespace

std::string object_schema(const Shape& shape) { return json_text(shape_schema(shape)); }

std::string_view scenario_schema() {
  static const std::string text = json_layout(make_schema());
  return text;
}

}  // namespace rmqsim
