#include "tools/drivers/seen_attempts.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>

#include "fake_broker/rules/unanswered.h"
#include "scenarios/harness/cluster/cluster.h"
#include "scenarios/harness/engine/judging/invariant.h"

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
  const std::string* const name = std::visit(
      [](const auto& what) -> const std::string* {
        if constexpr (requires { what.producer; }) return &what.producer;
        return nullptr;
      },
      scenario.steps[send.step].what);
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

class Join {
 public:
  Join(const Scenario& scenario, const RunRecord& record) : record_(record) {
    for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
      const SendRecord& send = record.sends[i];
      const auto* step = std::get_if<SendStep>(&scenario.steps[send.step].what);
      const bool batch = step != nullptr && step->batch > 0;
      for (const std::string_view key : split_keys(send.msg_id)) (batch ? by_member_ : by_key_).emplace(key, i);
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
  /// To be called in the order of arrival.
  std::optional<std::uint64_t> send_of(const JournalEntry& entry, const SurelyUnderWay& times) {
    if (const auto known = by_key_.find(entry.key); known != by_key_.end()) return known->second;
    // Members that a client gathers by itself are sends of their own, and share the request.
    if (const auto known = by_member_.find(entry.first_member_key); known != by_member_.end()) return known->second;
    return under_way(entry, times);
  }

 private:
  struct Topic {
    std::uint64_t first, last;
    std::string_view name;
  };

  /// The only send to that topic that was under way and whose key nobody told; of one-way sends, which may arrive long
  /// after the call, the first that has not arrived.
  std::optional<std::uint64_t> under_way(const JournalEntry& entry, const SurelyUnderWay& times) {
    std::optional<std::uint64_t> found;
    const auto one_way = [&](std::uint64_t i) {
      return entry.oneway && record_.sends[i].mode == CommunicationMode::ONEWAY;
    };
    for (const Topic& topic : topics_) {
      if (!entry.topic.ends_with(topic.name)) continue;
      for (std::uint64_t i = topic.first; i < topic.last; ++i) {
        const SendRecord& send = record_.sends[i];
        const bool unknown = send.msg_id.empty() || send.msg_id.find(',') != std::string::npos || entry.key.empty();
        if (!unknown || send.start == TimePoint{} || (one_way(i) && arrived_.contains(i))) continue;
        const auto [begun, ended] = times(i);
        if (entry.at < begun || (send.completed() && entry.at > ended && !one_way(i))) continue;
        if (found && one_way(i) && one_way(*found)) continue;
        if (found) return std::nullopt;
        found = i;
      }
    }
    if (found && one_way(*found)) arrived_.insert(*found);
    return found;
  }

  const RunRecord& record_;
  std::map<std::string_view, std::uint64_t> by_key_;
  std::map<std::string_view, std::uint64_t> by_member_;  ///< of batches that are sent as such
  std::vector<Topic> topics_;
  std::set<std::uint64_t> arrived_;  ///< one-way sends whose key nobody told
};

}  // namespace

std::vector<std::vector<AttemptRecord>> seen_attempts(const Scenario& scenario, const RunRecord& record,
                                                      const RequestJournal& journal, const SurelyUnderWay& under_way) {
  Join join(scenario, record);
  std::vector<std::vector<JournalEntry>> entries(record.sends.size());
  for (const JournalEntry entry : journal.entries()) {
    if (!is_send_request(entry.code)) continue;
    if (const auto send = join.send_of(entry, under_way)) entries[*send].push_back(entry);
  }
  std::vector<std::vector<AttemptRecord>> attempts(record.sends.size());
  for (std::uint64_t i = 0; i < record.sends.size(); ++i) {
    const SendRecord& send = record.sends[i];
    for (std::size_t k = 0; k < entries[i].size(); ++k) {
      const JournalEntry& entry = entries[i][k];
      const bool last = k + 1 == entries[i].size();
      const TimePoint gave_up = !last ? entries[i][k + 1].at : send.completed() ? under_way(i).second
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
