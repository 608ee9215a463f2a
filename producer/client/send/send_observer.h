// Sees every send of a producer, whoever calls it: what a test library needs to tell of an application's own sends. A
// producer without one checks a null pointer per send.
#pragma once

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
};

}  // namespace rmqsim
