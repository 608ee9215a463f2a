// How an asynchronous request tells its outcome (org.apache.rocketmq.client.producer.RequestCallback).
#pragma once

#include <functional>
#include <memory>

#include "producer/client/api/exceptions.h"
#include "producer/client/api/message_ext.h"

namespace rmqsim {

/// Called on the callback executor, outside of every lock of the client. A plain request (neither queue nor selector)
/// is called twice, as in Java since 4.9.4: with nullptr once the request is stored, and again with the reply or the
/// exception (behaviour §10.2).
class RequestCallback {
 public:
  virtual ~RequestCallback() = default;
  virtual void onSuccess(const MessageExt* reply) = 0;
  /// RequestTimeoutException, or why the request could not be sent.
  virtual void onException(const MQException& exception) = 0;
};

/// A RequestCallback from two functions.
std::shared_ptr<RequestCallback> make_request_callback(std::function<void(const MessageExt*)> on_success,
                                                       std::function<void(const MQException&)> on_exception);

}  // namespace rmqsim
