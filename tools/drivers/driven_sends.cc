#include "tools/drivers/driven_sends.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "producer/client/api/send_result.h"
#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

/// Beyond the time that a send may take when each of its attempts has all of it.
constexpr Duration kSendPatience = std::chrono::seconds(10);
/// By which a send is waited for whose retries nobody limits.
constexpr int kLikelyAttempts = 6;
/// What a driver may be wrong by about times that both of us measure.
constexpr Duration kClockSlack = millis(20);

std::optional<ErrorType> error_type(std::string_view name) {
  for (int type = 0; type <= static_cast<int>(ErrorType::RuntimeException); ++type) {
    if (error_type_name(static_cast<ErrorType>(type)) == name) return static_cast<ErrorType>(type);
  }
  return std::nullopt;
}

SendStatus status_of(std::string_view outcome) {
  for (const SendStatus status :
       {SendStatus::FLUSH_DISK_TIMEOUT, SendStatus::FLUSH_SLAVE_TIMEOUT, SendStatus::SLAVE_NOT_AVAILABLE}) {
    if (send_status_name(status) == outcome) return status;
  }
  return SendStatus::SEND_OK;
}

std::string millis_text(double millis) { return std::to_string(std::llround(millis)) + " ms"; }

/// What answers to such a request may be.
bool fits(const SendRecord& record, std::string_view outcome) {
  if (outcome == "EXCEPTION") return true;
  switch (record.kind) {
    case SendRecord::Kind::request:
      return outcome == "REPLY";
    case SendRecord::Kind::recall:
      return outcome == "RECALLED";
    default:
      return record.mode == CommunicationMode::ONEWAY
                 ? outcome == "SENT"
                 : outcome != "SENT" && outcome != "REPLY" && outcome != "RECALLED";
  }
}

}  // namespace

DrivenSends::DrivenSends(RunScope& run, ScenarioWorld& world, const Scenario& scenario, const DriverHello& hello,
                         RunRecord& record, const DrivenProducers& producers, StepPacer& pacer, SayToDriver& say)
    : run_(run),
      world_(world),
      scenario_(scenario),
      hello_(hello),
      record_(record),
      producers_(producers),
      pacer_(pacer),
      say_(say) {
  record_.sends.resize(scenario.send_count);
  said_at_.resize(scenario.send_count);
  heard_at_.resize(scenario.send_count);
}

DriverTurn DrivenSends::turn_of(const StepPacer::Turn& turn) {
  const auto thread = threads_.emplace(turn.thread, static_cast<std::uint32_t>(threads_.size())).first->second;
  return {turn.number, turn.i, thread};
}

/// What its messages have as kSendNameProperty.
std::string DrivenSends::names_of(const StepPacer::Turn& turn) const {
  const auto* const step = std::get_if<SendStep>(&scenario_.steps[turn.step].what);
  if (step == nullptr || step->batch == 0) return send_mark(turn.number);
  std::string names;
  for (std::uint32_t k = 0; k < step->batch; ++k) names += (k == 0 ? "" : ",") + send_mark(turn.number, k);
  return names;
}

SendRecord& DrivenSends::open(const TurnPtr& turn, SendRecord::Kind kind, const std::string& what,
                              std::int64_t timeout_millis, int max_attempts, bool tells_return) {
  SendRecord& record = record_.sends[turn->number];
  record.kind = kind;
  record.step = turn->step;
  record.thread = turn->of_step;
  record.start = run_.now();
  const bool limited = timeout_millis < DrivenProducers::kAnyTimeoutMillis;
  record.timeout_millis = timeout_millis;
  record.max_attempts = max_attempts;
  if (hello_.key_in_property) record.msg_id = names_of(*turn);
  const TimePoint due = run_.now() +
                        millis(limited ? timeout_millis : 3000) * (std::min(max_attempts, kLikelyAttempts) + 1) +
                        kSendPatience;
  said_at_[turn->number] = run_.now();
  under_way_[turn->number] = {turn, due, what + " #" + std::to_string(turn->number), tells_return};
  return record;
}

void DrivenSends::perform(const SendStep& step, std::size_t index) {
  const Pace pace{.interval = step.interval,
                  .from_start = step.mode != CommunicationMode::SYNC,
                  .always_waits = step.mode == CommunicationMode::ASYNC};
  pacer_.take_turns(index, pace, [this, &step](const TurnPtr& turn) {
    const bool async = step.mode == CommunicationMode::ASYNC;
    const bool chosen = step.queue || step.selector;
    const std::int64_t timeout = step.timeout_ms.value_or(producers_.timeout_of(step.producer));
    int attempts = 1;
    if (async) attempts += producers_.retries_of(step.producer, "retryTimesWhenSendAsyncFailed");
    if (step.mode == CommunicationMode::SYNC && !chosen) {
      attempts += producers_.retries_of(step.producer, "retryTimesWhenSendFailed");
    }
    const bool tells_return = async && hello_.has("called");
    open(turn, SendRecord::Kind::send, "send", timeout, attempts, tells_return).mode = step.mode;
    say_(send_line(step, turn_of(*turn), hello_));
    if (async && !tells_return) pacer_.go_on(*turn);
  });
}

