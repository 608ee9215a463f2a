// scenarios/format.md and the rows: its tables of settings, fault actions, expectations and invariants and its lists of
// concerns and codes are what they say, and it names every key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <sstream>
#include <utility>

#include "fake_broker/rules/fault_action.h"
#include "fake_broker/rules/fault_rule.h"
#include "producer/profile/profile.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/concerns.h"
#include "scenarios/harness/file/expectation.h"
#include "scenarios/harness/file/invariants.h"
#include "scenarios/harness/file/producer_settings.h"
#include "tests/scenario_file/find_type.h"
#include "tests/support/made_text.h"

namespace rmqsim {
namespace format_test {

using nlohmann::json;

std::string page() { return file_of_tree("scenarios/format.md"); }

std::string bounds(const KeyType& type) {
  const std::string from = std::to_string(static_cast<std::int64_t>(type.min));
  if (type.max == INT32_MAX) return " from " + from;
  return ", " + from + " to " + std::to_string(static_cast<std::int64_t>(type.max));
}

std::string type_cell(const KeyRow& row) {
  const KeyType& type = row.type;
  if (type.kind == KeyType::Kind::boolean) return "boolean";
  if (type.kind == KeyType::Kind::integer) return std::string(row.unit.empty() ? "integer" : row.unit) + bounds(type);
  if (type.kind == KeyType::Kind::text) return "text";
  if (type.kind == KeyType::Kind::refs) {
    const std::string what = type.text == "responseCode" ? "codes" : type.text == "wholeMs" ? "ms" : "texts";
    return "list of " + what + ", at most " + std::to_string(static_cast<int>(type.max));
  }
  std::string words;
  for (const std::string_view word : type.words) words += (words.empty() ? "`" : ", `") + std::string(word) + "`";
  return words;
}

std::string cell(std::string_view text) { return text.empty() ? " |" : " " + std::string(text) + " |"; }

std::string default_cell(const KeyRow& row) {
  if (row.standard.starts_with('(')) return std::string(row.standard.substr(1, row.standard.size() - 2));
  const json value = json::parse(row.standard);
  if (value.empty() || value == "") return "none";
  return value.is_string() ? "`" + value.get<std::string>() + "`" : value.dump();
}

std::string settings_table() {
  std::string table = "| key | type | default | no effect in | run time | meaning |\n|---|---|---|---|---|---|\n";
  for (const ProducerSetting& setting : producer_settings()) {
    if (setting.use == ProducerSetting::Use::refused) continue;
    std::string without;
    for (const std::string_view name : profile_names()) {
      if (!setting.has_effect(*find_profile(name))) without += (without.empty() ? "" : ", ") + std::string(name);
    }
    const bool any_time = setting.use == ProducerSetting::Use::any_time;
    table += "|" + cell("`" + std::string(setting.name()) + "`") + cell(type_cell(setting.key)) +
             cell(default_cell(setting.key)) + cell(without) + cell(any_time ? "yes" : "") +
             cell(setting.key.description) + "\n";
  }
  return table;
}

std::string in_code(std::string_view word) { return "`" + std::string(word) + "`"; }

/// How the key of an action is written, with what it takes.
std::string action_cell(const FaultActionRow& row) {
  const std::string key = '"' + std::string(row.key) + "\": ";
  switch (row.argument) {
    case FaultArgumentKind::time:
      return in_code(key + "ms") + " or a distribution";
    case FaultArgumentKind::answer:
      return in_code(key + "{\"code\", \"remark\"}");
    case FaultArgumentKind::moment:
      return in_code(key + '"' + std::string(row.moments[0]) + '"') + " / " +
             in_code('"' + std::string(row.moments[1]) + '"');
    case FaultArgumentKind::bytes:
      return in_code(key + "n") + (row.least == 0 ? "" : ", n from " + std::to_string(row.least));
    case FaultArgumentKind::percent:
      return in_code(key + "p");
    case FaultArgumentKind::flag:
      break;
  }
  return in_code(key + "true");
}

std::string actions_table() {
  std::string table = "| key | on | outcome | meaning |\n|---|---|---|---|\n";
  for (const FaultActionRow& row : fault_actions()) {
    const std::string outcome(row.unanswered.outcome);
    table += "|" + cell(action_cell(row)) + cell(only_possible_on(row, "`")) +
             cell(outcome.empty() ? "" : in_code(outcome)) + cell(row.description) + "\n";
  }
  return table;
}

/// Keys of what an exclusion is about.
std::string excluded(const FaultExclusion& exclusion) {
  if (exclusion.parts == kAllFaultParts) return "anything";
  if (exclusion.parts == 0) return in_code(exclusion.key);
  std::string keys;
  for (const FaultActionRow& row : fault_actions()) {
    if ((exclusion.parts & static_cast<unsigned>(row.part)) == 0) continue;
    keys += (keys.empty() ? "" : ", ") + in_code(row.key);
  }
  return keys;
}

/// What is not possible together, by why: rows that say the same are one.
std::string exclusions_table() {
  std::vector<std::array<std::string, 3>> lines;  ///< keys, beside what, why
  const auto add = [&](const std::string& key, const std::string& beside, std::string_view reason) {
    for (auto& [keys, others, why] : lines) {
      if (why != reason || (keys != key && others != beside)) continue;
      (keys == key ? others : keys) += ", " + (keys == key ? beside : key);
      return;
    }
    lines.push_back({key, beside, std::string(reason)});
  };
  for (const FaultActionRow& row : fault_actions()) {
    const bool alone = row.excludes[0].parts == kAllFaultParts;
    if (row.part == FaultPart::ending && !alone) add(in_code(row.key), "each other", "one thing comes instead");
  }
  for (const FaultActionRow& row : fault_actions()) {
    for (const FaultExclusion& exclusion : row.excludes) {
      if (!exclusion.reason.empty()) add(in_code(row.key), excluded(exclusion), exclusion.reason);
    }
  }
  std::string table = "| key | not beside | because |\n|---|---|---|\n";
  for (const auto& [keys, others, why] : lines) table += "|" + cell(keys) + cell(others) + cell(why) + "\n";
  return table;
}

/// What the value of a key of an expectation may be.
std::string expectation_type(const KeyType& type) {
  static const std::map<std::string_view, std::string_view> kWords = {
      {"timeMs", "ms"},
      {"timeRange", "`[min, max]` in ms"},
      {"sends", "which sends, below"},
      {"requestKind", "as `on` of a rule about requests"},
      {"exceptionCode", "code, also of the client's own"},
      {"sendOutcome", "outcome of a send"},
      {"outcomeCounts", "a count for each outcome"},
      {"attempts", "count, or a list"},
  };
  if (type.kind == KeyType::Kind::refs) {
    KeyType item = type;
    item.kind = KeyType::Kind::ref;
    return "list of: " + expectation_type(item);
  }
  if (type.kind != KeyType::Kind::ref) return type_cell({.type = type});
  if (const auto known = kWords.find(type.text); known != kWords.end()) return std::string(known->second);
  if (const Shape* shape = find_shape(type)) return shape->also.empty() ? "object" : "object, at least one of these";
  const KeyRow* const definition = find_definition(type);
  return definition == nullptr || definition->type.words.empty() ? std::string(type.text) : type_cell(*definition);
}

std::string expectation_default(const KeyRow& row) {
  if (row.standard == key::required || row.standard == key::none) return row.standard == key::none ? "" : "required";
  return default_cell(row);
}

/// Of a key, and of the keys of the object that it holds.
std::string expectation_lines(const KeyRow& row, const std::string& inside = "") {
  std::string lines = "|" + cell(inside + in_code(row.name)) + cell(expectation_type(row.type)) +
                      cell(expectation_default(row)) + cell(row.description) + "\n";
  if (const Shape* shape = find_shape(row.type)) {
    for (const KeyRow& part : shape->rows) lines += expectation_lines(part, in_code(row.name) + ": ");
  }
  return lines;
}

/// What its keys need, as the schema has it.
std::string needs_of(const Shape& shape) {
  const json also = json::parse("{" + std::string(shape.also) + "}");
  std::string any, needs;
  for (const json& one : also.value("anyOf", json::array())) {
    any += (any.empty() ? "" : ", ") + in_code(one.at("required").at(0).get<std::string>());
  }
  const json dependencies = also.value("dependencies", json::object());
  for (const auto& [key, needed] : dependencies.items()) {
    needs += " " + in_code(key) + " needs " + in_code(needed.at(0).get<std::string>()) + ".";
  }
  return (any.empty() ? "" : " At least one of " + any + ".") + needs;
}

template <class E>
std::string expectation_part(const ExpectationRow<E>& row) {
  std::string text = "**" + in_code(row.key) + "**: " + std::string(row.shape.description) + needs_of(row.shape);
  if (row.at_step != nullptr) text += " Possible in the `expect` of a step";
  if (row.at_step != nullptr) text += row.at_step->rows.size() < row.shape.rows.size() ? ", without `sends`." : ".";
  std::istringstream words(text + " For example");
  std::vector<std::string> pieces{std::istream_iterator<std::string>(words), {}};
  pieces.push_back(in_code(row.example) + ".");
  std::string part = filled(pieces) + "\n| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const KeyRow& key : row.shape.rows) part += expectation_lines(key);
  return part + "\n";
}

/// "Request codes, for `on`: SEND_MESSAGE 10, …, BROKER_HEARTBEAT 904." as lines.
template <class Number>
std::string codes_text(const std::string& begin, const std::string_view* names, std::size_t count, Number number,
                       const std::string& end) {
  std::string text = begin;
  for (std::size_t i = 0; i < count; ++i) {
    text += (i == 0 ? " " : ", ") + std::string(names[i]) + " " + std::to_string(number(names[i]).value());
  }
  std::istringstream words(text + "." + end);
  return filled({std::istream_iterator<std::string>(words), {}});
}

std::string client_codes() {
  std::vector<std::string_view> names;
  for (const ClientCode& code : kClientCodes) names.push_back(code.name);
  const auto number = [](std::string_view name) {
    const auto is_it = [name](const ClientCode& code) { return code.name == name; };
    return std::optional(std::find_if(std::begin(kClientCodes), std::end(kClientCodes), is_it)->code);
  };
  return codes_text("Codes of the client's own, for `responseCode`:", names.data(), names.size(), number, "");
}

std::string invariants_table() {
  std::string table = "| name | what holds |\n|---|---|\n";
  for (const InvariantInfo& one : kInvariants) table += "|" + cell(in_code(one.name)) + cell(one.meaning) + "\n";
  return table;
}

std::string concerns_list() {
  std::string list;
  for (const Concern& one : kConcerns) list += (list.empty() ? "" : ", ") + in_code(one.name);
  return "scenarios by behaviour: " + list;
}

TEST(FormatPage, HasWhatTheRowsMake) {
  std::size_t count = 0;
  std::string made = page();
  // Tables and paragraphs, which end where an empty line follows.
  const auto make = [&](std::string_view begin, const std::string& part) {
    made = with_part(made, begin, "\n\n", part.substr(0, part.size() - 1));
  };
  make("| key | type | default | no effect in |", settings_table());
  make("| key | on | outcome | meaning |", actions_table());
  make("| key | not beside | because |", exclusions_table());
  make("| name | what holds |", invariants_table());
  made = with_part(made, "scenarios by behaviour: ", ". Left out", concerns_list());
  std::string expectations;
  each_expectation_row([&](const auto& row) { expectations += expectation_part(row); });
  made = with_part(made, "**`sends`**: ", "**Which sends**", expectations);
  const std::string_view* names = response_code_names(count);
  make("Response codes: ", codes_text("Response codes:", names, count, response_code_by_name,
                                      " Any other number is possible."));
  make("Codes of the client's own, ", client_codes());
  names = request_code_names(count);
  make("Request codes, for `on`: ", codes_text("Request codes, for `on`:", names, count, request_code_by_name, ""));
  expect_made("scenarios/format.md", made);
}

TEST(FormatPage, NamesEverySettingThatIsRefused) {
  const std::string text = page();
  for (const ProducerSetting& setting : producer_settings()) {
    EXPECT_NE(text.find("`" + std::string(setting.name()) + "`"), std::string::npos) << setting.name();
  }
}

TEST(FormatPage, SaysOfEveryWordForRequestsWhoGetsThemAndWhatARuleMayLookAt) {
  std::string text = page();
  text.erase(0, text.find("\n`on` is one of\n"));
  for (const RequestFamily& family : request_families()) {
    const std::size_t at = text.find("\n| `" + std::string(family.word) + "` | ");
    ASSERT_NE(at, std::string::npos) << family.word;
    const std::string row = text.substr(at + 1, text.find('\n', at + 1) - at - 1);
    const char* where = family.at == RequestFamily::At::broker       ? " | brokers | "
                        : family.at == RequestFamily::At::nameserver ? " | nameservers | "
                                                                     : " | any | ";
    std::string facts;
    for (const auto& [fact, key] : {std::pair{'t', "`topic`"}, {'q', "`queueId`"}, {'p', "`producer`"}}) {
      if (family.facts.find(fact) != std::string_view::npos) facts += (facts.empty() ? "" : ", ") + std::string(key);
    }
    if (family.facts.size() >= 3) facts = "all";
    if (facts.empty()) facts = "none of the three";
    EXPECT_TRUE(row.ends_with(where + facts + " |")) << row;
    for (const std::int32_t code : family.codes) {
      EXPECT_THAT(row, testing::ContainsRegex("[ ,]" + std::to_string(code) + "[ ,]")) << row;
    }
  }
}

TEST(FormatPage, NamesEveryKeyOfTheFile) {
  const std::string text = page();
  for (const Shape* shape : shapes::all()) {
    for (const KeyRow& row : shape->rows) {
      const std::string name(row.name);
      const bool named =
          text.find("`" + name + "`") != std::string::npos || text.find("\"" + name + "\"") != std::string::npos;
      EXPECT_TRUE(named) << shape->name << "/" << name;
    }
  }
}

}  // namespace format_test
}  // namespace rmqsim
