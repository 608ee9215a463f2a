// Resources: gates, and letting go what they hold.
#include <nlohmann/json.hpp>

#include "producer/remoting/codes.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

Json gate_json(const RuleBook& rules, const GateKeeper& gates, std::size_t i) {
  const std::string& id = rules.plan().rule(i).id;
  Json json;
  json["id"] = id;
  json["gate"] = json_of<Json>(rules.text(i));
  json["matched"] = rules.plan().matched(i);
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
    if (const auto server = servers_.find(one.server); server != servers_.end()) server->second->release(one.number);
  }
}

std::optional<Json> ControlResources::list_gates(ControlCall& call) {
  const GateKeeper& gates = call.control.gates_;
  const RuleBook& rules = call.control.gate_rules_;
  Json list = Json::array();
  for (std::size_t i = 0; i < rules.size(); ++i) list.push_back(gate_json(rules, gates, i));
  return Json{{"gates", std::move(list)}, {"held", gates.held()}, {"passed", gates.passed()}};
}

std::optional<Json> ControlResources::add_gate(ControlCall& call) {
  Control& control = call.control;
  RuleBook& rules = control.gate_rules_;
  RuleFragment gate = take(parse_gate_fragment(call.body, control.names(call.body)));
  shift_window(call, gate);
  check_window(control, gate.rule);
  if (rules.size() >= GateKeeper::kMaxGates) {
    throw ControlError(409, "there are " + std::to_string(GateKeeper::kMaxGates) + " gates, as many as may be");
  }
  if (!gate.rule.id.empty() && rules.find(gate.rule.id)) {
    throw ControlError(409, "the id " + in_quotes(gate.rule.id) + " is already there");
  }
  const std::size_t i = rules.add(std::move(gate), control.journal_.last_number());
  control.deeds_.left_out("gates");
  control.note_gate("added", rules.plan().rule(i).id, 0);
  return gate_json(rules, control.gates_, i);
}

std::optional<Json> ControlResources::get_gate(ControlCall& call) {
  const RuleBook& rules = call.control.gate_rules_;
  return gate_json(rules, call.control.gates_, call.position(rules, "gate"));
}

std::optional<Json> ControlResources::remove_gate(ControlCall& call) {
  RuleBook& rules = call.control.gate_rules_;
  rules.remove(call.position(rules, "gate"));
  const auto held = call.control.gates_.take(call.path.at(0), GateKeeper::kMaxHeld);
  call.control.note_gate("removed", call.path.at(0), held.size());
  call.control.release(held);
  return Json{{"released", held.size()}};
}

std::optional<Json> ControlResources::release_gate(ControlCall& call) {
  GateKeeper& gates = call.control.gates_;
  call.position(call.control.gate_rules_, "gate");
  const ReleaseFragment what = take(parse_release_fragment(call.body));
  const auto held = gates.take(call.path.at(0), static_cast<std::size_t>(what.count.value_or(GateKeeper::kMaxHeld)));
  call.control.note_gate("released", call.path.at(0), held.size());
  call.control.release(held);
  return Json{{"released", held.size()}, {"held", gates.held(call.path.at(0)).size()}};
}

std::optional<Json> ControlResources::release_gates(ControlCall& call) {
  GateKeeper& gates = call.control.gates_;
  std::size_t released = 0;
  for (const std::string& id : call.control.gate_rules_.ids()) {
    const auto held = gates.take(id, GateKeeper::kMaxHeld);
    released += held.size();
    call.control.note_gate("released", id, held.size());
    call.control.release(held);
  }
  return Json{{"released", released}};
}

}  // namespace rmqsim
