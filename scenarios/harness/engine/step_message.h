// What a step says about a message and its queue, as the client's own objects.
#pragma once

#include <cstdint>
#include <memory>

#include "producer/client/api/message.h"
#include "producer/client/api/send_callback.h"
#include "producer/client/send/send_operation.h"
#include "producer/transport/random.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/file/step.h"

namespace rmqsim {

/// `i` is the number of the send within its step (in a batch: of the message).
Message make_message(const MessageSpec& spec, std::uint64_t i);

/// The selectors of format §1.9. `spec` must outlive the selector.
std::shared_ptr<MessageQueueSelector> make_step_selector(const SelectorSpec& spec, std::uint64_t i, Random& random);

/// A call of SendCall's or RequestCall's family to where the step says: its queue, its selector, or neither.
template <class Call, class SendingStep>
void aim(Call& call, const SendingStep& step, std::uint64_t i, RunScope& run) {
  if (step.queue) {
    call.path = SendPath::queue;
    call.queue = MessageQueue(step.message.topic, step.queue->broker, step.queue->queue_id);
  } else if (step.selector) {
    call.path = SendPath::selector;
    call.selector = make_step_selector(*step.selector, i, run.random("selector"));
  }
}

}  // namespace rmqsim
