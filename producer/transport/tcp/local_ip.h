// The machine's own address, for client ids. Internal to this room.
#pragma once

#include <string>

namespace rmqsim {

/// See TcpTransport::local_ip.
std::string find_local_ip();

}  // namespace rmqsim
