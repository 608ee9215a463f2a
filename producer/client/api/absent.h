// What stands for Java's null where a user passes nullptr, so that nothing behind the public functions asks whether
// there is somebody (behaviour §2.1).
#pragma once

#include <memory>

#include "producer/client/api/request_callback.h"
#include "producer/client/api/send_callback.h"

namespace rmqsim {

/// `callback`, or one that nobody hears.
std::shared_ptr<SendCallback> or_nobody(std::shared_ptr<SendCallback> callback);
std::shared_ptr<RequestCallback> or_nobody(std::shared_ptr<RequestCallback> callback);

/// `selector`, or one that throws the NullPointerException of calling none.
std::shared_ptr<MessageQueueSelector> or_throwing(std::shared_ptr<MessageQueueSelector> selector);

}  // namespace rmqsim
