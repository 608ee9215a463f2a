// Requests of the driver protocol as objects of the producer.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "producer/client/api/message.h"
#include "producer/client/send/default_mq_producer_impl.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim::reference {

/// Throws std::runtime_error with what is wrong.
ProducerSpec producer_spec(const nlohmann::json& request);
ProducerConfig changed_config(const nlohmann::json& request);
/// A request's message, or a member of its batch.
Message message_of(const nlohmann::json& request, const std::string& topic);
/// Where it goes: a queue, a selector, or neither.
template <class Call>
void aim(Call& call, const nlohmann::json& request);

}  // namespace rmqsim::reference
