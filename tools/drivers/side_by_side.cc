#include "tools/drivers/side_by_side.h"

#include <algorithm>
#include <string>
#include <variant>

#include "tools/drivers/judging/told_step.h"

namespace rmqsim {
namespace {

/// What is further apart has an order.
constexpr Duration kTogether = millis(5);

/// Of an event that starts or ends one.
const std::string* producer_of(const EventStep& step) {
  if (const auto* start = std::get_if<StartProducerEvent>(&step.event)) return &start->producer;
  if (const auto* shutdown = std::get_if<ShutdownProducerEvent>(&step.event)) return &shutdown->producer;
  return nullptr;
}

bool meets_a_change(const Scenario& scenario, const RunRecord& record, const SendRecord& send) {
  const std::string* const producer = told_producer(scenario.steps[send.step]);
  return std::any_of(record.events.begin(), record.events.end(), [&](const EventRecord& event) {
    const std::string* changed = producer_of(std::get<EventStep>(scenario.steps[event.step].what));
    return changed != nullptr && producer != nullptr && *changed == *producer && send.start <= event.done + kTogether &&
           send.end >= event.at;
  });
}

/// Sends that sender threads make take their turns in the order in which those get them.
bool races_for_its_turn(const Scenario& scenario, const RunRecord& record, const SeenAttempts& seen, std::uint64_t i) {
  const SendRecord& send = record.sends[i];
  if (send.kind != SendRecord::Kind::send || send.mode != CommunicationMode::ASYNC) return false;
  const auto when = [&](std::uint64_t k) { return seen[k].empty() ? record.sends[k].start : seen[k].front().start; };
  for (std::uint64_t k = 0; k < record.sends.size(); ++k) {
    const SendRecord& other = record.sends[k];
    const bool elsewhere = other.step != send.step || other.thread != send.thread;
    if (!elsewhere || other.kind != send.kind || other.mode != send.mode || !other.completed()) continue;
    if (*told_producer(scenario.steps[other.step]) != *told_producer(scenario.steps[send.step])) continue;
    const Duration between = std::min(std::max(send.start, other.start) - std::min(send.start, other.start),
                                      std::max(when(i), when(k)) - std::min(when(i), when(k)));
    if (between < kTogether) return true;
  }
  return false;
}

/// Another send lost its connection while this one was on its way: one may find it open, or not.
bool meets_a_close(const RunRecord& record, const SeenAttempts& seen, std::uint64_t i) {
  const TimePoint from = record.sends[i].start - kTogether;
  const TimePoint until = (seen[i].empty() ? record.sends[i].start : seen[i].back().start) + kTogether;
  for (std::uint64_t k = 0; k < seen.size(); ++k) {
    if (k == i || record.sends[k].end <= record.sends[i].start) continue;
    const bool closed = std::any_of(seen[k].begin(), seen[k].end(), [&](const AttemptRecord& attempt) {
      const TimePoint at = attempt.start + attempt.elapsed;
      return attempt.outcome == "CONNECTION_CLOSED" && at >= from && at <= until;
    });
    if (closed) return true;
  }
  return false;
}

/// Since when a rule has closed connections that no send was answered on.
std::optional<TimePoint> closing_since(const Scenario& scenario, const RunRecord& record) {
  std::optional<TimePoint> since;
  for (std::size_t k = 0; k < scenario.faults.size() && k < record.rules.size(); ++k) {
    const FaultRule& rule = scenario.faults[k];
    const auto& acted = record.rules[k].counts.acted_between;
    const bool closes = rule.action.find("close") != nullptr || rule.action.find("reset") != nullptr;
    const bool about_sends = rule.on.kind == FaultTarget::Kind::send;
    if (!closes || about_sends || !acted) continue;
    since = std::min(since.value_or(TimePoint::max()), record.first_step + acted->first);
  }
  return since;
}

}  // namespace

std::optional<std::uint64_t> where_threads_decide(const Scenario& scenario, const RunRecord& record,
                                                  const SeenAttempts& seen) {
  const std::optional<TimePoint> closing = closing_since(scenario, record);
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    const SendRecord& send = record.sends[i];
    if (!send.completed()) continue;
    const bool finds_it_closed = closing && send.end >= *closing;
    if (finds_it_closed || meets_a_change(scenario, record, send) || meets_a_close(record, seen, i) ||
        races_for_its_turn(scenario, record, seen, i)) {
      return i;
    }
  }
  return std::nullopt;
}

}  // namespace rmqsim
