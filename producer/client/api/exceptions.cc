#include "producer/client/api/exceptions.h"

#include <utility>

namespace rmqsim {

void throw_mq_error(MQError error) {
  switch (error.type) {
    case ErrorType::MQClientException: throw MQClientException(std::move(error));
    case ErrorType::MQBrokerException: throw MQBrokerException(std::move(error));
    case ErrorType::RequestTimeoutException: throw RequestTimeoutException(std::move(error));
    case ErrorType::RemotingConnectException: throw RemotingConnectException(std::move(error));
    case ErrorType::RemotingSendRequestException: throw RemotingSendRequestException(std::move(error));
    case ErrorType::RemotingTimeoutException: throw RemotingTimeoutException(std::move(error));
    case ErrorType::RemotingTooMuchRequestException: throw RemotingTooMuchRequestException(std::move(error));
    case ErrorType::RemotingCommandException: throw RemotingCommandException(std::move(error));
    case ErrorType::IllegalStateException: throw IllegalStateException(std::move(error));
    case ErrorType::NullPointerException:
    case ErrorType::NumberFormatException:
    case ErrorType::UnsupportedOperationException:
    case ErrorType::RejectedExecutionException:
    case ErrorType::RuntimeException: break;
  }
  throw RuntimeException(std::move(error));
}

}  // namespace rmqsim
