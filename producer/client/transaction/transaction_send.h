// The shell of transactional messages (behaviour §10.1): one send from the half message over the local
// transaction to END_TRANSACTION, and the answer to one check. Everything runs under the monitor; the user's listener
// runs wherever the owner of the callback wants and reports back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/client/transaction/transaction.h"

namespace rmqsim {

/// How a transactional send ended: exactly one of the two.
struct TransactionOutcome {
  std::optional<TransactionSendResult> result;
  std::optional<MQError> error;
  std::vector<AttemptRecord> attempts;  ///< of the half message; see ProducerSettings::record_attempts
};
using TransactionHandler = Function<void(TransactionOutcome&)>;
/// To be called once, under the monitor.
using LocalDone = Function<void(LocalOutcome)>;
/// Runs the local transaction: called under the monitor once the half message is stored, and may report later. The
/// message is the sender's own.
using LocalTransaction = Function<void(Message&, LocalDone)>;

/// Sends the half message with sendMsgTimeout and all retries, then ends the transaction. `message` must live until the
/// handler is called. Errors of prepare_half_message come as they are, those of the send inside MQClientException
/// `send message Exception`. `decisions` is as in SendCall, for the half message.
void send_message_in_transaction(std::shared_ptr<DefaultMQProducerImpl> producer, Message& message,
                                 LocalTransaction local, TransactionHandler handler,
                                 DecisionLog* decisions = nullptr);

/// Answers a check with what the listener said, to the connection's remote address.
void answer_transaction_check(const std::shared_ptr<DefaultMQProducerImpl>& producer, const TransactionCheck& check,
                              const LocalOutcome& outcome);

}  // namespace rmqsim
