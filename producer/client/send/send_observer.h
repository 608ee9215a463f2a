// Sees every send of a producer, whoever calls it, and what callbacks and listeners throw: what a test library needs to
// tell of an application's own sends. A producer without one checks a null pointer per send.
#pragma once

#include <exception>
#include <memory>

#include "producer/client/api/request_callback.h"
#include "producer/client/api/send_callback.h"
#include "producer/client/send/default_mq_producer_impl.h"

namespace rmqsim {

class SendObserver {
 public:
  virtual ~SendObserver() = default;
  /// The send begins, once. Returns the handler that it gets instead of `handler`, which that has to call; may ask for
  /// the decisions of the call. Any thread.
  virtual SendHandler watch(const Message& message, SendCall& call, const ProducerSettings& settings,
                            SendHandler handler) = 0;
  /// A request's caller gets this reply; the message that was sent had that CORRELATION_ID. Under the monitor.
  virtual void replied(std::string_view correlation_id, const MessageExt& reply) = 0;
  /// A user's callback or listener threw this, which the caller never sees, as in Java. Any thread.
  virtual void threw(const std::exception_ptr& error) = 0;
};

/// `callback`, which tells the observer, if there is one, what it throws.
std::shared_ptr<SendCallback> observed(std::shared_ptr<SendCallback> callback, std::shared_ptr<SendObserver> observer);
std::shared_ptr<RequestCallback> observed(std::shared_ptr<RequestCallback> callback,
                                          std::shared_ptr<SendObserver> observer);

}  // namespace rmqsim
