#include "scenarios/harness/engine/steps/transaction_steps.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "scenarios/harness/engine/step_message.h"

namespace rmqsim {
namespace {

LocalOutcome local_outcome(TransactionState state) {
  switch (state) {
    case TransactionState::commit:
      return {LocalTransactionState::COMMIT_MESSAGE, {}};
    case TransactionState::rollback:
      return {LocalTransactionState::ROLLBACK_MESSAGE, {}};
    case TransactionState::unknown:
      break;
    case TransactionState::throw_:
      return local_exception("the scenario says so");
  }
  return {};
}

}  // namespace

void TransactionSteps::prepare(const ProducerSpec& spec) {
  const Scenario& scenario = context_.scenario;
  const bool transactional = std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
    const auto* transaction = std::get_if<TransactionStep>(&step.what);
    return transaction != nullptr &&
           look_up(scenario.find_producer(transaction->producer), transaction->producer).group == spec.group;
  });
  if (!transactional || check_executors_.contains(spec.name) || (spec.listener && !spec.listener->there)) return;
  ExecutorOptions options;
  options.name = "TransactionCheckExecutor/" + spec.name;
  options.queue_capacity = 2000;
  options.serialised = true;
  RunScope::Pool& executor =
      check_executors_.emplace(spec.name, context_.run.make_executor(std::move(options))).first->second;
  context_.producers.at(spec.name).set_check_handler(
      [this, &executor, name = spec.name](std::shared_ptr<TransactionCheck> check) {
        return executor.execute([this, name, check = std::move(check)] { answer_check(name, *check); });
      });
}

void TransactionSteps::begin(const TransactionStep& step, std::size_t index) {
  context_.pacer.take_turns(index, {.interval = step.interval},
                            [this, &step](const TurnPtr& turn) { send_one(step, turn); });
}

void TransactionSteps::send_one(const TransactionStep& step, const TurnPtr& turn) {
  ScenarioProducer& producer = context_.producers.at(step.producer);
  SendRecord& record = context_.journal.begin(*turn, SendRecord::Kind::transaction);
  record.timeout_millis = producer.settings().send_msg_timeout;
  record.max_attempts = 1 + producer.settings().retry_times_when_send_failed;
  record.patience = step.local_time;
  record.transaction.emplace();
  context_.journal.trace(step.producer, "transaction", {{"i", turn->number}, {"topic", step.message.topic}});
  turn->message = std::make_unique<Message>(make_message(step.message, turn->i));
  const ProducerSpec& spec = look_up(context_.scenario.find_producer(step.producer), step.producer);
  if (spec.listener && !spec.listener->there) {  // TransactionMQProducer looks before anything else
    TransactionOutcome refused;
    refused.error = client_exception(context_.profile, "TransactionListener is null");
    return completed(step, *turn, refused);
  }
  in_flight_[turn->number] = turn->message.get();
  producer.send_in_transaction(
      *turn->message,
      [this, &step, number = turn->number](Message& message, LocalDone done) {
        run_local(step, number, message, std::move(done));
      },
      [this, &step, turn](TransactionOutcome& outcome) { completed(step, *turn, outcome); },
      context_.journal.log_of(turn->number));
}

void TransactionSteps::run_local(const TransactionStep& step, std::uint64_t number, const Message& message,
                                 LocalDone done) {
  TransactionRecord& transaction = *context_.journal[number].transaction;
  transaction.uniq_key = message.uniq_key();
  transactions_[transaction.uniq_key] = number;
  auto finish = [this, number, &step, done = std::move(done)]() mutable {
    context_.journal[number].transaction->local = step.local;
    done(local_outcome(step.local));
  };
  if (step.local_time == Duration::zero()) return finish();
  context_.run.later(step.local_time, std::move(finish));
}

void TransactionSteps::completed(const TransactionStep& step, const StepPacer::Turn& turn,
                                 TransactionOutcome& outcome) {
  SendRecord& record = context_.journal[turn.number];
  if (++record.completions > 1) return;  // the checker complains
  in_flight_.erase(turn.number);
  record.transaction->uniq_key = turn.message->uniq_key();
  transactions_[record.transaction->uniq_key] = turn.number;
  record.transaction->rolled_back_unseen = outcome.result && !runs_local_transaction(outcome.result->status);
  if (outcome.result) record.result = std::move(*outcome.result);
  record.error = std::move(outcome.error);
  record.attempts = std::move(outcome.attempts);
  context_.journal.end(step.producer, turn.number);
  context_.pacer.over(turn);
  context_.pacer.go_on(turn);
}

SendRecord* TransactionSteps::find(std::string_view uniq_key, const TransactionStep*& step) {
  std::optional<std::uint64_t> number;
  if (const auto known = transactions_.find(std::string(uniq_key)); known != transactions_.end()) {
    number = known->second;
  }
  for (const auto& [sending, message] : in_flight_) {
    if (message->uniq_key() == uniq_key) number = sending;
  }
  if (!number) return nullptr;
  SendRecord& record = context_.journal[*number];
  step = &std::get<TransactionStep>(context_.scenario.steps[record.step].what);
  return &record;
}

void TransactionSteps::answer_check(const std::string& producer, const TransactionCheck& check) {
  const TransactionStep* step = nullptr;
  SendRecord* record = find(check.message.uniq_key(), step);
  TransactionState state = TransactionState::unknown;
  const ProducerSpec& spec = look_up(context_.scenario.find_producer(producer), producer);
  const bool own = spec.listener && !spec.listener->check.empty();
  if (record != nullptr && (own || !step->check.empty())) {
    const auto& words = own ? spec.listener->check : step->check;
    state = words[std::min(record->transaction->answered, words.size() - 1)];
  }
  if (record != nullptr) {
    ++record->transaction->answered;
    record->transaction->answered_by.insert(producer);
  }
  context_.journal.trace(
      producer, "check",
      {{"key", check.message.uniq_key()}, {"answer", kTransactionStates[static_cast<std::size_t>(state)]}});
  context_.producers.at(producer).answer_check(check, local_outcome(state));
}

}  // namespace rmqsim
