// The C++ exceptions of the blocking API: Java's classes under Java's names (behaviour §0). what() is Java's
// getMessage(). They are made from an MQError in one place, throw_mq_error().
#pragma once

#include <exception>
#include <iosfwd>
#include <string>

#include "producer/remoting/mq_error.h"

namespace rmqsim {

/// Root of everything the client throws for a failed operation. (std::logic_error is thrown only for misuse of this
/// library, such as blocking inside a handler.)
class MQException : public std::exception {
 public:
  explicit MQException(MQError error) : error_(std::move(error)) {}
  const char* what() const noexcept override { return error_.message.c_str(); }
  const std::string& getMessage() const { return error_.message; }
  const MQError& error() const { return error_; }
  const std::shared_ptr<const MQError>& getCause() const { return error_.cause; }

 protected:
  MQError error_;
};

/// As its error is printed.
std::ostream& operator<<(std::ostream& out, const MQException& exception);

class MQClientException : public MQException {
 public:
  using MQException::MQException;
  std::int32_t getResponseCode() const { return error_.response_code; }
  const std::string& getErrorMessage() const { return error_.error_message; }
};
class MQBrokerException : public MQException {
 public:
  using MQException::MQException;
  std::int32_t getResponseCode() const { return error_.response_code; }
  const std::string& getErrorMessage() const { return error_.error_message; }
};
class RequestTimeoutException : public MQException {
 public:
  using MQException::MQException;
  std::int32_t getResponseCode() const { return error_.response_code; }
};
class RemotingException : public MQException {
 public:
  using MQException::MQException;
};
class RemotingConnectException : public RemotingException {
 public:
  using RemotingException::RemotingException;
};
class RemotingSendRequestException : public RemotingException {
 public:
  using RemotingException::RemotingException;
};
class RemotingTimeoutException : public RemotingException {
 public:
  using RemotingException::RemotingException;
};
class RemotingTooMuchRequestException : public RemotingException {
 public:
  using RemotingException::RemotingException;
};
class RemotingCommandException : public RemotingException {
 public:
  using RemotingException::RemotingException;
};
/// Java's unchecked exceptions, which pass every retry (§6.2): NullPointerException, NumberFormatException …; the type
/// is in error().type.
class RuntimeException : public MQException {
 public:
  using MQException::MQException;
};
class IllegalStateException : public RuntimeException {
 public:
  using RuntimeException::RuntimeException;
};

[[noreturn]] void throw_mq_error(MQError error);

}  // namespace rmqsim
