// scenarios/format.md and the rows: its table of settings is what they say, and it names every key.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "fake_broker/rules/fault_rule.h"
#include "producer/profile/profile.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/producer_settings.h"

namespace rmqsim {
namespace format_test {

using nlohmann::json;

std::string page() {
  std::ifstream stream(RMQSIM_SOURCE_DIR "/scenarios/format.md", std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

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

TEST(FormatPage, HasTheTableOfTheSettingsThatTheRowsMake) {
  const std::string table = settings_table();
  EXPECT_NE(page().find("\n\n" + table + "\n"), std::string::npos)
      << "in §1.6 of scenarios/format.md there should be\n\n"
      << table;
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

TEST(FormatPage, ListsEveryCodeWithItsNumber) {
  std::string text = page();
  text.erase(0, text.find("\n### 1.18 "));
  text.erase(text.find("\n## 2 "));
  std::replace(text.begin(), text.end(), '\n', ' ');
  const auto expect_all = [&](const std::string_view* names, std::size_t count, auto number) {
    for (std::size_t i = 0; i < count; ++i) {
      const std::string entry = std::string(names[i]) + " " + std::to_string(number(names[i]).value());
      EXPECT_THAT(text, testing::ContainsRegex("[ ,]" + entry + "[,.]"));
    }
  };
  std::size_t requests = 0, responses = 0;
  const std::string_view* const of_requests = request_code_names(requests);
  const std::string_view* const of_responses = response_code_names(responses);
  expect_all(of_requests, requests, request_code_by_name);
  expect_all(of_responses, responses, response_code_by_name);
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
