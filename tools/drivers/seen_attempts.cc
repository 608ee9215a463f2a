#include "tools/drivers/seen_attempts.h"

#include <algorithm>
#include <string_view>

#include "fake_broker/rules/unanswered.h"
#include "scenarios/harness/cluster/cluster.h"
#include "tools/drivers/judging/told_step.h"

namespace rmqsim {
namespace {

/// How far apart a crash and what it cut off may be written down.
constexpr Duration kMoment = millis(5);

bool crashed_during(const Scenario& scenario, const RunRecord& record, const JournalEntry& entry) {
  return std::any_of(record.events.begin(), record.events.end(), [&](const EventRecord& event) {
    const auto& step = std::get<EventStep>(scenario.steps[event.step].what);
    const auto* crash = std::get_if<CrashEvent>(&step.event);
    return crash != nullptr && event.at >= entry.at && event.at <= entry.answered_at + kMoment &&
           std::find(crash->servers.begin(), crash->servers.end(), entry.server) != crash->servers.end();
  });
}

/// The server answered, and a rule about its link ended the connection while that was on its way: before the client
/// went on, at `gave_up`, or, where nobody knows when that was, within a moment.
bool cut_off(const Scenario& scenario, const RunRecord& record, const JournalEntry& entry, TimePoint gave_up) {
  const TimePoint soon = entry.answered_at + kMoment;
  const TimePoint last = gave_up == TimePoint::max() ? soon : std::max(soon, gave_up);
  for (std::size_t k = 0; k < scenario.faults.size() && k < record.rules.size(); ++k) {
    const FaultRule& rule = scenario.faults[k];
    const auto& acted = record.rules[k].counts.acted_between;
    const bool ends = rule.action.find("closeAfterBytes") != nullptr || rule.action.find("resetAfterBytes") != nullptr;
    if (!ends || !acted || (rule.at != entry.server && rule.at != "*")) continue;
    for (const Duration at : {acted->first, acted->second}) {
      const TimePoint when = record.first_step + at;
      if (when >= entry.at && when <= last) return true;
    }
  }
  return false;
}

/// A server that takes TLS alone carries out what came in plain text, and closes without its answer.
bool closes_on_plain_text(const Scenario& scenario, const SendRecord& send, const JournalEntry& entry) {
  if (tls_mode(scenario, entry.server) != TlsMode::enforcing) return false;
  const std::string* const name = told_producer(scenario.steps[send.step]);
  const ProducerSpec* const producer = name == nullptr ? nullptr : scenario.find_producer(*name);
  const bool* const with_tls = producer == nullptr ? nullptr : producer->config.get<bool>("useTLS");
  return with_tls == nullptr || !*with_tls;
}

/// As a client hears of it that gives up at `gave_up`.
std::string outcome_of(const Scenario& scenario, const RunRecord& record, const SendRecord& send,
                       const JournalEntry& entry, TimePoint gave_up) {
  if (entry.oneway) return "SENT";
  if (closes_on_plain_text(scenario, send, entry)) return "CONNECTION_CLOSED";
  const std::string_view outcome = entry.outcome;
  if (outcome == "LOST") return crashed_during(scenario, record, entry) ? "CONNECTION_CLOSED" : "TIMEOUT";
  if (outcome.empty() || entry.answered_at > gave_up) return "TIMEOUT";
  if (const Unanswered* const end = find_unanswered(outcome)) {
    return end->hears == ClientHears::end_of_connection ? "CONNECTION_CLOSED" : "TIMEOUT";
  }
  // Answered, and nobody can know: with another opaque.
  if (outcome == "SUCCESS" && !entry.acknowledged) return "TIMEOUT";
  return std::string(outcome);
}

}  // namespace

std::vector<std::vector<AttemptRecord>> seen_attempts(const Scenario& scenario, const RunRecord& record,
                                                      const RequestJournal& journal, const SurelyUnderWay& under_way) {
  const auto entries = join_requests(scenario, record, journal, under_way).of_sends;
  std::vector<std::vector<AttemptRecord>> attempts(record.sends.size());
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    const SendRecord& send = record.sends[i];
    for (std::size_t k = 0; k < entries[i].size(); ++k) {
      const JournalEntry& entry = entries[i][k];
      const bool last = k + 1 == entries[i].size();
      const TimePoint gave_up = !last              ? entries[i][k + 1].at
                                : send.completed() ? under_way(i).second
                                                   : TimePoint::max();
      AttemptRecord attempt;
      attempt.broker = entry.server;
      attempt.queue_id = entry.queue_id.value_or(-1);
      attempt.start = entry.at;
      attempt.timeout_millis = kUnknownTimeout;
      attempt.outcome = outcome_of(scenario, record, send, entry, gave_up);
      // Who goes on, or fails, after a success did not hear of it.
      const bool unheard = attempt.outcome == "SUCCESS" && (!last || send.error);
      if (unheard && cut_off(scenario, record, entry, gave_up)) attempt.outcome = "CONNECTION_CLOSED";
      // It may have given up before we heard of it, and no plain send fails after a success.
      const bool late = send.kind == SendRecord::Kind::send && send.error && attempt.outcome == "SUCCESS" &&
                        entry.answered_at > under_way(i).first + send.elapsed();
      if (last && late) attempt.outcome = "TIMEOUT";
      const bool heard = attempt.outcome != "TIMEOUT" && entry.answered_at <= gave_up;
      attempt.elapsed = (heard ? entry.answered_at : std::min(gave_up, send.end)) - entry.at;
      attempt.elapsed = std::max(attempt.elapsed, Duration::zero());
      attempts[i].push_back(std::move(attempt));
    }
  }
  return attempts;
}

}  // namespace rmqsim
