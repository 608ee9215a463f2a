#include "scenarios/harness/report/html/send_columns.h"

#include <nlohmann/json.hpp>

#include "scenarios/harness/report/ledger.h"

namespace rmqsim {
namespace {

using nlohmann::ordered_json;

ordered_json attempts_json(const std::vector<SendRecord>& sends, TimePoint origin, WordList& words) {
  Column start, took, broker, queue, timeout, outcome;
  for (const SendRecord& send : sends) {
    for (const AttemptRecord& attempt : send.attempts) {
      start.push_back(rounded_micros(attempt.start - origin));
      took.push_back(rounded_micros(attempt.elapsed));
      broker.push_back(words.place(attempt.broker));
      queue.push_back(attempt.queue_id);
      timeout.push_back(attempt.timeout_millis);
      outcome.push_back(words.place(attempt.outcome));
    }
  }
  return {{"size", start.size()},
          {"start", differences_json(start)},
          {"took", column_json(took)},
          {"broker", column_json(broker)},
          {"queueId", column_json(queue)},
          {"timeoutMs", column_json(timeout)},
          {"outcome", column_json(outcome)}};
}

// In place of the time that a send took, as data.js knows them.
constexpr std::int64_t kNeverEnded = -1, kNeverBegan = -2;

}  // namespace

void put_send_columns(const std::vector<SendRecord>& sends, TimePoint origin, const Column& producers, WordList& words,
                      ordered_json& run) {
  Column start, took, outcome, producer, mode, attempts, more, broker, queue;
  for (const SendRecord& send : sends) {
    const std::string extras = ledger_extras(send);
    // One that never began stands where the one before it does.
    start.push_back(send.begun() ? rounded_micros(send.start - origin) : start.empty() ? 0 : start.back());
    took.push_back(send.completed() ? rounded_micros(send.elapsed()) : send.begun() ? kNeverEnded : kNeverBegan);
    outcome.push_back(words.place(send.outcome()));
    producer.push_back(producers[send.step]);
    mode.push_back(words.place(ledger_mode(send)));
    attempts.push_back(static_cast<std::int64_t>(send.attempts.size()));
    more.push_back(extras.empty() ? -1 : words.place(extras));
    broker.push_back(send.result ? words.place(send.result->message_queue.getBrokerName()) : -1);
    queue.push_back(send.result ? send.result->message_queue.getQueueId() : 0);
  }
  run["sends"] = {{"size", sends.size()},
                  {"start", differences_json(start)},
                  {"took", column_json(took)},
                  {"outcome", column_json(outcome)},
                  {"producer", column_json(producer)},
                  {"mode", column_json(mode)},
                  {"attempts", column_json(attempts)},
                  {"more", column_json(more)},
                  {"broker", column_json(broker)},
                  {"queueId", column_json(queue)}};
  run["attempts"] = attempts_json(sends, origin, words);
}

}  // namespace rmqsim
