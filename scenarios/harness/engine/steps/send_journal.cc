#include "scenarios/harness/engine/steps/send_journal.h"

#include <algorithm>
#include <utility>

#include "scenarios/harness/engine/steps/begun_attempts.h"
#include "scenarios/harness/events/event_rows.h"
#include "scenarios/harness/report/decision_events.h"

namespace rmqsim {
namespace {

bool is_over(const AttemptRecord& attempt) { return attempt.outcome != "INCOMPLETE"; }

}  // namespace

SendRecord& SendJournal::begin(const StepPacer::Turn& turn, SendRecord::Kind kind) {
  SendRecord& record = record_.sends[turn.number];
  record.kind = kind;
  record.step = turn.step;
  record.thread = turn.of_step;
  record.start = turn.start;
  return record;
}

void SendJournal::end(const std::string& producer, std::uint64_t number) {
  SendRecord& record = record_.sends[number];
  record.end = run_.now();
  if (number < record_.under_way.size()) DecisionLog().swap(record_.under_way[number]);
  if (record.error) make_symbolic(*record.error);
  TraceSink* sink = run_.trace();
  if (sink == nullptr) return;
  if (record_.onlooker != nullptr) tell_decisions(producer, number);
  tell_attempts(producer, number, 0);
  sink->record(run_.now(), producer, "result",
               {{"i", number},
                {"outcome", record.outcome()},
                {"error", record.error ? std::string_view(record.error->message) : std::string_view()}});
}

void SendJournal::amend(const std::string& producer, std::uint64_t number, const std::vector<AttemptRecord>& attempts) {
  if (closed_) return;
  std::vector<AttemptRecord>& known = record_.sends[number].attempts;
  const auto told = std::count_if(known.begin(), known.end(), is_over);
  known = attempts;
  if (record_.onlooker != nullptr) tell_decisions(producer, number);
  tell_attempts(producer, number, static_cast<std::size_t>(told));
}

void SendJournal::give_up() {
  for (std::uint64_t number = 0; number < record_.sends.size(); ++number) {
    SendRecord& record = record_.sends[number];
    const DecisionLog* const log = record.completed() ? nullptr : log_of(number);
    if (log != nullptr) record.attempts = begun_attempts(*log, run_.now());
  }
}

void SendJournal::tell_attempts(const std::string& producer, std::uint64_t number, std::size_t first) const {
  TraceSink* const sink = run_.trace();
  if (sink == nullptr) return;
  const std::vector<AttemptRecord>& attempts = record_.sends[number].attempts;
  for (std::size_t k = first; k < attempts.size() && is_over(attempts[k]); ++k) {
    const AttemptRecord& attempt = attempts[k];
    sink->record(attempt.start, producer, "attempt",
                 {{"i", number},
                  {"broker", attempt.broker},
                  {"queueId", attempt.queue_id},
                  {"elapsedUs", attempt.elapsed.count() / 1000},
                  {"timeoutMs", attempt.timeout_millis},
                  {"outcome", attempt.outcome}});
  }
}

/// Names instead of addresses.
void SendJournal::make_symbolic(MQError& error) const {
  error.message = world_.cluster().symbolic(std::move(error.message));
  if (!error.cause) return;
  auto cause = std::make_shared<MQError>(*error.cause);
  make_symbolic(*cause);
  error.cause = std::move(cause);
}

void SendJournal::tell_decisions(const std::string& producer, std::uint64_t number) {
  const DecisionLog* log = log_of(number);
  if (log == nullptr) return;
  for (std::size_t& told = decisions_told_[number]; told < log->size(); ++told) {
    const Decision& decision = (*log)[told];
    if (std::optional<EventData> event = as_event(static_cast<std::int64_t>(number), decision)) {
      write_event(*record_.onlooker, decision.at, producer, *event);
    }
  }
}

DecisionLog* SendJournal::log_of(std::uint64_t number) {
  if (number < record_.every_decision.size()) return &record_.every_decision[number];
  if (record_.explained == number) return &record_.decisions;
  return number < record_.under_way.size() ? &record_.under_way[number] : nullptr;
}

void SendJournal::trace(std::string_view node, std::string_view event, std::initializer_list<TraceField> fields) {
  if (TraceSink* sink = run_.trace()) sink->record(run_.now(), node, event, fields);
}

}  // namespace rmqsim
