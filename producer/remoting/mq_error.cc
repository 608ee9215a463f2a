#include "producer/remoting/mq_error.h"

#include <ostream>
#include <utility>

namespace rmqsim {

std::string_view error_type_name(ErrorType type) {
  switch (type) {
    case ErrorType::MQClientException: return "MQClientException";
    case ErrorType::MQBrokerException: return "MQBrokerException";
    case ErrorType::RequestTimeoutException: return "RequestTimeoutException";
    case ErrorType::RemotingConnectException: return "RemotingConnectException";
    case ErrorType::RemotingSendRequestException: return "RemotingSendRequestException";
    case ErrorType::RemotingTimeoutException: return "RemotingTimeoutException";
    case ErrorType::RemotingTooMuchRequestException: return "RemotingTooMuchRequestException";
    case ErrorType::RemotingCommandException: return "RemotingCommandException";
    case ErrorType::IllegalStateException: return "IllegalStateException";
    case ErrorType::NullPointerException: return "NullPointerException";
    case ErrorType::NumberFormatException: return "NumberFormatException";
    case ErrorType::UnsupportedOperationException: return "UnsupportedOperationException";
    case ErrorType::RejectedExecutionException: return "RejectedExecutionException";
    case ErrorType::RuntimeException: return "RuntimeException";
  }
  return "RuntimeException";
}

bool is_remoting(ErrorType type) {
  return type >= ErrorType::RemotingConnectException && type <= ErrorType::RemotingCommandException;
}

bool is_runtime(ErrorType type) { return type >= ErrorType::IllegalStateException; }

std::ostream& operator<<(std::ostream& out, ErrorType type) { return out << error_type_name(type); }

std::ostream& operator<<(std::ostream& out, const MQError& error) {
  out << error.type;
  if (error.response_code != -1) out << " " << error.response_code;
  out << " \"" << error.message.substr(0, error.message.find('\n')) << '"';
  return error.cause ? out << ", caused by " << *error.cause : out;
}

std::string faq_suffix(const Profile& profile) {
  return "\nSee " + std::string(profile.faq_url) + " for further details.";
}

namespace {

/// FAQUrl.attachDefaultURL: texts that already point somewhere keep their pointer (behaviour §0).
std::string attach_default_url(const Profile& profile, std::string text) {
  if (text.find("\nSee ") != std::string::npos) return text;
  return std::move(text) + "\nFor more information, please visit the url, " + std::string(profile.faq_url);
}

MQError remoting(ErrorType type, std::string text, WireOutcome wire) {
  MQError error;
  error.type = type;
  error.message = std::move(text);
  error.error_message = error.message;
  error.wire = wire;
  return error;
}

}  // namespace

MQError client_exception(const Profile& profile, std::string text, std::shared_ptr<const MQError> cause) {
  MQError error;
  error.type = ErrorType::MQClientException;
  error.error_message = text;
  error.message = attach_default_url(profile, std::move(text));
  if (cause) error.wire = cause->wire;
  error.cause = std::move(cause);
  return error;
}

MQError client_exception(const Profile& profile, std::int32_t code, std::string text,
                         std::shared_ptr<const MQError> cause) {
  MQError error = client_exception(profile, "CODE: " + std::to_string(code) + "  DESC: " + text, std::move(cause));
  error.response_code = code;
  error.error_message = std::move(text);
  return error;
}

MQError broker_exception(const Profile& profile, std::int32_t code, const std::optional<std::string>& remark,
                         std::string_view address) {
  MQError error;
  error.type = ErrorType::MQBrokerException;
  error.response_code = code;
  error.error_message = remark.value_or("null");
  error.message = attach_default_url(profile, "CODE: " + std::to_string(code) + "  DESC: " + error.error_message +
                                                  " BROKER: " + std::string(address));
  error.wire = WireOutcome::answered;
  return error;
}

MQError request_timeout_exception(std::string text) {
  MQError error;
  error.type = ErrorType::RequestTimeoutException;
  error.response_code = ClientErrorCode::REQUEST_TIMEOUT_EXCEPTION;
  error.message = "CODE: " + std::to_string(error.response_code) + "  DESC: " + text;
  error.error_message = std::move(text);
  return error;
}

MQError remoting_connect_exception(std::string_view address) {
  return remoting(ErrorType::RemotingConnectException, "connect to " + std::string(address) + " failed",
                  WireOutcome::connect_failed);
}

MQError remoting_send_request_exception(std::string_view address_text, WireOutcome wire,
                                        std::shared_ptr<const MQError> cause) {
  MQError error = remoting(ErrorType::RemotingSendRequestException,
                           "send request to <" + std::string(address_text) + "> failed", wire);
  error.cause = std::move(cause);
  return error;
}

MQError remoting_timeout_exception(std::string_view address_text, std::int64_t timeout_millis) {
  return remoting(ErrorType::RemotingTimeoutException,
                  "wait response on the channel <" + std::string(address_text) + "> timeout, " +
                      std::to_string(timeout_millis) + "(ms)",
                  WireOutcome::timeout);
}

MQError remoting_timeout_exception(std::string text) {
  return remoting(ErrorType::RemotingTimeoutException, std::move(text), WireOutcome::none);
}

MQError remoting_too_much_request_exception(std::string text) {
  return remoting(ErrorType::RemotingTooMuchRequestException, std::move(text), WireOutcome::none);
}

MQError runtime_exception(ErrorType type, std::string text, std::shared_ptr<const MQError> cause) {
  MQError error = remoting(type, std::move(text), WireOutcome::none);
  error.cause = std::move(cause);
  return error;
}

MQError illegal_state_exception(MQError cause) {
  std::string text =
      "org.apache.rocketmq.remoting.exception." + std::string(error_type_name(cause.type)) + ": " + cause.message;
  return runtime_exception(ErrorType::IllegalStateException, std::move(text),
                           std::make_shared<const MQError>(std::move(cause)));
}

}  // namespace rmqsim
