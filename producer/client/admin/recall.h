// Taking a timer message back (DefaultMQProducerImpl.recallMessage, 5.3.2+; behaviour §10.3). Runs under the
// monitor.
#pragma once

#include <memory>
#include <string>
#include <variant>

#include "producer/client/send/default_mq_producer_impl.h"

namespace rmqsim {

/// The id of the message that was taken back, or why not.
using RecallHandler = Function<void(std::variant<std::string, MQError>)>;

/// One RECALL_MESSAGE to the broker that the handle names, else to any broker of the topic; never tried again. In
/// profiles without it: UnsupportedOperationException.
void recall_message(const std::shared_ptr<DefaultMQProducerImpl>& producer, std::string topic, std::string handle,
                    RecallHandler handler);

}  // namespace rmqsim
