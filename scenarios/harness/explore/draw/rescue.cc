#include "scenarios/harness/explore/draw/rescue.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "producer/remoting/codes.h"
#include "scenarios/harness/explore/whole.h"

namespace rmqsim {
namespace {

/// More rules than this show nothing new any more.
constexpr std::size_t kMostRules = 24;
constexpr std::size_t kMostCuts = 3;

bool is_result(const std::string& outcome) {
  return outcome == "SUCCESS" || outcome == "FLUSH_DISK_TIMEOUT" || outcome == "FLUSH_SLAVE_TIMEOUT" ||
         outcome == "SLAVE_NOT_AVAILABLE";
}

/// What makes an attempt end as this one did.
FaultAction action_of(const std::string& outcome) {
  if (outcome == "TIMEOUT") return {{"drop", FaultMoment::before}};
  if (outcome == "CONNECT_FAILED" || outcome == "SEND_FAILED" || outcome == "CONNECTION_CLOSED") {
    return {{"reset", FaultMoment::before}};
  }
  const auto code = response_code_by_name(outcome);
  return {{"respond", FaultAnswer{code.value_or(ResponseCode::SYSTEM_BUSY), {}}}};
}

/// Hits the attempt's request, in a run that goes the same way until then. First, so that no other rule acts instead.
Scenario broken_at(const Scenario& scenario, const RunRecord& record, const AttemptRecord& attempt,
                   FaultAction action) {
  FaultRule rule;
  rule.at = attempt.broker;
  rule.may_be_idle = true;
  rule.action = std::move(action);
  const Duration from = attempt.start - record.first_step;
  rule.from = std::max(Duration{0}, from);
  // It arrives within a connect's time and its own.
  rule.to = from + std::min(attempt.elapsed, 4 * scenario.network.one_way) + millis(1);
  Scenario cut = scenario;
  cut.faults.insert(cut.faults.begin(), std::move(rule));
  cut.fault_locations.insert(cut.fault_locations.begin(), SourceLocation{});
  make_whole(cut);
  return cut;
}

/// A nameserver that was asked after another had failed.
std::optional<Scenario> without_other_nameserver(const Scenario& scenario, const RunRecord& record) {
  const auto& names = scenario.cluster.nameservers;
  if (names.size() < 2) return std::nullopt;
  const auto is_nameserver = [&](const std::string& name) {
    return std::find(names.begin(), names.end(), name) != names.end();
  };
  const auto faulty = std::find_if(scenario.faults.begin(), scenario.faults.end(),
                                   [&](const FaultRule& rule) { return is_nameserver(rule.at); });
  if (faulty == scenario.faults.end()) return std::nullopt;
  for (const std::string& other : names) {
    const auto already = [&](const FaultRule& rule) { return rule.at == other; };
    if (std::any_of(scenario.faults.begin(), scenario.faults.end(), already)) continue;
    const auto seen = record.servers.find(other);
    if (seen == record.servers.end()) continue;
    const auto asked = [](const auto& request) { return request.first.first == RequestCode::GET_ROUTEINFO_BY_TOPIC; };
    if (std::none_of(seen->second.requests.begin(), seen->second.requests.end(), asked)) continue;
    Scenario cut = scenario;
    FaultRule rule = *faulty;
    rule.at = other;
    rule.id.clear();
    cut.faults.push_back(std::move(rule));
    make_whole(cut);
    return cut;
  }
  return std::nullopt;
}

}  // namespace

std::vector<Scenario> cut_rescues(const Scenario& scenario, const RunRecord& record) {
  std::vector<Scenario> cuts;
  if (scenario.faults.size() >= kMostRules) return cuts;
  const std::string* trouble = nullptr;  // how the last attempt of all that failed did
  const std::string* its_broker = nullptr;
  for (const SendRecord& send : record.sends) {
    if (cuts.size() >= kMostCuts || send.attempts.empty()) continue;
    const AttemptRecord& last = send.attempts.back();
    const bool well = send.completions == 1 && !send.error && (is_result(last.outcome) || last.outcome == "SENT");
    if (well && send.attempts.size() > 1) {  // the retry did it
      const std::string& before = send.attempts[send.attempts.size() - 2].outcome;
      cuts.push_back(broken_at(scenario, record, last, action_of(is_result(before) ? "TIMEOUT" : before)));
    } else if (well && trouble != nullptr && *its_broker != last.broker) {  // it avoided the one that failed
      cuts.push_back(broken_at(scenario, record, last, action_of(*trouble)));
    }
    for (const AttemptRecord& attempt : send.attempts) {
      if (is_result(attempt.outcome) || attempt.outcome == "SENT") continue;
      trouble = &attempt.outcome;
      its_broker = &attempt.broker;
    }
  }
  if (auto cut = without_other_nameserver(scenario, record)) cuts.push_back(std::move(*cut));
  return cuts;
}

}  // namespace rmqsim
