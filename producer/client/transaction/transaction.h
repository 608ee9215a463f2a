// What a transactional send decides (DefaultMQProducerImpl.sendMessageInTransaction, endTransaction and
// checkTransactionState; behaviour §10.1): values in, values out. transaction_send.h carries it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "producer/client/api/transaction_listener.h"
#include "producer/profile/profile.h"
#include "producer/remoting/headers/broker_headers.h"
#include "producer/remoting/mq_error.h"

namespace rmqsim {

/// How a local transaction, or a check of one, ended.
struct LocalOutcome {
  LocalTransactionState state = LocalTransactionState::UNKNOW;
  std::optional<std::string> exception;  ///< what was thrown, as Java's toString() has it: class and text
};
/// A C++ exception stands for a RuntimeException with its text.
LocalOutcome local_exception(std::string_view what);

/// Steps 3 to 5: takes the delay level away, checks the message (not the producer's state) and marks it. Timer
/// properties stay. NumberFormatException for a delay level that is no number.
std::optional<MQError> prepare_half_message(const Profile& profile, Message& message, const std::string& group,
                                            std::int64_t max_message_size);

/// Whether the local transaction runs; else the transaction is rolled back unseen: the half message may be lost.
inline bool runs_local_transaction(SendStatus status) { return status == SendStatus::SEND_OK; }

/// What the message learns from the broker's answer before the local transaction sees it. The outcome is set when Java
/// throws there: a blank transaction id, which counts as an exception of the listener.
std::optional<LocalOutcome> note_transaction_id(Message& message, const SendResult& result);

/// END_TRANSACTION from the answer to the half message. nullopt when neither of its ids holds an offset: Java logs that
/// and sends nothing.
std::optional<EndTransactionRequestHeader> end_transaction_header(const Profile& profile, const std::string& group,
                                                                  const Message& message, const SendResult& result,
                                                                  LocalTransactionState state);
/// END_TRANSACTION as the answer to a check: the offsets are the check's, not those remembered.
EndTransactionRequestHeader end_checked_transaction_header(const Profile& profile, const std::string& group,
                                                           const MessageExt& message,
                                                           const CheckTransactionStateRequestHeader& check,
                                                           LocalTransactionState state);
/// The command's remark; nullopt when nothing was thrown.
std::optional<std::string> end_transaction_remark(const LocalOutcome& outcome, bool from_check);

TransactionSendResult transaction_result(const SendResult& result, LocalTransactionState state);

}  // namespace rmqsim
