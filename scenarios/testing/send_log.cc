#include "scenarios/testing/send_log.h"

#include <utility>
#include <variant>

#include "producer/remoting/codes.h"
#include "scenarios/testing/rmqsim/values.h"

namespace rmqsim::test {
namespace {

/// UNIQ_KEYs, as SendResult::msg_id has them.
std::string keys_in(const Message& message) {
  return message.is_batch() ? message.batch_uniq_keys() : std::string(message.uniq_key());
}

class Observer final : public SendObserver {
 public:
  Observer(std::shared_ptr<SendLog> log, std::string producer) : log_(std::move(log)), producer_(std::move(producer)) {}
  SendHandler watch(const Message& message, SendCall& call, const ProducerSettings& settings,
                    SendHandler handler) override {
    return log_->watch(producer_, message, call, std::move(handler), settings);
  }
  void replied(std::string_view correlation_id, const MessageExt& reply) override {
    log_->replied(correlation_id, reply);
  }
  void threw(const std::exception_ptr& error) override { log_->threw(error); }

 private:
  std::shared_ptr<SendLog> log_;
  std::string producer_;
};

class EndHook final : public EndTransactionHook {
 public:
  EndHook(std::shared_ptr<SendLog> log, std::string producer) : log_(std::move(log)), producer_(std::move(producer)) {}
  std::string hookName() const override { return "rmqsim::test"; }
  void endTransaction(EndTransactionContext& context) override { log_->local_ended(producer_, context); }

 private:
  std::shared_ptr<SendLog> log_;
  std::string producer_;
};

TransactionState state_of(LocalTransactionState state) {
  switch (state) {
    case LocalTransactionState::COMMIT_MESSAGE: return TransactionState::commit;
    case LocalTransactionState::ROLLBACK_MESSAGE: return TransactionState::rollback;
    case LocalTransactionState::UNKNOW: return TransactionState::unknown;
  }
  return TransactionState::unknown;
}

rmqsim::SendStep step_of_call(const std::string& producer, const Message& message, const SendCall& call) {
  rmqsim::SendStep step;
  step.producer = producer;
  step.mode = call.mode;
  step.message.topic = message.getTopic();
  step.timeout_ms = call.timeout_millis;
  if (call.queue) step.queue = QueueTarget{call.queue->getBrokerName(), call.queue->getQueueId()};
  return step;
}

}  // namespace

std::shared_ptr<SendObserver> SendLog::observer(std::string producer) {
  return std::make_shared<Observer>(shared_from_this(), std::move(producer));
}

std::shared_ptr<EndTransactionHook> SendLog::transaction_hook(std::string producer) {
  return std::make_shared<EndHook>(shared_from_this(), std::move(producer));
}

SendHandler SendLog::watch(const std::string& producer, const Message& message, SendCall& call, SendHandler handler,
                           const ProducerSettings& settings) {
  Entry* entry = nullptr;
  runtime_.run([&] {
    entry = &entries_.emplace_back(Entry{producer, step_of_call(producer, message, call), {}, {}, {}});
    entry->correlation_id = message.property(MessageConst::PROPERTY_CORRELATION_ID);
    ++under_way_;
    SendRecord& record = entry->record;
    record.mode = call.mode;
    record.start = runtime_.now();
    record.timeout_millis = call.timeout_millis;
    if (call.mode == CommunicationMode::ASYNC) record.max_attempts = 1 + settings.retry_times_when_send_async_failed;
    if (call.mode == CommunicationMode::SYNC && call.path == SendPath::default_path) {
      record.max_attempts = 1 + settings.retry_times_when_send_failed;
    }
    if (message.property(MessageConst::PROPERTY_TRANSACTION_PREPARED) == "true") {
      record.kind = SendRecord::Kind::transaction;
      record.transaction.emplace();
    }
  });
  call.decisions = &entry->decisions;
  return [self = shared_from_this(), entry, handler = std::move(handler)](SendOutcome& outcome) mutable {
    self->ended(*entry, outcome);
    handler(outcome);
  };
}

void SendLog::ended(Entry& entry, const SendOutcome& outcome) {
  SendRecord& record = entry.record;
  if (outcome.attempts != nullptr) record.attempts = *outcome.attempts;
  if (outcome.amended || ++record.completions > 1) return;
  --under_way_;
  record.end = runtime_.now();
  if (outcome.message != nullptr) record.msg_id = keys_in(*outcome.message);
  if (outcome.result != nullptr) record.result = *outcome.result;
  record.error = outcome.error;
  if (record.error) record.error->message = symbolic_(std::move(record.error->message));
  if (record.transaction) record.transaction->uniq_key = record.msg_id;
}

void SendLog::replied(std::string_view correlation_id, const MessageExt& reply) {
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    if (entry->correlation_id != correlation_id) continue;
    entry->record.reply = reply.getBody();
    return;
  }
}

void SendLog::local_ended(const std::string& producer, const EndTransactionContext& context) {
  // The latest is the likeliest.
  for (auto entry = entries_.rbegin(); entry != entries_.rend(); ++entry) {
    std::optional<TransactionRecord>& transaction = entry->record.transaction;
    if (!transaction || transaction->uniq_key != context.msg_id) continue;
    if (context.from_transaction_check) {
      ++transaction->answered;
      transaction->answered_by.insert(producer);
    } else {
      transaction->local = state_of(context.transaction_state);
    }
    return;
  }
}

}  // namespace rmqsim::test
