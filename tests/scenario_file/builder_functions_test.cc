// The builder in C++ says what files say, so its functions are made of the same rows: those of actions in
// scenarios/testing/rmqsim/faults.h, all of expectations.h, and a use of each for tests/testing/builder_test.cc. What a
// key may be decides what its function takes.
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <span>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fake_broker/rules/fault_action.h"
#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/parse/action_keys.h"
#include "scenarios/harness/file/parse/delay_rows.h"
#include "tests/scenario_file/find_type.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace builder_functions_test {

using Json = nlohmann::ordered_json;

/// A value as it is written in C++, objects and lists in braces.
std::string in_cpp(const Json& value) {
  if (!value.is_structured()) return value.dump();
  std::string text;
  for (const auto& item : value.items()) {
    const std::string one = in_cpp(item.value());
    text += text.empty() ? "" : ", ";
    text += value.is_object() ? "{\"" + item.key() + "\", " + one + "}" : one;
  }
  return "{" + text + "}";
}

/// What a function takes, what it makes of that, and arguments for a use with the JSON that they must become.
struct Overload {
  std::string parameters;
  std::string value;
  std::string use;
  std::string json;
};
using Overloads = std::vector<Overload>;

/// That takes one argument.
Overload takes(std::string_view parameter, std::string_view value, std::string_view json) {
  return {std::string(parameter), std::string(value), in_cpp(Json::parse(json)), std::string(json)};
}

/// That takes the items of a list.
Overload takes_items(std::string_view parameters, std::string_view value, std::string_view json) {
  const std::string list = in_cpp(Json::parse(json));
  return {std::string(parameters), std::string(value), list.substr(1, list.size() - 2), std::string(json)};
}

const Overload kNumber = takes("std::uint64_t n", "n", "2");
const Overload kRange = takes_items("std::uint64_t min, std::uint64_t max", "Value{min, max}", "[1, 90]");
const Overload kAnything = takes("const Value& value", "value", "2");

Overload takes_names(std::string_view json) {
  return takes_items("const Names&... names", "Value::list_of(names...)", json);
}

/// Of definitions that say what no other type says; anything else of JSON is a Value.
const std::map<std::string_view, Overloads> kOfDefinitions = {
    {"name", {takes("std::string_view name", "name", R"("name")")}},
    {"count", {kNumber, kRange}},
    {"timeMs", {takes("double ms", "ms", "7.5")}},
    {"timeRange", {takes_items("double min, double max", "Value{min, max}", "[0, 20.5]")}},
    {"profiles", {takes_names(R"(["java-5.3.3", "java-4.9.8"])")}},
    {"outcomeCounts", {takes("Values counts", "Value::object(counts)", R"({"SEND_OK": 12, "EXCEPTION": [0, 2]})")}},
    {"attempts",
     {kNumber, kRange,
      takes("std::initializer_list<Value> list", "list",
            R"([["broker-a", 1, "SYSTEM_BUSY"], ["broker-b", 0, "SUCCESS"]])")}},
};

/// Examples of objects; a key that they leave out has one of its type.
const std::map<std::string_view, std::string_view> kObjects = {
    {"exception", R"({"type": "MQBrokerException", "responseCode": "SYSTEM_BUSY", "messageContains": "busy"})"},
    {"transactionExpectation", R"({"local": "unknown", "broker": "committed", "checks": [1, 2], "answeredBy": ["p"]})"},
    {"brokerTransactions", R"({"committed": 4, "rolledBack": 2, "discarded": 0, "pending": [0, 1]})"},
    {"brokerDelayed", R"({"delivered": 5, "recalled": 1})"},
};

Overloads overloads(const KeyType& type);

/// Of an object, by its keys.
Overload values_of(const Shape& shape) {
  const auto known = kObjects.find(shape.name);
  const Json example = known == kObjects.end() ? Json::object() : Json::parse(known->second);
  Json object;
  for (const KeyRow& row : shape.rows) {
    const std::string name(row.name);
    object[name] = example.contains(name) ? example.at(name) : Json::parse(overloads(row.type).front().json);
  }
  return takes("Values what", "Value::object(what)", object.dump());
}

