// Resources: fault rules and what nearly matched them.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "producer/remoting/codes.h"
#include "producer/remoting/codec/json_text.h"
#include "scenarios/harness/file/parse/rule_order.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/http_control/control_call.h"

namespace rmqsim {
namespace {

struct Condition {
  const char* name;
  std::string expected;
  std::string found;
};

std::string time_text(Duration since) {
  return since == FaultPlan::kBeforeFirstStep ? "before the first step"
                                              : std::to_string(since / std::chrono::milliseconds(1)) + " ms";
}

/// Why the rule did not act on a request; empty: all that can be told afterwards holds.
std::vector<Condition> failed(const FaultRule& rule, const JournalEntry& entry) {
  std::vector<Condition> conditions;
  const auto check = [&](const char* name, bool holds, std::string expected, std::string found) {
    if (!holds) conditions.push_back({name, std::move(expected), std::move(found)});
  };
  check("at", rule.at == "*" || rule.at == entry.server, rule.at, std::string(entry.server));
  check("on", rule.on.matches_code(entry.code), "a request that the rule looks at", request_code_name(entry.code));
  if (rule.topic) check("topic", *rule.topic == entry.topic, *rule.topic, std::string(entry.topic));
  if (rule.queue_id) {
    check("queueId", rule.queue_id == entry.queue_id, std::to_string(*rule.queue_id),
          entry.queue_id ? std::to_string(*entry.queue_id) : "none");
  }
  if (rule.producer_group) {
    check("producer", *rule.producer_group == entry.group, *rule.producer_group, std::string(entry.group));
  }
  if (rule.from) {
    check("fromMs", entry.since_first_step >= *rule.from, time_text(*rule.from), time_text(entry.since_first_step));
  }
  if (rule.to) check("toMs", entry.since_first_step < *rule.to, time_text(*rule.to), time_text(entry.since_first_step));
  const bool answered = !entry.oneway || FaultTarget{FaultTarget::Kind::code, entry.code}.is_push();
  check("do", rule.action.changes_anything(millis(1), answered), "a request that is answered", "a one-way request");
  return conditions;
}

/// Refuses a new rule that those of the plan leave nothing to do. The new ones come after them, or from `first` on
/// instead of them.
void check_order(const FaultPlan& plan, const FragmentNames& names, const std::vector<RuleFragment>& added,
                 std::size_t first) {
  RuleOrder order;
  for (std::size_t i = 0; i < plan.size(); ++i) order.rules.push_back(&plan.rule(i));
  order.rules.resize(std::max(plan.size(), first + added.size()));
  for (std::size_t i = 0; i < added.size(); ++i) order.rules[first + i] = &added[i].rule;
  const auto is_new = [&](std::size_t i) { return i >= first && i - first < added.size(); };
  order.brokers.assign(names.brokers.begin(), names.brokers.end());
  order.name = [&](std::size_t i) {
    const std::string& id = order.rules[i]->id;
    return id.empty() ? "rule number " + std::to_string(i - first + 1) : in_quotes(id);
  };
  // What a rule has counted puts its turns before those of a new one.
  order.count_alike = [&](std::size_t k, std::size_t) { return is_new(k) || plan.matched(k) == 0; };
  for (std::size_t i = first; is_new(i); ++i) {
    const auto why = order.rules[i]->may_be_idle ? std::nullopt : hidden_by_others(order, i);
    if (!why) continue;
    const bool named = !order.rules[i]->id.empty();
    throw ControlError(409, idle_rule_text(named ? "rule " + order.name(i) : order.name(i), *why));
  }
}

}  // namespace

/// A listening socket can refuse all connections of a time window or none (ScenarioWorld::cannot_run says the same).
void check_performable(const Control& control, const FaultRule& rule) {
  if (rule.action.refuses_connections() && !rule.refuses_whole_window()) {
    throw ControlError(400, "\"refuse\" takes no \"nth\", \"times\" or \"probability\" here: a listening socket "
                            "refuses all connections or none; use \"fromMs\" and \"toMs\", or \"reset\" instead");
  }
  if (const auto why = rule.may_be_idle ? std::nullopt : does_nothing(rule)) {
    throw ControlError(400, idle_rule_text("the rule", *why));
  }
  if (!control.options_.refuse_rule) return;
  if (const auto why = control.options_.refuse_rule(rule)) throw ControlError(400, *why);
}

void shift_window(const ControlCall& call, RuleFragment& one) {
  const std::string* times = call.find("times");
  if (times == nullptr || *times == "start") return;
  if (*times != "now") throw ControlError(400, "\"times\" takes now or start, found " + in_quotes(*times));
  const Duration now = call.control.now_or_zero();
  Json text = json_of<Json>(one.text);
  const auto shift = [&](const char* key, std::optional<Duration>& time) {
    if (!time) return;
    *time += now;
    text[key] = rounded_millis(*time);
  };
  shift("fromMs", one.rule.from);
  shift("toMs", one.rule.to);
  if (one.rule.to && !one.rule.from) {
    one.rule.from = now;
    text["fromMs"] = rounded_millis(now);
  }
  one.text = json_text(text);
}

Duration Control::since_first_step() const {
  const TimePoint first = journal_.first_step();
  return first == TimePoint{} ? FaultPlan::kBeforeFirstStep : runtime_.now() - first;
}

void check_window(const Control& control, const FaultRule& rule) {
  if (rule.probability <= 0) throw ControlError(400, "with \"probability\": 0 this could never act");
  const Duration now = control.since_first_step();
  if (!rule.to || now < *rule.to) return;
  throw ControlError(409, "the window is over: \"toMs\" is " + time_text(*rule.to) + ", and it is " + time_text(now) +
                              " since the start, from which such times count");
}

Json ControlResources::rule_json(const Control& control, std::size_t i) {
  const RuleBook& rules = control.rules_;
  Json json;
  json["id"] = rules.plan().rule(i).id;
  json["rule"] = rules.text(i).empty() ? Json(nullptr) : json_of<Json>(rules.text(i));
  json["matched"] = rules.plan().matched(i);
  json["acted"] = rules.plan().acted(i);
  return json;
}

std::optional<Json> ControlResources::list_faults(ControlCall& call) {
  Json list = Json::array();
  for (std::size_t i = 0; i < call.control.rules_.size(); ++i) list.push_back(rule_json(call.control, i));
  return Json{{"faults", std::move(list)}};
}

std::optional<Json> ControlResources::add_faults(ControlCall& call) {
  Control& control = call.control;
  auto rules = take(parse_rule_fragments(call.body, control.names(call.body)));
  if (control.rules_.size() + rules.size() > Control::kMaxRules) {
    throw ControlError(409, "there are " + std::to_string(control.rules_.size()) + " rules, and at most " +
                                std::to_string(Control::kMaxRules) + " may be");
  }
  for (RuleFragment& one : rules) {
    shift_window(call, one);
    check_performable(control, one.rule);
    check_window(control, one.rule);
    if (control.rules_.find(one.rule.id) && !one.rule.id.empty()) {
      throw ControlError(409, "the id " + in_quotes(one.rule.id) + " is already there: change that rule, or remove it");
    }
  }
  check_order(control.rules_.plan(), control.names(), rules, control.rules_.size());
  Json list = Json::array();
  for (RuleFragment& one : rules) {
    const std::size_t i = control.rules_.add(std::move(one), control.journal_.last_number());
    list.push_back(rule_json(control, i));
    control.deeds_.rule_added(control.rules_.plan().rule(i), control.now_or_zero());
    control.note_rule("added", i);
  }
  control.rules_changed();
  return Json{{"faults", std::move(list)}};
}

std::optional<Json> ControlResources::clear_faults(ControlCall& call) {
  Control& control = call.control;
  const std::size_t removed = control.rules_.size();
  for (std::size_t i = 0; i < removed; ++i) {
    control.deeds_.rule_removed(control.rules_.plan().rule(i).id, control.now_or_zero());
    control.note_rule("removed", i);
  }
  control.rules_.clear();
  control.rules_changed();
  return Json{{"removed", removed}};
}

/// To a scenario a rule that counts anew is another one.
void ControlResources::reset(Control& control, std::size_t i) {
  const FaultRule rule = control.rules_.plan().rule(i);
  control.rules_.reset(i, control.journal_.last_number());
  control.deeds_.rule_removed(rule.id, control.now_or_zero());
  control.deeds_.rule_added(rule, control.now_or_zero());
  control.note_rule("reset", i);
}

std::optional<Json> ControlResources::reset_faults(ControlCall& call) {
  Control& control = call.control;
  for (std::size_t i = 0; i < control.rules_.size(); ++i) reset(control, i);
  return list_faults(call);
}

std::optional<Json> ControlResources::get_fault(ControlCall& call) {
  return rule_json(call.control, call.position(call.control.rules_, "fault"));
}

std::optional<Json> ControlResources::change_fault(ControlCall& call) {
  Control& control = call.control;
  const std::size_t i = call.position(control.rules_, "fault");
  auto rules = take(parse_rule_fragments(call.body, control.names(call.body)));
  if (rules.size() != 1) throw ControlError(400, "expected one rule, found " + std::to_string(rules.size()));
  RuleFragment& one = rules.front();
  const std::string& id = call.path.at(0);
  if (!one.rule.id.empty() && one.rule.id != id) {
    throw ControlError(400, "the path names " + in_quotes(id) + " and the rule " + in_quotes(one.rule.id));
  }
  shift_window(call, one);
  check_performable(control, one.rule);
  check_window(control, one.rule);
  one.rule.id = id;
  check_order(control.rules_.plan(), control.names(), rules, i);
  control.deeds_.rule_removed(id, control.now_or_zero());
  control.rules_.replace(i, std::move(one), control.journal_.last_number());
  control.deeds_.rule_added(control.rules_.plan().rule(i), control.now_or_zero());
  control.note_rule("changed", i);
  control.rules_changed();
  return rule_json(control, i);
}

std::optional<Json> ControlResources::remove_fault(ControlCall& call) {
  Control& control = call.control;
  const std::size_t i = call.position(control.rules_, "fault");
  Json removed = rule_json(control, i);
  control.deeds_.rule_removed(call.path.at(0), control.now_or_zero());
  control.note_rule("removed", i);
  control.rules_.remove(i);
  control.rules_changed();
  return removed;
}

std::optional<Json> ControlResources::reset_fault(ControlCall& call) {
  Control& control = call.control;
  const std::size_t i = call.position(control.rules_, "fault");
  reset(control, i);
  return rule_json(control, i);
}

std::optional<Json> ControlResources::near_misses(ControlCall& call) {
  Control& control = call.control;
  const std::size_t position = call.position(control.rules_, "fault");
  const FaultRule& rule = control.rules_.plan().rule(position);
  const std::size_t limit = static_cast<std::size_t>(call.number("limit", 10, 1, 1000));
  if (!rule.on.is_request()) {
    throw ControlError(409, "the rule looks at connections, and the log has requests");
  }
  struct Miss {
    JournalEntry entry;
    std::vector<Condition> conditions;
  };
  std::vector<Miss> misses;
  for (const JournalEntry entry : control.journal_.entries()) {
    if (entry.rule == rule.id) continue;
    auto conditions = failed(rule, entry);
    if (entry.number <= control.rules_.since(position)) {
      conditions.push_back({"since", "a request after the rule was set or reset", "an earlier one"});
    } else if (conditions.empty() && !entry.rule.empty()) {
      conditions.push_back({"order", "no rule before this one that acts", std::string(entry.rule)});
    } else if (conditions.empty()) {
      const bool drawn = rule.probability < 1.0;
      conditions.push_back({drawn && rule.nth.every() ? "probability" : drawn ? "nth or probability" : "nth",
                            "a turn of the rule", "another turn"});
    }
    misses.push_back({entry, std::move(conditions)});
  }
  std::stable_sort(misses.begin(), misses.end(), [](const Miss& a, const Miss& b) {
    if (a.conditions.size() != b.conditions.size()) return a.conditions.size() < b.conditions.size();
    return a.entry.number > b.entry.number;
  });
  Json list = Json::array();
  for (std::size_t i = 0; i < misses.size() && i < limit; ++i) {
    Json conditions = Json::array();
    for (const Condition& c : misses[i].conditions) {
      conditions.push_back({{"condition", c.name}, {"expected", c.expected}, {"found", c.found}});
    }
    list.push_back({{"request", entry_json(misses[i].entry)}, {"failed", std::move(conditions)}});
  }
  return Json{{"id", rule.id}, {"nearMisses", std::move(list)}};
}

}  // namespace rmqsim
