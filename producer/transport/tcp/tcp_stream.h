// A connected socket as a Connection. Internal to this room.
#pragma once

#include <memory>

#include "producer/transport/transport.h"

namespace rmqsim {

class TcpCore;

/// Takes the connected descriptor over; null when the peer is already gone again. Under the monitor.
std::shared_ptr<Connection> make_tcp_connection(const std::shared_ptr<TcpCore>& core, int descriptor);

/// The nearest TransportError; other failures go to the trace and become `other`. Under the monitor.
error_code to_transport_error(TcpCore& core, const error_code& error);

}  // namespace rmqsim