Overloads referred_to(const KeyType& type) {
  if (const auto known = kOfDefinitions.find(type.text); known != kOfDefinitions.end()) return known->second;
  if (const KeyRow* row = find_definition(type)) return overloads(row->type);
  const Shape* const shape = find_shape(type);
  return {shape == nullptr ? kAnything : values_of(*shape)};
}

/// Of a list: of words, if it is one of words.
Overload list_of(const KeyType& type) {
  const KeyRow* const definition = find_definition(type);
  if (definition == nullptr || definition->type.words.size() < 2) return takes_names(R"(["name", "other"])");
  const Json words{definition->type.words[0], definition->type.words[1]};
  return takes_items("const Words&... words", "Value::list_of(words...)", words.dump());
}

Overloads overloads(const KeyType& type) {
  switch (type.kind) {
    case KeyType::Kind::text:
      return {takes("std::string_view text", "text", R"("text")")};
    case KeyType::Kind::boolean:
      return {takes("bool yes", "yes", "true")};
    case KeyType::Kind::integer:
      return {takes(type.max > INT32_MAX ? "std::int64_t n" : "std::int32_t n", "n", "3")};
    case KeyType::Kind::number:
      return {takes("double number", "number", "7.5")};
    case KeyType::Kind::words:
      return {takes("std::string_view word", "word", '"' + std::string(type.words.front()) + '"')};
    case KeyType::Kind::ref:
      return referred_to(type);
    case KeyType::Kind::refs:
      return {list_of(type)};
    case KeyType::Kind::json:
      break;
  }
  return {kAnything};
}

Overloads overloads(const FaultActionRow& row) {
  switch (row.argument) {
    case FaultArgumentKind::time:
      return {takes("double ms", "ms", "7.5"),
              {"std::string_view distribution, double a, double b", "Value::object({{distribution, Value{a, b}}})",
               R"("uniform", 1, 2)", R"({"uniform": [1, 2]})"}};
    case FaultArgumentKind::answer:
      return {
          {"const Value& code", R"(Value::object({{"code", code}}))", R"("SYSTEM_BUSY")", R"({"code": "SYSTEM_BUSY"})"},
          {"const Value& code, std::string_view remark", R"(Value::object({{"code", code}, {"remark", remark}}))",
           R"(2, "busy")", R"({"code": 2, "remark": "busy"})"}};
    case FaultArgumentKind::moment:
      return {takes("std::string_view when", "when", '"' + std::string(row.moments[0]) + '"')};
    case FaultArgumentKind::bytes:
      return {takes("std::uint32_t bytes", "bytes", "7")};
    case FaultArgumentKind::percent:
      return {takes("double percent", "percent", "0.5")};
    case FaultArgumentKind::flag:
      break;
  }
  return {{"", "true", "", "true"}};
}

/// What the arguments of an action are, where its description does not say it.
std::string arguments_of(const FaultActionRow& row) {
  if (row.argument == FaultArgumentKind::answer) return " `code` is the name of a response code or its number.";
  if (row.argument == FaultArgumentKind::moment) {
    return " `when` is \"" + std::string(row.moments[0]) + "\" or \"" + std::string(row.moments[1]) + "\".";
  }
  if (row.argument != FaultArgumentKind::time) return "";
  std::string drawn;
  for (const DelayRow& row_of_delay : kDelays) {
    std::string parameters(row_of_delay.parameters);
    std::replace(parameters.begin(), parameters.end(), '[', '(');
    std::replace(parameters.begin(), parameters.end(), ']', ')');
    drawn += (drawn.empty() ? " \"" : ", \"") + std::string(row_of_delay.key) + "\" " + parameters;
  }
  return " How long is `ms`, or drawn from a distribution, which decides what `(a, b)` are:" + drawn + ".";
}

/// What makes an expectation of that kind takes.
Overload subject(const KeyRow& row) {
  const Overloads all = overloads(row.type);
  return all.size() == 1 ? all.front() : kAnything;
}

/// Where words are told that are too many to repeat, or that are not rows of words.
const std::map<std::string_view, std::string_view> kTold = {
    {"requestKind", "A word of format §1.14 for requests, or the name of a request code, §1.18."},
    {"attempts", "Outcomes of attempts: format §2."},
};

/// Definitions that are made of words, which those are, and what of it one is.
const std::map<std::string_view, std::pair<std::string_view, std::string_view>> kMadeOfWords = {
    {"profiles", {"profileName", "Each"}},
    {"outcomeCounts", {"sendOutcome", "Each outcome"}},
};

