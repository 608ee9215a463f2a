#include "scenarios/harness/http_control/rule_book.h"

#include <nlohmann/json.hpp>
#include <utility>

#include "producer/remoting/codec/json_text.h"

namespace rmqsim {
namespace {

std::string with_id(const nlohmann::ordered_json& rule, const std::string& id) {
  nlohmann::ordered_json with;
  with["id"] = id;
  for (const auto& [key, value] : rule.items()) with[key] = value;
  with["id"] = id;
  return json_text(with);
}

}  // namespace

RuleBook::RuleBook(FaultPlan& plan, std::string_view prefix) : plan_(plan), prefix_(prefix), pages_(plan.size()) {}

std::vector<std::string> RuleBook::ids() const {
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < size(); ++i) ids.push_back(plan_.rule(i).id);
  return ids;
}

void RuleBook::take_texts(const std::string& scenario_file) {
  const auto file = json_with_comments<nlohmann::ordered_json>(scenario_file);
  if (!file.is_object() || !file.contains("faults")) return;
  const auto& faults = file.at("faults");
  for (std::size_t i = 0; i < size() && i < faults.size(); ++i) {
    auto rule = faults.at(i);
    rule["id"] = plan_.rule(i).id;
    pages_[i].text = json_text(rule);
  }
}

std::size_t RuleBook::add(RuleFragment rule, std::uint64_t last_request) {
  std::string& id = rule.rule.id;
  while (id.empty() || plan_.find(id)) id = prefix_ + std::to_string(++last_id_);
  pages_.push_back({with_id(json_of<nlohmann::ordered_json>(rule.text), id), last_request});
  plan_.add(std::move(rule.rule));
  return size() - 1;
}

void RuleBook::replace(std::size_t i, RuleFragment rule, std::uint64_t last_request) {
  rule.rule.id = plan_.rule(i).id;
  pages_[i] = {with_id(json_of<nlohmann::ordered_json>(rule.text), rule.rule.id), last_request};
  plan_.replace(i, std::move(rule.rule));
}

void RuleBook::reset(std::size_t i, std::uint64_t last_request) {
  plan_.reset(i);
  pages_[i].since = last_request;
}

void RuleBook::remove(std::size_t i) {
  plan_.remove(i);
  pages_.erase(pages_.begin() + static_cast<std::ptrdiff_t>(i));
}

void RuleBook::clear() {
  plan_.clear();
  pages_.clear();
}

}  // namespace rmqsim