void DrivenSends::perform(const TransactionStep& step, std::size_t index) {
  pacer_.take_turns(index, {.interval = step.interval}, [this, &step](const TurnPtr& turn) {
    SendRecord& record = open(turn, SendRecord::Kind::transaction, "transaction", producers_.timeout_of(step.producer),
                              1 + producers_.retries_of(step.producer, "retryTimesWhenSendFailed"), false);
    record.patience = step.local_time;
    record.transaction.emplace();
    under_way_[turn->number].due += step.local_time;
    say_(transaction_line(step, turn_of(*turn), hello_));
  });
}

void DrivenSends::perform(const RequestStep& step, std::size_t index) {
  const Pace pace{.interval = step.interval, .from_start = step.mode == CommunicationMode::ASYNC};
  pacer_.take_turns(index, pace, [this, &step](const TurnPtr& turn) {
    const bool async = step.mode == CommunicationMode::ASYNC, tells_return = async && hello_.has("called");
    open(turn, SendRecord::Kind::request, "request", step.timeout_ms,
         1 + producers_.retries_of(step.producer, "retryTimesWhenSendAsyncFailed"), tells_return)
        .mode = step.mode;
    say_(ask_line(step, turn_of(*turn), hello_));
    if (async && !tells_return) pacer_.go_on(*turn);
  });
}

void DrivenSends::perform(const RecallStep& step, std::size_t index) {
  pacer_.take_turns(index, {.interval = step.interval}, [this, &step](const TurnPtr& turn) {
    SendRecord& record = open(turn, SendRecord::Kind::recall, "recall", producers_.timeout_of(step.producer), 1, false);
    record.recalls = step.sends.at(turn->i);
    const SendRecord& recalled = record_.sends[*record.recalls];
    const std::string handle = recalled.result ? recalled.result->recall_handle.value_or("") : "";
    say_(recall_line(step.producer, step.topic ? *step.topic : topic_of(*record.recalls), handle, turn_of(*turn)));
  });
}

std::string DrivenSends::topic_of(std::uint64_t send) const {
  for (const Step& step : scenario_.steps) {
    if (send < step.first_send || send >= step.first_send + step.send_count) continue;
    if (const auto* sending = std::get_if<SendStep>(&step.what)) return sending->message.topic;
    if (const auto* transaction = std::get_if<TransactionStep>(&step.what)) return transaction->message.topic;
    if (const auto* request = std::get_if<RequestStep>(&step.what)) return request->message.topic;
    if (const auto* recall = std::get_if<RecallStep>(&step.what)) {
      return recall->topic ? *recall->topic : topic_of(recall->sends.at(send - step.first_send));
    }
  }
  return {};
}

std::optional<std::string> DrivenSends::heard(DriverAnswer& answer) {
  const std::string name = "#" + std::to_string(answer.i);
  const auto at = under_way_.find(answer.i);
  if (at == under_way_.end()) {
    const bool known = answer.i < record_.sends.size();
    if (answer.kind == DriverAnswer::Kind::called && known && record_.sends[answer.i].completed()) {
      return "it says that the call of " + name + " returned, after it had answered it and said so";
    }
    return known && record_.sends[answer.i].completed() ? "it answers " + name + " twice"
                                                        : "it answers " + name + ", which it was not asked for";
  }
  UnderWay& one = at->second;
  if (answer.kind == DriverAnswer::Kind::called) {
    if (!one.tells_return)
      return "it says twice that the call of " + name + " returned, or of one that does not say so";
    one.tells_return = false;
    pacer_.go_on(*one.turn);
    if (record_.sends[answer.i].completed()) under_way_.erase(at);
    return std::nullopt;
  }
  SendRecord& record = record_.sends[answer.i];
  if (record.completed()) return "it answers " + name + " twice";
  if (auto wrong = take(record, answer.sent, answer.i)) return name + ": " + *wrong;
  const TurnPtr turn = one.turn;
  const bool returns = record.mode != CommunicationMode::ASYNC ||
                       (record.kind != SendRecord::Kind::send && record.kind != SendRecord::Kind::request);
  if (!one.tells_return) under_way_.erase(at);
  pacer_.over(*turn);
  if (returns) pacer_.go_on(*turn);
  return std::nullopt;
}