/// The words that a key takes, or where they are told.
std::string words_for(const KeyType& type) {
  if (const auto told = kTold.find(type.text); told != kTold.end()) return " " + std::string(told->second);
  if (find_shape(type) != nullptr) return " What its keys may be: format §1.16.";
  const auto parts = kMadeOfWords.find(type.text);
  const bool made = parts != kMadeOfWords.end();
  const KeyRow* const definition = find_definition(made ? key::ref(parts->second.first) : type);
  const std::span<const std::string_view> words = definition == nullptr ? type.words : definition->type.words;
  std::string list;
  for (const std::string_view word : words) list += (list.empty() ? "\"" : ", \"") + std::string(word) + '"';
  EXPECT_LE(words.size(), 10u) << list << ": say where they are told";
  if (list.empty()) return "";
  if (!made && type.kind != KeyType::Kind::refs) return " One of " + list + ".";
  return " " + std::string(made ? parts->second.second : "Each") + " is one of " + list + ".";
}

/// JSON's lists are in braces in C++.
std::string with_braces(std::string text) {
  std::replace(text.begin(), text.end(), '[', '{');
  std::replace(text.begin(), text.end(), ']', '}');
  return text;
}

/// What a key means, left out too, and how it is said where its type does not tell.
std::string meaning(const KeyRow& row, const Overloads& taken) {
  std::string text(row.description);
  const KeyRow* const definition = find_definition(row.type);
  if (definition != nullptr && taken.front().parameters == kAnything.parameters) {
    const bool is_more = definition->description.starts_with(text.substr(0, text.size() - 1));
    text = (is_more ? "" : text + " ") + std::string(definition->description);
  }
  if (taken.front().parameters == kNumber.parameters) text += " Exactly `(n)`, or `(min, max)`, both included.";
  text += words_for(row.type);
  if (row.standard.starts_with('('))
    text += " Default: " + std::string(row.standard.substr(1, row.standard.size() - 2)) + ".";
  if (row.standard.starts_with('"')) text += " Default: " + std::string(row.standard) + ".";
  return with_braces(text);
}

std::string comment(const std::string& indent, const std::string& text) {
  std::istringstream words(text);
  return filled({std::istream_iterator<std::string>(words), {}}, indent + "/// ");
}

/// With an example on a line of its own of what takes a list or an object.
std::string comment(const KeyRow& row, const Overloads& taken) {
  std::string text = comment("  ", meaning(row, taken));
  for (const Overload& overload : taken) {
    if (!overload.use.starts_with('{')) continue;
    const std::string line = "  /// Example: " + std::string(row.name) + "(" + overload.use + ")";
    EXPECT_LE(line.size(), 120u) << line;
    text += line + "\n";
  }
  return text;
}

std::string functions(const std::string& self, const std::string& set, std::string_view key, const Overloads& all) {
  std::string text;
  for (const Overload& overload : all) {
    for (const std::string name : {"Names", "Words"}) {
      if (overload.parameters.find(name + "&...") != std::string::npos) text += "  template <class... " + name + ">\n";
    }
    const std::string head = "  " + self + "& " + std::string(key) + "(" + overload.parameters + ") {";
    const std::string body = "return " + set + "(\"" + std::string(key) + "\", " + overload.value + ");";
    const bool fits = head.size() + body.size() + 3 <= 120;
    text += fits ? head + " " + body + " }\n" : head + "\n    " + body + "\n  }\n";
  }
  return text;
}

template <class E>
bool may_stand_alone(const ExpectationRow<E>& row) {
  return row.at_step != nullptr && !row.at_step->has(row.key);
}

template <class E>
std::string class_name(const ExpectationRow<E>& row) {
  std::string name(row.key);
  name[0] = static_cast<char>(name[0] - 'a' + 'A');
  return name + "Expected";
}

