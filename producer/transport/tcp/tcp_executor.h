// Executors of the TCP world: a serialised one has a single real thread that works under the monitor, the other kind a
// pool of real threads outside of it. Internal to this room.
#pragma once

#include <memory>

#include "producer/transport/runtime.h"

namespace rmqsim {

class TcpCore;

std::unique_ptr<Executor> make_tcp_executor(const std::shared_ptr<TcpCore>& core, ExecutorOptions options);

}  // namespace rmqsim