/// Of an async request each one, of an async send those after its answer.
std::optional<std::string> DrivenSends::heard_of_callback(const DriverAnswer& answer) {
  const std::string name = "#" + std::to_string(answer.i);
  const bool known =
      answer.i < record_.sends.size() && (under_way_.contains(answer.i) || record_.sends[answer.i].completed());
  if (!known) return "it tells of a callback of " + name + ", which it was not asked for";
  SendRecord& record = record_.sends[answer.i];
  if (record.mode != CommunicationMode::ASYNC) return "it tells of a callback of " + name + ", which has none";
  const auto is_one_of = [&](const auto& words) {
    return std::find(std::begin(words), std::end(words), answer.text) != std::end(words);
  };
  if (record.kind == SendRecord::Kind::request) {
    if (!is_one_of(kRequestCallbacks)) return "callback " + harmless(answer.text, 60) + " of " + name + " is unknown";
    record.callbacks.push_back(answer.text);
    return std::nullopt;
  }
  if (!is_one_of(kSendCallbacks)) return "callback " + harmless(answer.text, 60) + " of " + name + " is unknown";
  if (!record.completed()) return "it tells of a callback of " + name + " before it answers it";
  ++record.completions;
  return std::nullopt;
}

/// The result of an async batch in a namespace, made or gathered, has a key of the batch's own, or none: it names no
/// message (quirk 55).
bool DrivenSends::names_no_message(const SendRecord& record, const std::string& msg_id) const {
  const auto* step = std::get_if<SendStep>(&scenario_.steps[record.step].what);
  if (step == nullptr || record.mode != CommunicationMode::ASYNC || msg_id.find(',') != std::string::npos) return false;
  const ProducerSpec* producer = scenario_.find_producer(step->producer);
  if (producer == nullptr) return false;
  const std::string* name_space = producer->config.get<std::string>("namespace");
  const bool* gathers = producer->config.get<bool>("autoBatch");
  const bool batch = step->batch > 0 || (gathers != nullptr && *gathers && !step->timeout_ms);
  return batch && name_space != nullptr && !name_space->empty();
}

std::optional<std::string> DrivenSends::take(SendRecord& record, const DriverSent& sent, std::uint64_t i) {
  if (!fits(record, sent.outcome)) return "outcome " + sent.outcome + " is none of such a request";
  const auto elapsed = std::chrono::duration_cast<Duration>(std::chrono::duration<double, std::milli>(sent.elapsed_ms));
  const TimePoint now = run_.now(), said = said_at_[i];
  if (elapsed > now - said + kClockSlack) {
    return "it says that it took " + millis_text(sent.elapsed_ms) + ", and answers " +
           millis_text(to_fractional_millis(now - said)) + " after it was asked";
  }
  const bool nameless = names_no_message(record, sent.msg_id);
  if (sent.broker && sent.msg_id.empty() && !hello_.key_in_property && !nameless) {
    return "outcome " + sent.outcome + " without \"msgId\", and hello does not say \"key\": \"property\"";
  }
  heard_at_[i] = now;
  record.end = now;
  record.start = std::max(said, now - elapsed);
  record.completions = sent.callback_count ? static_cast<std::uint32_t>(*sent.callback_count) : 1;
  if (record.completions == 0) return "it answers, and says that nobody was called back";
  if (!sent.msg_id.empty() && !hello_.key_in_property && !nameless) record.msg_id = sent.msg_id;
  if (sent.exception) {
    MQError error;
    const auto type = error_type(sent.exception->type);
    error.type = type.value_or(ErrorType::RuntimeException);
    if (!type) record.foreign_type = sent.exception->type;
    error.response_code = sent.exception->response_code.value_or(-1);
    error.message = world_.cluster().symbolic(sent.exception->message);
    record.error = std::move(error);
  } else if (sent.broker && sent.queue_id) {
    SendResult result;
    result.status = status_of(sent.outcome);
    result.msg_id = record.msg_id;
    const auto* step = std::get_if<SendStep>(&scenario_.steps[record.step].what);
    result.message_queue = MessageQueue(step == nullptr ? "" : step->message.topic, *sent.broker, *sent.queue_id);
    result.recall_handle = sent.recall_handle;
    record.result = std::move(result);
  }
  record.reply = sent.reply;
  if (record.transaction) {
    record.transaction->uniq_key = record.msg_id;
    for (std::size_t k = 0; sent.local && k < std::size(kTransactionStates); ++k) {
      if (kTransactionStates[k] == *sent.local) record.transaction->local = static_cast<TransactionState>(k);
    }
  }
  return std::nullopt;
}

std::optional<std::string> DrivenSends::overdue() const {
  const TimePoint now = run_.now();
  for (const auto& [i, one] : under_way_) {
    if (now > one.due) return "it did not answer " + one.what + " in time";
  }
  return std::nullopt;
}

std::string DrivenSends::waiting_for() const { return under_way_.empty() ? "" : under_way_.begin()->second.what; }

Duration DrivenSends::waited() const {
  Duration longest{0};
  for (const auto& [i, one] : under_way_) longest = std::max(longest, run_.now() - said_at_[i]);
  return longest;
}

}  // namespace rmqsim
