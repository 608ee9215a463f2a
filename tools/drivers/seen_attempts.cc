#include "tools/drivers/seen_attempts.h"

#include <algorithm>
#include <map>
#include <string_view>

#include "scenarios/harness/engine/judging/invariant.h"

namespace rmqsim {
namespace {

/// What hears of an answer a little later than the server that sent it; also how far apart a crash and what it cut off
/// may be written down.
constexpr Duration kMoment = millis(5);

bool crashed_during(const Scenario& scenario, const RunRecord& record, const JournalEntry& entry) {
  return std::any_of(record.events.begin(), record.events.end(), [&](const EventRecord& event) {
    const auto& step = std::get<EventStep>(scenario.steps[event.step].what);
    const auto* crash = std::get_if<CrashEvent>(&step.event);
    return crash != nullptr && event.at >= entry.at && event.at <= entry.answered_at + kMoment &&
           std::find(crash->servers.begin(), crash->servers.end(), entry.server) != crash->servers.end();
  });
}

/// As a client hears of it that gives up at `gave_up`.
std::string outcome_of(const Scenario& scenario, const RunRecord& record, const JournalEntry& entry,
                       TimePoint gave_up) {
  if (entry.oneway) return "SENT";
  const std::string& outcome = entry.outcome;
  if (outcome == "LOST") return crashed_during(scenario, record, entry) ? "CONNECTION_CLOSED" : "TIMEOUT";
  if (outcome.empty() || outcome == "DROPPED" || outcome == "NO_ANSWER") return "TIMEOUT";
  if (entry.answered_at > gave_up) return "TIMEOUT";
  if (outcome == "RESET" || outcome == "CLOSED" || outcome == "TRUNCATED" || outcome == "GARBAGE") {
    return "CONNECTION_CLOSED";
  }
  // Stored and answered, and nobody can know: with another opaque.
  if (outcome == "SUCCESS" && entry.stored > 0 && !entry.acknowledged) return "TIMEOUT";
  return outcome;
}

class Join {
 public:
  Join(const Scenario& scenario, const RunRecord& record) : record_(record) {
    for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
      const SendRecord& send = record.sends[i];
      for (const std::string_view key : split_keys(send.msg_id)) by_key_.emplace(key, i);
      if (send.transaction && !send.transaction->uniq_key.empty()) by_key_.emplace(send.transaction->uniq_key, i);
    }
    for (const Step& step : scenario.steps) {
      const MessageSpec* message = nullptr;
      if (const auto* send = std::get_if<SendStep>(&step.what)) message = &send->message;
      if (const auto* transaction = std::get_if<TransactionStep>(&step.what)) message = &transaction->message;
      if (const auto* request = std::get_if<RequestStep>(&step.what)) message = &request->message;
      if (message != nullptr) topics_.push_back({step.first_send, step.first_send + step.send_count, message->topic});
    }
  }
  std::optional<std::uint64_t> send_of(const JournalEntry& entry,
                                       const std::function<TimePoint(std::uint64_t)>& ended) const {
    if (!entry.key.empty()) {
      const auto known = by_key_.find(entry.key);
      if (known != by_key_.end()) return known->second;
    }
    // The only send to that topic that was under way and whose key nobody told; where none was, a moment later.
    for (const Duration early : {Duration::zero(), kMoment}) {
      if (const auto found = under_way(entry, ended, early)) return found;
    }
    return std::nullopt;
  }

 private:
  struct Topic {
    std::uint64_t first, last;
    std::string_view name;
  };

  std::optional<std::uint64_t> under_way(const JournalEntry& entry,
                                         const std::function<TimePoint(std::uint64_t)>& ended, Duration early) const {
    std::optional<std::uint64_t> found;
    for (const Topic& topic : topics_) {
      if (!entry.topic.ends_with(topic.name)) continue;
      for (std::uint64_t i = topic.first; i < topic.last; ++i) {
        const SendRecord& send = record_.sends[i];
        const bool unknown = send.msg_id.empty() || send.msg_id.find(',') != std::string::npos || entry.key.empty();
        if (!unknown || send.start == TimePoint{} || entry.at + early < send.start) continue;
        if (send.completed() && entry.at > ended(i)) continue;
        if (found) return std::nullopt;
        found = i;
      }
    }
    return found;
  }

  const RunRecord& record_;
  std::map<std::string_view, std::uint64_t> by_key_;
  std::vector<Topic> topics_;
};

}  // namespace

std::vector<std::vector<AttemptRecord>> seen_attempts(const Scenario& scenario, const RunRecord& record,
                                                      const RequestJournal& journal,
                                                      const std::function<TimePoint(std::uint64_t send)>& ended) {
  const Join join(scenario, record);
  std::vector<std::vector<const JournalEntry*>> entries(record.sends.size());
  for (const JournalEntry& entry : journal.entries()) {
    if (!is_send_request(entry.code)) continue;
    if (const auto send = join.send_of(entry, ended)) entries[*send].push_back(&entry);
  }
  std::vector<std::vector<AttemptRecord>> attempts(record.sends.size());
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    for (std::size_t k = 0; k < entries[i].size(); ++k) {
      const JournalEntry& entry = *entries[i][k];
      const bool last = k + 1 == entries[i].size();
      const TimePoint gave_up = last ? (record.sends[i].completed() ? ended(i) : TimePoint::max())
                                     : entries[i][k + 1]->at;
      AttemptRecord attempt;
      attempt.broker = entry.server;
      attempt.queue_id = entry.queue_id.value_or(-1);
      attempt.start = entry.at;
      attempt.timeout_millis = kUnknownTimeout;
      attempt.outcome = outcome_of(scenario, record, entry, gave_up);
      const bool heard = !entry.outcome.empty() && entry.answered_at <= gave_up;
      attempt.elapsed = (heard ? entry.answered_at : std::min(gave_up, record.sends[i].end)) - entry.at;
      attempt.elapsed = std::max(attempt.elapsed, Duration::zero());
      attempts[i].push_back(std::move(attempt));
    }
  }
  return attempts;
}

}  // namespace rmqsim
