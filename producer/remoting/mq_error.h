// A failure as a value: which Java exception it is, with its code, text and cause. Decisions pass MQErrors around;
// only the blocking public API turns one into a C++ exception (producer/client/api/exceptions.h). The texts are Java's
// (behaviour §0, §12.3).
#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "producer/profile/profile.h"

namespace rmqsim {

enum class ErrorType : std::uint8_t {
  MQClientException,
  MQBrokerException,
  RequestTimeoutException,
  RemotingConnectException,
  RemotingSendRequestException,
  RemotingTimeoutException,
  RemotingTooMuchRequestException,
  RemotingCommandException,
  IllegalStateException,
  NullPointerException,
  NumberFormatException,
  UnsupportedOperationException,
  RejectedExecutionException,
  RuntimeException,
};
/// The Java class's simple name.
std::string_view error_type_name(ErrorType type);
/// RemotingException and its subclasses.
bool is_remoting(ErrorType type);
/// Unchecked in Java: passes every catch of the send path (behaviour §6.2, last row).
bool is_runtime(ErrorType type);

/// What happened to the request on the wire, which the exception alone does not tell; for ledgers and traces.
enum class WireOutcome : std::uint8_t {
  none,               ///< nothing left the client, and no connection was tried
  connect_failed,
  send_failed,        ///< a connection was there but could not be written to
  connection_closed,  ///< closed or reset while waiting
  timeout,            ///< written, no answer in time
  answered,
};

struct MQError {
  ErrorType type = ErrorType::RuntimeException;
  std::int32_t response_code = -1;   ///< MQClientException, MQBrokerException, RequestTimeoutException
  std::string message;               ///< getMessage(): with "CODE: … DESC: …" and the URL suffix where Java has them
  std::string error_message;         ///< getErrorMessage(): the plain text (broker: the remark)
  std::shared_ptr<const MQError> cause;
  WireOutcome wire = WireOutcome::none;

  bool operator==(const MQError& other) const {
    return type == other.type && response_code == other.response_code && message == other.message;
  }
};

std::ostream& operator<<(std::ostream& out, ErrorType type);
/// `MQBrokerException 2 "CODE: 2  DESC: busy"`: class, code where there is one, the text's first line, and the cause.
std::ostream& operator<<(std::ostream& out, const MQError& error);

/// `"\nSee URL for further details."`
std::string faq_suffix(const Profile& profile);

MQError client_exception(const Profile& profile, std::string text, std::shared_ptr<const MQError> cause = nullptr);
MQError client_exception(const Profile& profile, std::int32_t code, std::string text,
                         std::shared_ptr<const MQError> cause = nullptr);
MQError broker_exception(const Profile& profile, std::int32_t code, const std::optional<std::string>& remark,
                         std::string_view address);
/// Code 10006; no URL.
MQError request_timeout_exception(std::string text);
MQError remoting_connect_exception(std::string_view address);
MQError remoting_send_request_exception(std::string_view address_text, WireOutcome wire,
                                        std::shared_ptr<const MQError> cause = nullptr);
/// `wait response on the channel <ADDR> timeout, N(ms)`
MQError remoting_timeout_exception(std::string_view address_text, std::int64_t timeout_millis);
MQError remoting_timeout_exception(std::string text);
MQError remoting_too_much_request_exception(std::string text);
MQError runtime_exception(ErrorType type, std::string text, std::shared_ptr<const MQError> cause = nullptr);
/// java.lang.IllegalStateException(cause): its text is the cause's class and text.
MQError illegal_state_exception(MQError cause);

/// The client's own codes (ClientErrorCode).
namespace ClientErrorCode {
inline constexpr std::int32_t CONNECT_BROKER_EXCEPTION = 10001;
inline constexpr std::int32_t ACCESS_BROKER_TIMEOUT = 10002;
inline constexpr std::int32_t BROKER_NOT_EXIST_EXCEPTION = 10003;
inline constexpr std::int32_t NO_NAME_SERVER_EXCEPTION = 10004;
inline constexpr std::int32_t NOT_FOUND_TOPIC_EXCEPTION = 10005;
inline constexpr std::int32_t REQUEST_TIMEOUT_EXCEPTION = 10006;
inline constexpr std::int32_t CREATE_REPLY_MESSAGE_EXCEPTION = 10007;
}  // namespace ClientErrorCode

}  // namespace rmqsim
