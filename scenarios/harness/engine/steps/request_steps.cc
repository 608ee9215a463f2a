#include "scenarios/harness/engine/steps/request_steps.h"

#include <utility>

#include "scenarios/harness/engine/step_message.h"

namespace rmqsim {
namespace {

std::string_view callback_name(RequestOutcome::Kind kind) {
  switch (kind) {
    case RequestOutcome::Kind::stored:
      return kRequestCallbacks[0];
    case RequestOutcome::Kind::reply:
      return kRequestCallbacks[1];
    case RequestOutcome::Kind::exception:
      return kRequestCallbacks[2];
    default:
      return kRequestCallbacks[3];
  }
}

}  // namespace

void RequestSteps::begin(const RequestStep& step, std::size_t index) {
  const Pace pace{.interval = step.interval, .from_start = step.mode == CommunicationMode::ASYNC};
  context_.pacer.take_turns(index, pace, [this, &step](const TurnPtr& turn) { ask(step, turn); });
}

void RequestSteps::ask(const RequestStep& step, const TurnPtr& turn) {
  ScenarioProducer& producer = context_.producers.at(step.producer);
  SendRecord& record = context_.journal.begin(*turn, SendRecord::Kind::request);
  record.mode = step.mode;
  record.timeout_millis = step.timeout_ms;
  record.max_attempts = 1 + producer.settings().retry_times_when_send_async_failed;
  context_.journal.trace(step.producer, "ask", {{"i", turn->number}, {"topic", step.message.topic}});
  RequestCall call;
  call.with_callback = step.mode == CommunicationMode::ASYNC;
  call.timeout_millis = step.timeout_ms;
  call.decisions = context_.journal.log_of(turn->number);
  aim(call, step, turn->i, context_.run);
  turn->message = std::make_unique<Message>(make_message(step.message, turn->i));
  // The caller waits for a route even when it gets its reply by a callback.
  producer.request(
      *turn->message, std::move(call),
      [this, &step, turn](RequestOutcome& outcome) { called_back(step, *turn, outcome); },
      [this, &step, turn] {
        if (step.mode == CommunicationMode::ASYNC) context_.pacer.go_on(*turn);
      });
  record.msg_id = turn->message->uniq_key();
}

void RequestSteps::called_back(const RequestStep& step, const StepPacer::Turn& turn, RequestOutcome& outcome) {
  SendRecord& record = context_.journal[turn.number];
  if (outcome.amended) return context_.journal.amend(step.producer, turn.number, *outcome.attempts);
  record.msg_id = turn.message->uniq_key();
  if (step.mode == CommunicationMode::ASYNC) record.callbacks.emplace_back(callback_name(outcome.kind));
  // A request with a callback is over when it has more to say than that it was stored; what comes after that is only
  // noted, since Java calls back more than once (behaviour §10.2).
  if (record.completions > 0) return;
  if (outcome.attempts != nullptr) record.attempts = *outcome.attempts;
  if (outcome.kind == RequestOutcome::Kind::stored) return;
  ++record.completions;
  if (outcome.reply) record.reply = outcome.reply->getBody();
  record.error = std::move(outcome.error);
  context_.journal.end(step.producer, turn.number);
  context_.pacer.over(turn);
  if (step.mode != CommunicationMode::ASYNC) context_.pacer.go_on(turn);
}

}  // namespace rmqsim
