#include "scenarios/harness/engine/steps/recall_steps.h"

#include <utility>

namespace rmqsim {

void RecallSteps::begin(const RecallStep& step, std::size_t index) {
  context_.pacer.take_turns(index, {.interval = step.interval},
                            [this, &step](const TurnPtr& turn) { recall_one(step, turn); });
}

void RecallSteps::recall_one(const RecallStep& step, const TurnPtr& turn) {
  ScenarioProducer& producer = context_.producers.at(step.producer);
  SendRecord& record = context_.journal.begin(*turn, SendRecord::Kind::recall);
  record.timeout_millis = producer.settings().send_msg_timeout;
  record.recalls = step.sends.at(turn->i);
  const SendRecord& recalled = context_.journal[*record.recalls];
  const std::string handle = recalled.result ? recalled.result->recall_handle.value_or("") : "";
  context_.journal.trace(step.producer, "recall", {{"i", turn->number}, {"send", *record.recalls}});
  producer.recall(step.topic ? *step.topic : topic_of(*record.recalls), handle,
                  [this, &step, turn](std::variant<std::string, MQError> outcome) {
                    SendRecord& record = context_.journal[turn->number];
                    if (++record.completions > 1) return;  // the checker complains
                    if (auto* error = std::get_if<MQError>(&outcome)) record.error = std::move(*error);
                    context_.journal.end(step.producer, turn->number);
                    context_.pacer.over(*turn);
                    context_.pacer.go_on(*turn);
                  });
}

std::string RecallSteps::topic_of(std::uint64_t number) const {
  for (const Step& step : context_.scenario.steps) {
    if (number < step.first_send || number >= step.first_send + step.send_count) continue;
    if (const auto* send = std::get_if<SendStep>(&step.what)) return send->message.topic;
    if (const auto* transaction = std::get_if<TransactionStep>(&step.what)) return transaction->message.topic;
    if (const auto* request = std::get_if<RequestStep>(&step.what)) return request->message.topic;
    if (const auto* recall = std::get_if<RecallStep>(&step.what)) {
      return recall->topic ? *recall->topic : topic_of(recall->sends.at(number - step.first_send));
    }
  }
  return {};
}

}  // namespace rmqsim
