// What a step says about a message and its queue, as the client's own objects.
#pragma once

#include <cstdint>
#include <memory>

#include "producer/client/api/message.h"
#include "producer/client/api/send_callback.h"
#include "producer/transport/random.h"
#include "scenarios/harness/file/step.h"

namespace rmqsim {

/// `i` is the number of the send within its step (in a batch: of the message).
Message make_message(const MessageSpec& spec, std::uint64_t i);

/// The selectors of contract §1.9. `spec` must outlive the selector.
std::shared_ptr<MessageQueueSelector> make_step_selector(const SelectorSpec& spec, std::uint64_t i, Random& random);

}  // namespace rmqsim
