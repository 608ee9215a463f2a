// Resources: gates, and letting go what they hold.
#include <nlohmann/json.hpp>

#include "producer/remoting/codes.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

std::size_t gate_position(ControlCall& call, FaultPlan& plan) {
  const auto at = plan.find(call.path.at(0));
  if (at) return *at;
  std::vector<std::string> ids;
  for (std::size_t i = 0; i < plan.size(); ++i) ids.push_back(plan.rule(i).id);
  throw ControlError(404, "unknown gate " + in_quotes(call.path.at(0)) + suggestion(call.path.at(0), ids));
}

Json gate_json(const GateKeeper& gates, std::size_t i, const std::string& text) {
  const std::string& id = gates.plan().rule(i).id;
  Json json;
  json["id"] = id;
  json["gate"] = Json::parse(text);
  json["matched"] = gates.plan().acted(i);
  json["held"] = Json::array();
  for (const GateKeeper::Held& held : gates.held(id)) {
    json["held"].push_back({{"server", held.server},
                            {"code", request_code_name(held.code)},
                            {"topic", held.topic.empty() ? Json(nullptr) : Json(held.topic)},
                            {"group", held.group.empty() ? Json(nullptr) : Json(held.group)}});
  }
  return json;
}

}  // namespace

void Control::release(const std::vector<GateKeeper::Held>& held) {
  for (const GateKeeper::Held& one : held) {
    if (const auto broker = brokers_.find(one.server); broker != brokers_.end()) {
      broker->second->server().release(one.number);
    } else if (const auto nameserver = nameservers_.find(one.server); nameserver != nameservers_.end()) {
      nameserver->second->server().release(one.number);
    }
  }
}

std::optional<Json> ControlResources::list_gates(ControlCall& call) {
  const GateKeeper& gates = call.control.gates_;
  Json list = Json::array();
  for (std::size_t i = 0; i < gates.plan().size(); ++i) {
    list.push_back(gate_json(gates, i, call.control.gate_texts_.at(gates.plan().rule(i).id)));
  }
  return Json{{"gates", std::move(list)}, {"held", gates.held()}, {"passed", gates.passed()}};
}

std::optional<Json> ControlResources::add_gate(ControlCall& call) {
  Control& control = call.control;
  GateKeeper& gates = control.gates_;
  RuleFragment gate = take(parse_gate_fragment(call.body, control.names()));
  check_window(control, gate.rule);
  if (gates.plan().size() >= GateKeeper::kMaxGates) {
    throw ControlError(409, "there are " + std::to_string(GateKeeper::kMaxGates) + " gates, as many as may be");
  }
  if (!gate.rule.id.empty() && gates.plan().find(gate.rule.id)) {
    throw ControlError(409, "the id " + in_quotes(gate.rule.id) + " is already there");
  }
  while (gate.rule.id.empty() || gates.plan().find(gate.rule.id)) {
    gate.rule.id = "gate-" + std::to_string(++control.last_gate_);
  }
  const std::string id = gate.rule.id;
  Json text;
  text["id"] = id;
  const Json given = Json::parse(gate.text);
  for (const auto& [key, value] : given.items()) text[key] = value;
  control.gate_texts_[id] = text.dump();
  gates.plan().add(std::move(gate.rule));
  return gate_json(gates, gates.plan().size() - 1, control.gate_texts_.at(id));
}

std::optional<Json> ControlResources::get_gate(ControlCall& call) {
  GateKeeper& gates = call.control.gates_;
  const std::size_t position = gate_position(call, gates.plan());
  return gate_json(gates, position, call.control.gate_texts_.at(call.path.at(0)));
}

std::optional<Json> ControlResources::remove_gate(ControlCall& call) {
  GateKeeper& gates = call.control.gates_;
  gates.plan().remove(gate_position(call, gates.plan()));
  call.control.gate_texts_.erase(call.path.at(0));
  const auto held = gates.take(call.path.at(0), GateKeeper::kMaxHeld);
  call.control.release(held);
  return Json{{"released", held.size()}};
}

std::optional<Json> ControlResources::release_gate(ControlCall& call) {
  GateKeeper& gates = call.control.gates_;
  gate_position(call, gates.plan());
  const ReleaseFragment what = take(parse_release_fragment(call.body));
  const auto held = gates.take(call.path.at(0), static_cast<std::size_t>(what.count.value_or(GateKeeper::kMaxHeld)));
  call.control.release(held);
  return Json{{"released", held.size()}, {"held", gates.held(call.path.at(0)).size()}};
}

std::optional<Json> ControlResources::release_gates(ControlCall& call) {
  GateKeeper& gates = call.control.gates_;
  std::size_t released = 0;
  for (std::size_t i = 0; i < gates.plan().size(); ++i) {
    const auto held = gates.take(gates.plan().rule(i).id, GateKeeper::kMaxHeld);
    released += held.size();
    call.control.release(held);
  }
  return Json{{"released", released}};
}

}  // namespace rmqsim
