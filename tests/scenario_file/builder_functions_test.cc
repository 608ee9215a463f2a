// The builder in C++ says what files say, so its functions are made of the same rows: those of actions in
// scenarios/testing/rmqsim/faults.h, all of expectations.h, and a use of each for tests/testing/builder_test.cc. What a
// key may be decides what its function takes.
#include <gtest/gtest.h>

#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/rules/fault_action.h"
#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/parse/action_keys.h"
#include "tests/scenario_file/find_type.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace builder_functions_test {

/// What a function takes, what it makes of that, and arguments for a use.
struct Overload {
  std::string parameters;
  std::string value;
  std::string use;
};
using Overloads = std::vector<Overload>;

const Overload kNumber{"std::uint64_t n", "n", "2"};
const Overload kRange{"std::uint64_t min, std::uint64_t max", "Value{min, max}", "1, 90"};
const Overload kList{"const Names&... names", "Value::list_of(names...)", "\"name\""};
const Overload kAnything{"const Value& value", "value", "2"};

/// Of definitions that say what no other type says; anything else of JSON is a Value.
const std::map<std::string_view, Overloads> kOfDefinitions = {
    {"name", {{"std::string_view name", "name", "\"name\""}}},
    {"count", {kNumber, kRange}},
    {"timeMs", {{"double ms", "ms", "7"}}},
    {"timeRange", {{"double min, double max", "Value{min, max}", "0, 20"}}},
    {"profiles", {kList}},
    {"outcomeCounts", {{"Values counts", "Value::object(counts)", R"({{"SEND_OK", 12}, {"EXCEPTION", {0, 2}}})"}}},
    {"attempts",
     {kNumber,
      kRange,
      {"std::initializer_list<Value> list", "list",
       R"({{"broker-a", 1, "SYSTEM_BUSY"}, {"broker-b", 0, "SUCCESS"}})"}}},
};

Overloads overloads(const KeyType& type);

/// Of an object, by its keys.
Overload values_of(const Shape& shape) {
  std::string use;
  for (const KeyRow& row : shape.rows) {
    std::string value = overloads(row.type).front().use;
    if (row.type.kind == KeyType::Kind::refs) value = "{" + value + "}";
    use += (use.empty() ? "{\"" : ", {\"") + std::string(row.name) + "\", " + value + "}";
  }
  return {"Values what", "Value::object(what)", "{" + use + "}"};
}

Overloads referred_to(const KeyType& type) {
  if (const auto known = kOfDefinitions.find(type.text); known != kOfDefinitions.end()) return known->second;
  if (const KeyRow* row = find_definition(type)) return overloads(row->type);
  const Shape* const shape = find_shape(type);
  return {shape == nullptr ? kAnything : values_of(*shape)};
}

Overloads overloads(const KeyType& type) {
  switch (type.kind) {
    case KeyType::Kind::text:
      return {{"std::string_view text", "text", "\"text\""}};
    case KeyType::Kind::boolean:
      return {{"bool yes", "yes", "true"}};
    case KeyType::Kind::integer:
      return {{type.max > INT32_MAX ? "std::int64_t n" : "std::int32_t n", "n", "2"}};
    case KeyType::Kind::number:
      return {{"double number", "number", "7"}};
    case KeyType::Kind::words:
      return {{"std::string_view word", "word", '"' + std::string(type.words.front()) + '"'}};
    case KeyType::Kind::ref:
      return referred_to(type);
    case KeyType::Kind::refs:
      return {kList};
    case KeyType::Kind::json:
      break;
  }
  return {kAnything};
}

Overloads overloads(const FaultActionRow& row) {
  switch (row.argument) {
    case FaultArgumentKind::time:
      return {{"double ms", "ms", "7"},
              {"std::string_view distribution, double a, double b", "Value::object({{distribution, Value{a, b}}})",
               R"("uniform", 1, 2)"}};
    case FaultArgumentKind::answer:
      return {{"const Value& code", R"(Value::object({{"code", code}}))", R"("SYSTEM_BUSY")"},
              {"const Value& code, std::string_view remark", R"(Value::object({{"code", code}, {"remark", remark}}))",
               R"(2, "busy")"}};
    case FaultArgumentKind::moment:
      return {{"std::string_view when", "when", '"' + std::string(row.moments[0]) + '"'}};
    case FaultArgumentKind::bytes:
      return {{"std::uint32_t bytes", "bytes", "7"}};
    case FaultArgumentKind::percent:
      return {{"double percent", "percent", "0.5"}};
    case FaultArgumentKind::flag:
      break;
  }
  return {{"", "true", ""}};
}

