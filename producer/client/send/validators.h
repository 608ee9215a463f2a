// What a message, topic or group must satisfy before anything is sent (org.apache.rocketmq.client.Validators,
// behaviour §2.3). Order and texts are Java's.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "producer/client/api/message.h"
#include "producer/profile/profile.h"
#include "producer/remoting/mq_error.h"

namespace rmqsim {

std::optional<MQError> check_topic(const Profile& profile, std::string_view topic);
std::optional<MQError> check_message(const Profile& profile, const Message& message, std::int64_t max_message_size);
std::optional<MQError> check_group(const Profile& profile, std::string_view group);

}  // namespace rmqsim
