// A user property by which whoever drives a client names its sends, where that client has no UNIQ_KEY that it tells:
// brokers then know the message by it.
#pragma once

#include <string_view>

namespace rmqsim {

inline constexpr std::string_view kSendNameProperty = "RMQSIM_SEND";

}  // namespace rmqsim
