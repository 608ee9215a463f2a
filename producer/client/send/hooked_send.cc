#include "producer/client/send/hooked_send.h"

#include <exception>

#include "producer/client/api/exceptions.h"

namespace rmqsim {
namespace {

MessageType message_type(const Message& message) {
  if (message.has_property(MessageConst::PROPERTY_STARTDE_LIVER_TIME) ||
      message.has_property(MessageConst::PROPERTY_DELAY_TIME_LEVEL)) {
    return MessageType::Delay_Msg;
  }
  if (message.property(MessageConst::PROPERTY_TRANSACTION_PREPARED) == "true") return MessageType::Trans_Msg_Half;
  return MessageType::Normal_Msg;
}

std::optional<MQError> check_forbidden(const ProducerHooks& hooks, const HookedSend::Attempt& attempt,
                                       Message& message) {
  CheckForbiddenContext context{.name_srv_addr = attempt.name_srv_addr, .group = attempt.group, .message = &message,
                                .mq = attempt.queue, .broker_addr = attempt.broker_addr,
                                .communication_mode = attempt.mode, .unit_mode = attempt.unit_mode};
  try {
    for (const auto& hook : hooks.check_forbidden) hook->checkForbidden(context);
  } catch (const MQException& e) {
    return e.error();
  } catch (const std::exception& e) {
    return runtime_exception(ErrorType::RuntimeException, e.what());
  }
  return std::nullopt;
}

}  // namespace

void ProducerHooks::execute_end_transaction(EndTransactionContext& context) const {
  for (const auto& hook : end_transaction) {
    try {
      hook->endTransaction(context);
    } catch (...) {  // Java logs it
    }
  }
}

std::optional<MQError> HookedSend::before(const Attempt& attempt, Message& message, const std::string* compressed) {
  context_.reset();
  const std::string body = message.getBody();  // Java's prevBody, put back at the end of every attempt (§7.9)
  if (compressed != nullptr) message.setBody(*compressed);
  auto error = check_forbidden(hooks_, attempt, message);
  if (!error && !hooks_.send_message.empty()) {
    context_.emplace();
    context_->producer_group = attempt.group;
    context_->name_space = attempt.name_space;
    context_->message = &message;
    context_->mq = attempt.queue;
    context_->broker_addr = attempt.broker_addr;
    context_->born_host = attempt.client_ip;
    context_->communication_mode = attempt.mode;
    context_->msg_type = message_type(message);
    for (const auto& hook : hooks_.send_message) {
      try {
        hook->sendMessageBefore(*context_);
      } catch (...) {  // Java logs it
      }
    }
  }
  body_ = body;
  message.swap_body(body_);
  return error;
}

void HookedSend::after(const SendResult* result, const MQError* error) {
  if (!context_) return;
  context_->send_result = result;
  if (error != nullptr) context_->exception = error;
  for (const auto& hook : hooks_.send_message) {
    try {
      hook->sendMessageAfter(*context_);
    } catch (...) {  // Java logs it
    }
  }
  context_->send_result = nullptr;
  context_->exception = nullptr;  // belongs to the caller
}

void HookedSend::after_failure(const MQError& error) {
  if (is_remoting(error.type) || error.type == ErrorType::MQBrokerException) after(nullptr, &error);
}

}  // namespace rmqsim
