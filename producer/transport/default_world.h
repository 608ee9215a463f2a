// The world a program gets when it does not bring its own: real time, real threads, TCP. Declared here so that the
// public API can offer `DefaultMQProducer producer{"group"}` without naming a concrete Runtime; implemented in
// transport/tcp.
#pragma once

#include <memory>
#include <string>

#include "producer/transport/runtime.h"
#include "producer/transport/transport.h"

namespace rmqsim {

/// A runtime and the network as one node of it sees it.
struct World {
  Runtime& runtime;
  Transport& transport;
};

/// A world and its owner in one. Destroying it stops its threads; no handler runs afterwards.
class OwnedWorld {
 public:
  virtual ~OwnedWorld() = default;
  virtual World world() = 0;
  /// An environment variable of the process, "" when unset.
  virtual std::string environment(const char* name) const = 0;
};

/// A TCP world with one I/O thread. Its thread starts at once. Throws std::system_error when no thread can be had.
std::unique_ptr<OwnedWorld> make_default_world();

}  // namespace rmqsim
