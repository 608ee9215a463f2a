#include "tools/proxy/proxy_rules.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/text/bounded_file.h"
#include "scenarios/harness/file/text/json_tree.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/text/source_text.h"

namespace rmqsim {
namespace {

/// Of a text that is no JSON, or says a key twice, which would be lost when it becomes part of a scenario; empty: it is
/// good.
std::string wrong_json(const std::string& file, const std::string& text) {
  const auto at = [&](std::size_t offset, const std::string& what) {
    const SourceText::Place place = SourceText(text).locate(offset);
    return file + ":" + std::to_string(place.line) + ":" + std::to_string(place.column) + ": " + what;
  };
  if (const auto offset = find_invalid_utf8(text)) return at(*offset, "not valid UTF-8");
  JsonTree::Error error;
  const auto tree = JsonTree::parse(text, error);
  if (!tree) return at(error.offset, error.message);
  const auto twice = tree->duplicate_keys();
  return twice.empty() ? "" : at(twice.front().offset, "duplicate key " + in_quotes(twice.front().message));
}

}  // namespace

ParseResult parse_proxy_rules(const std::string& faults, std::size_t nameservers, std::string& problem) {
  std::string text = faults;
  std::string file = "--faults";
  if (text.find_first_of("[{") != text.find_first_not_of(" \t\r\n")) {
    const auto read = read_bounded(faults, kMaxScenarioBytes, problem);
    if (!read) {
      problem = faults + ": " + problem;
      return {};
    }
    file = faults;
    text = *read;
  }
  if (text.size() > kMaxScenarioBytes) {
    problem = file + ": larger than 16 MiB, the most a scenario may have";
    return {};
  }
  problem = wrong_json(file, text);
  if (!problem.empty()) return {};
  nlohmann::json rules = json_with_comments<nlohmann::json>(text);
  if (rules.is_object()) rules = nlohmann::json::array({rules});
  if (!rules.is_array()) {
    problem = file + ": not a JSON list of rules as in \"faults\" of a scenario";
    return {};
  }
  std::set<std::string> brokers{"broker-a"};
  std::set<std::string> topics;
  nlohmann::json own = nlohmann::json::array();
  for (std::size_t i = 1; i <= std::max<std::size_t>(1, nameservers); ++i) own.push_back("ns-" + std::to_string(i));
  for (const nlohmann::json& rule : rules) {
    if (!rule.is_object()) continue;
    const auto text_at = [&](const char* key) {
      const auto found = rule.find(key);
      return found != rule.end() && found->is_string() ? found->get<std::string>() : std::string();
    };
    const std::string at = text_at("at");
    if (!at.empty() && at != "*" && std::find(own.begin(), own.end(), at) == own.end()) brokers.insert(at);
    if (!text_at("topic").empty()) topics.insert(text_at("topic"));
  }
  nlohmann::json scenario{{"version", 1}, {"name", "faults"}, {"why", "rules of a proxy"},
                          {"cluster", {{"nameservers", own}, {"brokers", brokers}}},
                          {"producers", nlohmann::json::array({{{"name", "p"}, {"group", "g"}}})},
                          {"steps", nlohmann::json::array({{{"waitMs", 1}}})},
                          {"faults", rules}};
  scenario["cluster"]["topics"] = nlohmann::json::array();
  scenario["cluster"]["autoCreateTopic"] = true;  // how many queues they have the real cluster knows
  for (const std::string& topic : topics) scenario["cluster"]["topics"].push_back({{"name", topic}});
  ParseResult result = parse_scenario(json_text(scenario), "-");
  if (result.ok()) return result;
  problem = file + ":";
  for (const ScenarioError& error : result.errors) problem += "\n  " + error.pointer + ": " + error.message;
  return result;
}

}  // namespace rmqsim
