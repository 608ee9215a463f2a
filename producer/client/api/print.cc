// How the values of the public API read in a failed test and in a log.
#include <algorithm>
#include <ostream>

#include "producer/client/api/exceptions.h"
#include "producer/client/api/hooks.h"
#include "producer/client/api/message.h"
#include "producer/client/api/send_result.h"
#include "producer/client/api/transaction_listener.h"

namespace rmqsim {
namespace {

/// Characters of a body that are shown.
constexpr std::size_t kShownBody = 40;

bool is_text(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](unsigned char c) { return c >= 0x20 && c != 0x7f; });
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const MQException& exception) { return out << exception.error(); }

std::ostream& operator<<(std::ostream& out, SendStatus status) { return out << send_status_name(status); }

std::ostream& operator<<(std::ostream& out, const SendResult& result) {
  out << result.status << " at " << result.message_queue << ", offset " << result.queue_offset << ", id "
      << result.msg_id;
  return result.recall_handle ? out << ", with a recall handle" : out;
}

std::ostream& operator<<(std::ostream& out, const Message& message) {
  out << (message.getTopic().empty() ? "no topic" : message.getTopic());
  if (const std::string tags = message.getTags(); !tags.empty()) out << ", tags " << tags;
  if (const std::string keys = message.getKeys(); !keys.empty()) out << ", keys " << keys;
  if (message.is_batch()) out << ", a batch";
  if (!message.hasBody()) return out << ", no body";
  const std::string_view body = message.getBody();
  out << ", " << body.size() << (body.size() == 1 ? " byte" : " bytes");
  const std::string_view shown = body.substr(0, kShownBody);
  if (body.empty() || !is_text(shown)) return out;
  return out << " \"" << shown << (shown.size() < body.size() ? "\"..." : "\"");
}

std::ostream& operator<<(std::ostream& out, LocalTransactionState state) {
  return out << local_transaction_state_name(state);
}

std::ostream& operator<<(std::ostream& out, const TransactionSendResult& result) {
  return out << static_cast<const SendResult&>(result) << ", local " << result.local_transaction_state;
}

std::ostream& operator<<(std::ostream& out, const SendMessageContext& context) {
  out << communication_mode_name(context.communication_mode) << " attempt at " << context.mq;
  if (context.message != nullptr) out << " of [" << *context.message << "]";
  if (context.send_result != nullptr) out << ", " << *context.send_result;
  if (context.exception != nullptr) out << ", " << *context.exception;
  return out;
}

std::ostream& operator<<(std::ostream& out, const CheckForbiddenContext& context) {
  out << communication_mode_name(context.communication_mode) << " attempt at " << context.mq << " by "
      << context.group;
  return context.message == nullptr ? out : out << " of [" << *context.message << "]";
}

std::ostream& operator<<(std::ostream& out, const EndTransactionContext& context) {
  return out << context.transaction_state << " of " << context.msg_id << " by " << context.producer_group
             << (context.from_transaction_check ? ", asked by the broker" : "");
}

}  // namespace rmqsim
