// Which message a request on the wire carries, for invariants that follow one send over its attempts.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// The message's key; empty for requests that are no sends, and for messages without one.
std::string_view sent_key(const RemotingCommand& request);

}  // namespace rmqsim
