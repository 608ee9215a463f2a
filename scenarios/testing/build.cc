#include "scenarios/testing/build.h"

#include <charconv>
#include <cmath>

#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/scenario_text.h"
#include "scenarios/testing/rmqsim/events.h"
#include "scenarios/testing/rmqsim/expectations.h"
#include "scenarios/testing/rmqsim/faults.h"
#include "scenarios/testing/rmqsim/parts.h"
#include "scenarios/testing/rmqsim/steps.h"

namespace rmqsim::test {
namespace {

/// What is no UTF-8 goes on as it is, and the parser refuses it.
std::string json_text(std::string_view text) {
  static constexpr char kHex[] = "0123456789abcdef";
  std::string json = "\"";
  for (const char c : text) {
    if (const auto byte = static_cast<unsigned char>(c); byte < 0x20) {
      json += {'\\', 'u', '0', '0', kHex[byte >> 4], kHex[byte & 15]};
    } else {
      if (c == '"' || c == '\\') json += '\\';
      json += c;
    }
  }
  return json + '"';
}

std::string without(const std::string& pointer, const std::vector<std::string>& parts) {
  for (const std::string& part : parts) {
    if (pointer.starts_with(part)) return pointer.substr(part.size());
  }
  return pointer;
}

std::string file_name(std::string_view path) {
  const auto slash = path.find_last_of('/');
  return std::string(slash == std::string_view::npos ? path : path.substr(slash + 1));
}

}  // namespace

// ---- values and objects

Value::Value(std::string_view text) : json_(json_text(text)) {}
Value::Value(std::initializer_list<Value> list) : Value(std::vector<Value>(list)) {}
Value::Value(const std::vector<Value>& list) {
  for (const Value& item : list) json_ += (json_.empty() ? "" : ",") + item.json();
  json_ = "[" + json_ + "]";
}
Value::Value(const std::vector<std::string>& list) : Value(std::vector<Value>(list.begin(), list.end())) {}
Value::Value(const Object& object) : json_(object.json()) {}

Value Value::object(Values members) {
  Object object;
  for (const auto& [key, value] : members) object.set(key, value);
  return Value(object);
}

std::string Value::number_text(double number) {
  char text[40];
  const auto [end, error] = std::to_chars(text, text + sizeof text, number);
  const std::string written = error == std::errc() ? std::string(text, end) : "null";
  return std::isfinite(number) ? written : json_text(written);  // which the parser names where it wants a number
}

Object::Member& Object::member(std::string_view key) {
  for (Member& member : members_) {
    if (member.key == key) return member;
  }
  members_.push_back({std::string(key), "", Kind::value});
  return members_.back();
}

void Object::set(std::string_view key, const Value& value) {
  Member& at = member(key);
  at.json = value.json();
  at.kind = Kind::value;
}

void Object::add(std::string_view key, Kind kind, const std::string& json) {
  Member& at = member(key);
  at.json = at.kind == kind ? at.json + "," + json : json;
  at.kind = kind;
}

void Object::append(std::string_view key, const Value& value) { add(key, Kind::list, value.json()); }

void Object::extend(std::string_view key, Values members) {
  for (const auto& [name, value] : members) add(key, Kind::object, json_text(name) + ":" + value.json());
}

std::string Object::json() const {
  std::string text;
  for (const Member& member : members_) {
    text += (text.empty() ? "" : ",") + json_text(member.key) + ":";
    switch (member.kind) {
      case Kind::value: text += member.json; break;
      case Kind::list: text += "[" + member.json + "]"; break;
      case Kind::object: text += "{" + member.json + "}"; break;
    }
  }
  return "{" + text + "}";
}

Step::operator Value() const {
  Value what = plain_.empty() ? Value(what_) : plain_.back();
  if (event_) what = Value::object({{kind_, what}});
  Object step;
  step.set(event_ ? "do" : kind_, what);
  step.merge(around_);
  return Value(step);
}

void Object::merge(const Object& other) {
  for (const Member& member : other.members_) members_.push_back(member);
}

// ---- scenarios

ScenarioBuilder::ScenarioBuilder(std::string_view name, std::string_view why, std::string_view file, int line)
    : where_(file_name(file) + ":" + std::to_string(line) + ": scenario " + in_quotes(name)) {
  set("version", 1);
  set("name", name);
  set("why", why);
}

ScenarioBuilder& ScenarioBuilder::in_cluster(std::string_view key, const Value& value) {
  cluster_.set(key, value);
  return set("cluster", cluster_);
}

ScenarioBuilder& ScenarioBuilder::append_in_cluster(std::string_view key, const std::vector<Value>& items) {
  for (const Value& item : items) cluster_.append(key, item);
  return set("cluster", cluster_);
}

ScenarioBuilder& ScenarioBuilder::extend_in_cluster(std::string_view key, Values members) {
  cluster_.extend(key, members);
  return set("cluster", cluster_);
}

ScenarioBuilder& ScenarioBuilder::in_network(std::string_view key, const Value& value) {
  network_.set(key, value);
  return set("network", network_);
}

ScenarioBuilder& ScenarioBuilder::off(std::string_view invariant, std::string_view reason, std::string_view in) {
  Object one;
  one.set("name", invariant);
  one.set("reason", reason);
  if (!in.empty()) one.set("in", in);
  invariants_.append("off", Value(one));
  return set("invariants", invariants_);
}

std::string ScenarioBuilder::where() const { return where_; }
Scenario ScenarioBuilder::build() const { return build_scenario(*this, true); }
std::string ScenarioBuilder::text() const { return scenario_text(build()); }

Scenario build_scenario(const ScenarioBuilder& builder, bool judge_idle, const SaidElsewhere& elsewhere) {
  ParseResult parsed = parse_scenario(Value(builder).json(), "", {.judge_idle = judge_idle});
  if (parsed.ok()) {
    // Lines of a text that nobody wrote lead nowhere; the pointers say which expectation it is.
    Scenario& scenario = *parsed.scenario;
    const auto leave_file = [](std::vector<rmqsim::Expectation>& list) {
      for (rmqsim::Expectation& expectation : list) expectation.where.line = 0;
    };
    leave_file(scenario.expect);
    for (rmqsim::Step& step : scenario.steps) {
      leave_file(step.expect);
      step.where.line = 0;
    }
    for (SourceLocation& where : scenario.fault_locations) where.line = 0;
    return std::move(scenario);
  }
  const std::string where = elsewhere.where.empty() ? builder.where() : elsewhere.where;
  std::string text;
  for (const ScenarioError& error : parsed.errors) {
    if (!text.empty()) text += "\n";
    const std::string pointer = without(error.pointer, elsewhere.parts);
    text += where + (pointer.empty() ? "" : ": " + pointer) + ": " + error.message;
  }
  if (parsed.omitted > 0) text += "\n... and " + std::to_string(parsed.omitted) + " more";
  throw InvalidScenario(text);
}

}  // namespace rmqsim::test