/// What the arguments of an action are, where its description does not say it.
std::string arguments_of(const FaultActionRow& row) {
  if (row.argument == FaultArgumentKind::answer) return " `code` is the name of a response code or its number.";
  if (row.argument == FaultArgumentKind::moment) {
    return " `when` is \"" + std::string(row.moments[0]) + "\" or \"" + std::string(row.moments[1]) + "\".";
  }
  if (row.argument != FaultArgumentKind::time) return "";
  std::string names;
  for (const KeyRow& distribution : shapes::delay.rows)
    names += (names.empty() ? "" : ", ") + std::string(distribution.name);
  return " `distribution` is one of " + names + ".";
}

/// What makes an expectation of that kind takes.
Overload subject(const KeyRow& row) {
  const Overloads all = overloads(row.type);
  return all.size() == 1 ? all.front() : kAnything;
}

/// What a key means, left out too, and how it is said where its type does not tell.
std::string meaning(const KeyRow& row) {
  std::string text(row.description);
  const KeyRow* const definition = find_definition(row.type);
  if (definition != nullptr && subject(row).parameters == kAnything.parameters) {
    const bool is_more = definition->description.starts_with(text.substr(0, text.size() - 1));
    text = (is_more ? "" : text + " ") + std::string(definition->description);
  }
  if (row.standard.starts_with('('))
    text += " Default: " + std::string(row.standard.substr(1, row.standard.size() - 2)) + ".";
  for (const Overload& overload : overloads(row.type)) {
    if (overload.use.starts_with('{')) text += " For example " + overload.use + ".";
  }
  return text;
}

std::string comment(const std::string& indent, const std::string& text) {
  std::istringstream words(text);
  return filled({std::istream_iterator<std::string>(words), {}}, indent + "/// ");
}

std::string functions(const std::string& self, const std::string& set, std::string_view key, const Overloads& all) {
  std::string text;
  for (const Overload& overload : all) {
    if (overload.parameters == kList.parameters) text += "  template <class... Names>\n";
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
  text += comment("  ", meaning(key)) + "  explicit " + name + "(" + made_of.parameters + ") { set(\"" +
          std::string(row.key) + "\", " + made_of.value + "); }\n\n";
  for (const KeyRow& other : row.shape.rows) {
    if (other.name == row.key) continue;
    text += comment("  ", meaning(other)) + functions(name, "set", other.name, overloads(other.type));
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

std::string use(std::string_view key, const std::string& call) {
  return "    {\"" + std::string(key) + "\", " + call + "},\n";
}

template <class E>
std::string uses_of(const ExpectationRow<E>& row) {
  const std::string made = std::string(row.key) + "(" + subject(*row.shape.find(row.key)).use + ")";
  std::string text = use(row.key, made);
  for (const KeyRow& other : row.shape.rows) {
    if (other.name == row.key) continue;
    for (const Overload& overload : overloads(other.type)) {
      text += use(other.name, made + "." + std::string(other.name) + "(" + overload.use + ")");
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
      "// A use of each function of the builder that is made of rows, with the key that it sets. Made with them.\n"
      "#pragma once\n\n#include <string_view>\n#include <utility>\n\n"
      "#include \"rmqsim/expectations.h\"\n#include \"rmqsim/faults.h\"\n\nnamespace builder_test {\n\n"
      "using namespace rmqsim::test;\n\n"
      "inline const std::pair<std::string_view, Value> kMadeUses[] = {\n";
  for (const FaultActionRow& row : fault_actions()) {
    for (const Overload& overload : overloads(row)) {
      text += use(row.key, "at(\"*\")." + std::string(row.key) + "(" + overload.use + ")");
    }
  }
  each_expectation_row([&](const auto& row) { text += uses_of(row); });
  expect_made("tests/testing/made_uses.h", text + "};\n\n}  // namespace builder_test\n");
}

}  // namespace builder_functions_test
}  // namespace rmqsim
