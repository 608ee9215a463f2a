#include "scenarios/harness/engine/steps/send_steps.h"

#include <utility>
#include <variant>
#include <vector>

#include "scenarios/harness/engine/step_message.h"

namespace rmqsim {
namespace {

/// As SendResult::msg_id has them.
std::string keys_of(const Message& message) {
  return message.is_batch() ? message.batch_uniq_keys() : std::string(message.uniq_key());
}

}  // namespace

void SendSteps::begin(const SendStep& step, std::size_t index) {
  const Pace pace{.interval = step.interval,
                  .from_start = step.mode != CommunicationMode::SYNC,
                  .always_waits = step.mode == CommunicationMode::ASYNC};
  context_.pacer.take_turns(index, pace, [this, &step](const TurnPtr& turn) { send_one(step, turn); });
}

SendCall SendSteps::make_call(const SendStep& step, const ProducerSettings& settings, std::uint64_t i) {
  SendCall call;
  call.mode = step.mode;
  call.timeout_millis = step.timeout_ms.value_or(settings.send_msg_timeout);
  call.may_batch = !step.timeout_ms && step.batch == 0 && step.mode != CommunicationMode::ONEWAY;
  aim(call, step, i, context_.run);
  return call;
}

std::variant<Message, MQError> SendSteps::message_of(const SendStep& step, std::uint64_t i) {
  if (step.batch == 0) return make_message(step.message, i);
  std::vector<Message> members;
  for (std::uint32_t k = 0; k < step.batch; ++k) members.push_back(make_message(step.message, i * step.batch + k));
  return context_.producers.at(step.producer).batch(members);
}

void SendSteps::send_one(const SendStep& step, const TurnPtr& turn) {
  const ProducerSettings& settings = context_.producers.at(step.producer).settings();
  SendCall call = make_call(step, settings, turn->i);
  call.decisions = context_.journal.log_of(turn->number);
  SendRecord& record = context_.journal.begin(*turn, SendRecord::Kind::send);
  record.mode = step.mode;
  record.timeout_millis = call.timeout_millis;
  if (call.mode == CommunicationMode::ASYNC) record.max_attempts = 1 + settings.retry_times_when_send_async_failed;
  if (call.mode == CommunicationMode::SYNC && call.path == SendPath::default_path) {
    record.max_attempts = 1 + settings.retry_times_when_send_failed;
  }
  context_.journal.trace(step.producer, "send", {{"i", turn->number}, {"topic", step.message.topic}});
  auto made = message_of(step, turn->i);
  if (auto* error = std::get_if<MQError>(&made)) {
    return context_.run.post([this, &step, turn, error = std::make_unique<MQError>(std::move(*error))] {
      failed(step, *turn, std::move(*error));
      context_.pacer.go_on(*turn);
    });
  }
  auto message = std::make_unique<Message>(std::move(std::get<Message>(made)));
  const bool selects_first = call.path == SendPath::selector && !step.timeout_ms &&
                             context_.profile.selector_runs_first && call.mode != CommunicationMode::ONEWAY;
  if (selects_first) return select_and_issue(step, turn, std::move(message), std::move(call));
  issue(step, turn, std::move(message), std::move(call));
}

void SendSteps::select_and_issue(const SendStep& step, const TurnPtr& turn, std::unique_ptr<Message> message,
                                 SendCall&& call) {
  Message& selected_for = *message;
  MessageQueueSelector& selector = *call.selector;
  const std::int64_t timeout = call.timeout_millis;
  auto selected = [this, &step, turn, message = std::move(message), call = std::make_unique<SendCall>(std::move(call))](
                      std::variant<MessageQueue, MQError> outcome) mutable {
    if (auto* error = std::get_if<MQError>(&outcome)) {
      failed(step, *turn, std::move(*error));
      return context_.pacer.go_on(*turn);
    }
    call->path = SendPath::queue;
    call->queue = std::move(std::get<MessageQueue>(outcome));
    issue(step, turn, std::move(message), std::move(*call));
  };
  context_.producers.at(step.producer)
      .invoke_message_queue_selector(selected_for, selector, timeout, std::move(selected));
}

void SendSteps::issue(const SendStep& step, const TurnPtr& turn, std::unique_ptr<Message> message, SendCall&& call) {
  ScenarioProducer& producer = context_.producers.at(step.producer);
  if (call.mode == CommunicationMode::ASYNC) {
    // The call returns at once, or when back-pressure lets it.
    return producer.begin_async(
        std::move(*message), std::move(call),
        [this, &step, turn](SendOutcome& outcome) { completed(step, *turn, outcome); },
        [this, &step, turn](std::optional<MQError> error) {
          if (error) failed(step, *turn, std::move(*error));
          SendRecord& record = context_.journal[turn->number];
          if (!record.completed()) record.permits_out = context_.producers.at(step.producer).permits_out();
          context_.pacer.go_on(*turn);
        });
  }
  turn->message = std::move(message);
  producer.send(*turn->message, std::move(call), [this, &step, turn](SendOutcome& outcome) {
    completed(step, *turn, outcome);
    if (!outcome.amended) context_.pacer.go_on(*turn);
  });
}

void SendSteps::failed(const SendStep& step, const StepPacer::Turn& turn, MQError error) {
  SendOutcome outcome{.error = std::move(error)};
  completed(step, turn, outcome);
}

void SendSteps::completed(const SendStep& step, const StepPacer::Turn& turn, SendOutcome& outcome) {
  SendRecord& record = context_.journal[turn.number];
  if (outcome.amended) return context_.journal.amend(step.producer, turn.number, *outcome.attempts);
  if (++record.completions > 1) return;  // the checker complains
  if (outcome.message != nullptr) record.msg_id = keys_of(*outcome.message);
  if (outcome.result != nullptr) record.result = std::move(*outcome.result);
  record.error = std::move(outcome.error);
  if (outcome.attempts != nullptr) record.attempts = *outcome.attempts;
  record.requests_waiting = context_.producers.at(step.producer).requests_waiting();
  context_.journal.end(step.producer, turn.number);
  context_.pacer.over(turn);
}

}  // namespace rmqsim