template <class E>
std::string expectation_class(const ExpectationRow<E>& row) {
  const std::string name = class_name(row);
  const KeyRow& key = *row.shape.find(row.key);
  const Overload made_of = subject(key);
  std::string text =
      comment("", std::string(row.shape.description)) + "class " + name + " : public Part<" + name + "> {\n public:\n";
  if (may_stand_alone(row))
    text += "  /// About the sends of the step in whose `expect` it stands.\n  " + name + "() = default;\n";
  text += comment(key, {made_of}) + "  explicit " + name + "(" + made_of.parameters + ") { set(\"" +
          std::string(row.key) + "\", " + made_of.value + "); }\n\n";
  for (const KeyRow& other : row.shape.rows) {
    if (other.name == row.key) continue;
    const Overloads taken = overloads(other.type);
    text += comment(other, taken) + functions(name, "set", other.name, taken);
  }
  return text + "};\n\n";
}

/// broker("broker-a")
template <class E>
std::string expectation_maker(const ExpectationRow<E>& row) {
  const std::string key(row.key), name = class_name(row);
  const std::string parameters = subject(*row.shape.find(key)).parameters;
  const std::string argument = parameters.substr(parameters.rfind(' ') + 1);
  std::string text;
  if (may_stand_alone(row)) text = "inline " + name + " " + key + "() { return {}; }\n";
  return text + "inline " + name + " " + key + "(" + parameters + ") { return " + name + "(" + argument + "); }\n";
}

/// A call with what it must write.
std::string use(const Json& written, const std::string& call) {
  return "    {R\"(" + written.dump() + ")\",\n     " + call + "},\n";
}

template <class E>
std::string uses_of(const ExpectationRow<E>& row) {
  const std::string key(row.key);
  const Overload about = subject(*row.shape.find(row.key));
  const std::string made = key + "(" + about.use + ")";
  const Json alone = {{key, Json::parse(about.json)}};
  std::string text = use(alone, made);
  for (const KeyRow& other : row.shape.rows) {
    if (other.name == row.key) continue;
    const std::string name(other.name);
    for (const Overload& overload : overloads(other.type)) {
      Json written = alone;
      written[name] = Json::parse(overload.json);
      text += use(written, made + "." + name + "(" + overload.use + ")");
    }
  }
  return text;
}

TEST(BuilderFunctions, OfActionsAreMadeOfTheirRows) {
  std::string text = "  // What is done: made of the rows of actions, as format §1.15 is.\n";
  for (const KeyRow& key : fault_action_keys()) {
    const FaultActionRow& row = *find_fault_action(key.name);
    text += comment("  ", std::string(key.description) + arguments_of(row)) +
            functions("Fault", "act", row.key, overloads(row));
  }
  const char* const path = "scenarios/testing/rmqsim/faults.h";
  expect_made(path, with_part(file_of_tree(path), "  // What is done", " private:", text + "\n"));
}

TEST(BuilderFunctions, OfExpectationsAreMadeOfTheirRows) {
  std::string text =
      "// What a scenario expects, with the names of the scenario format (format §1.16). Made of the rows of "
      "expectations,\n"
      "// scenarios/harness/expectations.\n"
      "#pragma once\n\n#include \"rmqsim/parts.h\"\n\nnamespace rmqsim::test {\n\n";
  each_expectation_row([&](const auto& row) { text += expectation_class(row); });
  each_expectation_row([&](const auto& row) { text += expectation_maker(row); });
  expect_made("scenarios/testing/rmqsim/expectations.h", text + "\n}  // namespace rmqsim::test\n");
}

TEST(BuilderFunctions, AreEachUsedByATestOfTheBuilder) {
  std::string text =
      "// A use of each function of the builder that is made of rows, behind what it must write. Made with them.\n"
      "#pragma once\n\n#include <string_view>\n#include <utility>\n\n"
      "#include \"rmqsim/expectations.h\"\n#include \"rmqsim/faults.h\"\n\nnamespace builder_test {\n\n"
      "using namespace rmqsim::test;\n\n"
      "inline const std::pair<std::string_view, Value> kMadeUses[] = {\n";
  for (const FaultActionRow& row : fault_actions()) {
    for (const Overload& overload : overloads(row)) {
      const std::string key(row.key);
      const Json written = {{"at", "*"}, {"do", {{key, Json::parse(overload.json)}}}};
      text += use(written, "at(\"*\")." + key + "(" + overload.use + ")");
    }
  }
  each_expectation_row([&](const auto& row) { text += uses_of(row); });
  expect_made("tests/testing/made_uses.h", text + "};\n\n}  // namespace builder_test\n");
}

}  // namespace builder_functions_test
}  // namespace rmqsim
