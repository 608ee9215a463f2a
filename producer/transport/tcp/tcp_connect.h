// Connecting with a deadline. Internal to this room.
#pragma once

#include <memory>

#include "producer/transport/address.h"
#include "producer/transport/transport.h"

namespace rmqsim {

class TcpCore;

/// Resolves the host when it is a name, and connects to its addresses in turn until the timeout. Calls the handler
/// once, later, unless the world ends first. Under the monitor.
void tcp_connect(const std::shared_ptr<TcpCore>& core, const Address& address, Duration timeout,
                 ConnectHandler handler);

}  // namespace rmqsim
