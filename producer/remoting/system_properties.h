// Names of properties that belong to RocketMQ itself: an application cannot give them to a message (behaviour §2.7).
#pragma once

#include <string_view>

namespace rmqsim {

/// MessageConst.STRING_HASH_SET of 5.3.3: names that putUserProperty refuses.
bool is_system_property(std::string_view name);

}  // namespace rmqsim
