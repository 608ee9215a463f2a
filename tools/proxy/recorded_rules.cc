// Which rules are possible is asked of the parser of scenario files, rule by rule.
#include "tools/proxy/recorded_rules.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "fake_broker/rules/fault_action.h"
#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codes.h"

namespace rmqsim {

double recorded_ms(Duration d) { return std::chrono::duration<double, std::milli>(d).count(); }
double recorded_tenths(double ms) { return std::round(std::max(0.0, ms) * 10) / 10; }

double recorded_median(std::vector<double> values) {
  if (values.empty()) return 0;
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

namespace {

using Json = nlohmann::ordered_json;
/// The requests of one kind to one server, in order.
using Row = std::vector<const RecordedRequest*>;

constexpr std::size_t kMaxRules = 2'000;   ///< for single requests; beyond, a distribution stands in
constexpr std::size_t kMaxRemark = 1024;   ///< bytes that are kept of one

/// What ended a request; nullptr: an answer did. Of an answer that was spoilt only the end of the connection is told,
/// since nobody knows its bytes.
const FaultActionRow* ending_of(const RecordedRequest& r) {
  const bool unheard = r.oneway ? !r.taken : !r.answered && response_code_by_name(r.outcome);
  if (unheard || r.outcome == "LOST" || r.outcome == "NO_ANSWER") return find_fault_action("drop");
  for (const FaultActionRow& row : fault_actions()) {
    if (row.unanswered.outcome.empty() || row.unanswered.outcome != r.outcome) continue;
    return row.argument == FaultArgumentKind::moment ? &row : find_fault_action("close");
  }
  return nullptr;
}

Json answer_of(const RecordedRequest& r) {
  const std::string name = response_code_name(r.code);
  Json answer{{"code", name == std::to_string(r.code) ? Json(r.code) : Json(name)}};
  if (r.remark) {
    std::size_t end = std::min(r.remark->size(), kMaxRemark);
    while (end < r.remark->size() && end > 0 && (static_cast<unsigned char>((*r.remark)[end]) & 0xC0) == 0x80) --end;
    answer["remark"] = r.remark->substr(0, end);
  }
  return answer;
}

/// Null: what a server does by itself.
Json action_of(const RecordedRequest& r) {
  Json action;
  if (const FaultActionRow* ending = ending_of(r)) {
    action[std::string(ending->key)] = ending->moments[r.taken ? 1 : 0];
  } else if (r.answered && (r.code != ResponseCode::SUCCESS || !r.taken)) {
    action[r.taken ? "storeThenRespond" : "respond"] = answer_of(r);
  }
  return action;
}

bool can_be_delayed(const Json& action) {
  const FaultActionRow& delay = *find_fault_action("delayMs");
  for (const auto& [key, value] : action.items()) {
    const FaultActionRow* row = find_fault_action(key);
    if (row != nullptr && fault_contradiction(*row, delay)) return false;
  }
  return true;
}

std::string nth_text(std::uint64_t first, std::uint64_t last) {
  return first == last ? std::to_string(first) : std::to_string(first) + "-" + std::to_string(last);
}

/// What a replay sends again, request by request. Of other requests it has more or fewer, or none.
bool is_replayed(const std::string& target) { return target == "send" || target == "endTransaction"; }

double took(const RecordedRequest& r) { return recorded_ms(r.took) - 2 * kRecordedOneWayMs; }

class Rules {
 public:
  explicit Rules(const FragmentNames& names) : names_(names) {}

  void take(const std::string& server, const std::string& target, Row row) {
    std::sort(row.begin(), row.end(), [](auto* a, auto* b) { return a->number < b->number; });
    std::vector<double> usual;
    for (const RecordedRequest* r : row) {
      if (r->answered && r->code == ResponseCode::SUCCESS) usual.push_back(took(*r));
    }
    const double normal = recorded_tenths(recorded_median(usual));
    for (std::size_t i = 0; i < row.size();) {
      Json action = action_of(*row[i]);
      std::size_t end = i + 1;
      std::vector<double> times{took(*row[i])};
      if (!action.is_null()) {
        while (end < row.size() && action_of(*row[end]) == action) times.push_back(took(*row[end++]));
        const double delay = recorded_tenths(recorded_median(times));
        if (delay > 0 && can_be_delayed(action)) action["delayMs"] = delay;
      } else if (target == "send" && row[i]->answered && times.front() > 3 * normal + 2) {
        action["delayMs"] = recorded_tenths(times.front());
      }
      if (!action.is_null()) add(server, target, nth_text(i + 1, end), std::move(action), end - i);
      i = end;
    }
    if (target != "send" || normal <= 0) return;
    base_.push_back({{"at", server}, {"on", target}, {"do", {{"delayMs", normal}}}});
  }

  RecordedRules result() && {
    for (Json& rule : base_) single_.push_back(std::move(rule));
    return {json_text(single_), unsayable_};
  }

 private:
  void add(const std::string& server, const std::string& target, const std::string& nth, Json action,
           std::size_t requests) {
    if (single_.size() >= kMaxRules) return;
    Json rule{{"at", server}, {"on", target}, {"nth", nth}, {"do", std::move(action)}};
    if (!is_replayed(target)) rule["mayBeIdle"] = true;
    if (parse_rule_fragments(json_text(rule), names_).value) {
      single_.push_back(std::move(rule));
    } else {
      unsayable_ += requests;
    }
  }

  const FragmentNames& names_;
  Json single_ = Json::array();
  Json base_ = Json::array();
  std::size_t unsayable_ = 0;
};

}  // namespace

RecordedRules recorded_rules(const std::vector<RecordedRequest>& requests, const FragmentNames& names) {
  std::map<std::pair<std::string, std::string>, Row> by_place;
  for (const RecordedRequest& r : requests) by_place[{r.server, r.target}].push_back(&r);
  Rules rules(names);
  for (auto& [place, row] : by_place) {
    // A topic that no nameserver knows is not known to the fakes either.
    if (place.second != "route") rules.take(place.first, place.second, std::move(row));
  }
  return std::move(rules).result();
}

}  // namespace rmqsim
