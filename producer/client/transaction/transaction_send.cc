#include "producer/client/transaction/transaction_send.h"

#include <utility>

#include "producer/remoting/namespace_util.h"
#include "producer/transport/continuation.h"

namespace rmqsim {
namespace {

/// What is ended, how, and where the broker is.
struct EndTransaction {
  std::string address;  ///< empty: unknown, so that the request goes to the nameserver, as in Java
  EndTransactionRequestHeader header;
  std::optional<std::string> remark;
  const Message& message;
  LocalTransactionState state;
};

/// Both ways to END_TRANSACTION end here. `done` is called when Java's endTransactionOneway would have returned; that
/// the broker could not be reached is only logged there.
void end_transaction(DefaultMQProducerImpl& producer, const EndTransaction& end, Task done) {
  MQClientInstance& instance = *producer.instance();
  EndTransactionContext context;
  context.producer_group = producer.group();
  context.message = &end.message;
  context.broker_addr = end.address;
  context.msg_id = end.header.msg_id.value_or("");
  context.transaction_id = end.message.getTransactionId();  // the message's UNIQ_KEY, not what the broker answered
  context.transaction_state = end.state;
  context.from_transaction_check = end.header.from_transaction_check.value_or(false);
  producer.settings().hooks.execute_end_transaction(context);
  instance.api().end_transaction_oneway(
      end.address, end.header, end.remark,
      [&instance, done = std::move(done)](InvokeResult result) mutable {
        if (result.error != nullptr) instance.trace("end-transaction-failed", {{"error", result.error->message}});
        if (done) std::exchange(done, nullptr)();
      });
}

class TransactionSend : public std::enable_shared_from_this<TransactionSend> {
 public:
  TransactionSend(std::shared_ptr<DefaultMQProducerImpl> producer, Message& message, LocalTransaction local,
                  TransactionHandler handler, DecisionLog* decisions)
      : producer_(std::move(producer)), message_(message), local_(std::move(local)), handler_(std::move(handler)),
        decisions_(decisions) {}

  void begin() {
    const ProducerSettings& settings = producer_->settings();
    message_.setTopic(NamespaceUtil::wrapNamespace(producer_->name_space(), message_.getTopic()));
    if (auto error = prepare_half_message(producer_->profile(), message_, producer_->group(),
                                          settings.max_message_size)) {
      return fail(std::move(*error));
    }
    SendCall call;
    call.timeout_millis = settings.send_msg_timeout;
    call.decisions = decisions_;
    producer_->send(message_, std::move(call), [self = shared_from_this()](SendOutcome& outcome) {
      if (outcome.attempts != nullptr) self->outcome_.attempts = *outcome.attempts;
      if (outcome.error) {
        return self->fail(client_exception(self->producer_->profile(), "send message Exception",
                                           std::make_shared<const MQError>(std::move(*outcome.error))));
      }
      self->half_message_stored(std::move(*outcome.result));
    });
  }

 private:
  void fail(MQError error) {
    outcome_.error = std::move(error);
    handler_(outcome_);
  }

  void half_message_stored(SendResult result) {
    result_ = std::move(result);
    if (!runs_local_transaction(result_.status)) return end({LocalTransactionState::ROLLBACK_MESSAGE, {}});
    if (auto thrown = note_transaction_id(message_, result_)) return end(std::move(*thrown));
    local_(message_, Continuation<void(LocalOutcome)>(
                         producer_->instance()->runtime(),
                         [self = shared_from_this()](LocalOutcome outcome) { self->end(std::move(outcome)); }));
  }

  void end(LocalOutcome local) {
    outcome_.result = transaction_result(result_, local.state);
    MQClientInstance& instance = *producer_->instance();
    auto header =
        end_transaction_header(producer_->profile(), producer_->group(), message_, result_, local.state);
    if (!header) {
      instance.trace("end-transaction-failed", {{"error", "no offset in the message id"}});
      return handler_(outcome_);
    }
    // The plain port, whatever VIP says (quirk 46).
    const std::string* address = instance.find_address_of_queue(result_.message_queue);
    end_transaction(*producer_,
                    {address == nullptr ? std::string() : *address, std::move(*header),
                     end_transaction_remark(local, false), message_, local.state},
                    [self = shared_from_this()] { self->handler_(self->outcome_); });
  }

  std::shared_ptr<DefaultMQProducerImpl> producer_;
  Message& message_;
  LocalTransaction local_;
  TransactionHandler handler_;
  DecisionLog* decisions_;
  SendResult result_;
  TransactionOutcome outcome_;
};

}  // namespace

void send_message_in_transaction(std::shared_ptr<DefaultMQProducerImpl> producer, Message& message,
                                 LocalTransaction local, TransactionHandler handler, DecisionLog* decisions) {
  std::make_shared<TransactionSend>(std::move(producer), message, std::move(local), std::move(handler), decisions)
      ->begin();
}

void answer_transaction_check(const std::shared_ptr<DefaultMQProducerImpl>& producer, const TransactionCheck& check,
                              const LocalOutcome& outcome) {
  if (producer->state() != ServiceState::RUNNING) return;  // its connections are closed
  end_transaction(*producer,
                  {check.address,
                   end_checked_transaction_header(producer->profile(), producer->group(), check.message, check.header,
                                                  outcome.state),
                   end_transaction_remark(outcome, true), check.message, outcome.state},
                  nullptr);
}

}  // namespace rmqsim
