#include "producer/client/transaction/transaction.h"

#include <stdexcept>
#include <utility>

#include "producer/client/send/validators.h"
#include "producer/remoting/bodies/message_id.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

/// UNKNOW is sent too (quirk 59).
std::int32_t commit_or_rollback(LocalTransactionState state) {
  switch (state) {
    case LocalTransactionState::COMMIT_MESSAGE: return TransactionFlag::COMMIT_TYPE;
    case LocalTransactionState::ROLLBACK_MESSAGE: return TransactionFlag::ROLLBACK_TYPE;
    case LocalTransactionState::UNKNOW: break;
  }
  return TransactionFlag::NOT_TYPE;
}

}  // namespace

LocalOutcome local_exception(std::string_view what) {
  return {LocalTransactionState::UNKNOW, "java.lang.RuntimeException: " + std::string(what)};
}

std::optional<MQError> prepare_half_message(const Profile& profile, Message& message, const std::string& group,
                                            std::int64_t max_message_size) {
  try {
    if (message.getDelayTimeLevel() != 0) message.clear_property(MessageConst::PROPERTY_DELAY_TIME_LEVEL);
  } catch (const std::invalid_argument& e) {
    return runtime_exception(ErrorType::NumberFormatException, e.what());
  }
  if (auto error = check_message(profile, message, max_message_size)) return error;
  message.put_property(MessageConst::PROPERTY_TRANSACTION_PREPARED, "true");
  message.put_property(MessageConst::PROPERTY_PRODUCER_GROUP, group);
  return std::nullopt;
}

std::optional<LocalOutcome> note_transaction_id(Message& message, const SendResult& result) {
  if (result.transaction_id) {
    if (text::is_blank(*result.transaction_id)) {
      return LocalOutcome{LocalTransactionState::UNKNOW,
                          "java.lang.IllegalArgumentException: The name or value of property can not be null or blank "
                          "string!"};
    }
    message.put_property(MessageConst::PROPERTY_TRANSACTION_ID, *result.transaction_id);
  }
  if (!message.uniq_key().empty()) message.setTransactionId(std::string(message.uniq_key()));
  return std::nullopt;
}

std::optional<EndTransactionRequestHeader> end_transaction_header(const Profile& profile, const std::string& group,
                                                                  const Message& message, const SendResult& result,
                                                                  LocalTransactionState state) {
  const auto id = decode_message_id(result.offset_msg_id.empty() ? result.msg_id : result.offset_msg_id);
  if (!id) return std::nullopt;
  EndTransactionRequestHeader header;
  if (profile.end_transaction_has_topic) header.topic = message.getTopic();
  header.producer_group = group;
  header.tran_state_table_offset = result.queue_offset;
  header.commit_log_offset = id->offset;
  header.commit_or_rollback = commit_or_rollback(state);
  header.from_transaction_check = false;
  header.msg_id = result.msg_id;
  header.transaction_id = result.transaction_id;
  header.broker_name = result.message_queue.getBrokerName();
  return header;
}

EndTransactionRequestHeader end_checked_transaction_header(const Profile& profile, const std::string& group,
                                                           const MessageExt& message,
                                                           const CheckTransactionStateRequestHeader& check,
                                                           LocalTransactionState state) {
  EndTransactionRequestHeader header;
  if (profile.end_transaction_has_topic) header.topic = check.topic;
  header.producer_group = group;
  header.tran_state_table_offset = check.tran_state_table_offset;
  header.commit_log_offset = check.commit_log_offset;
  header.commit_or_rollback = commit_or_rollback(state);
  header.from_transaction_check = true;
  header.msg_id = message.getMsgId();
  header.transaction_id = check.transaction_id;
  header.broker_name = check.broker_name;
  return header;
}

std::optional<std::string> end_transaction_remark(const LocalOutcome& outcome, bool from_check) {
  if (!outcome.exception) return std::nullopt;
  return (from_check ? "checkLocalTransactionState Exception: " : "executeLocalTransactionBranch exception: ") +
         *outcome.exception;
}

TransactionSendResult transaction_result(const SendResult& result, LocalTransactionState state) {
  TransactionSendResult out;
  out.status = result.status;
  out.message_queue = result.message_queue;
  out.msg_id = result.msg_id;
  out.queue_offset = result.queue_offset;
  out.transaction_id = result.transaction_id;
  out.region_id.clear();
  out.local_transaction_state = state;
  return out;
}

}  // namespace rmqsim
