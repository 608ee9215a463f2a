// make_default_world() as a TcpRuntime with its TcpTransport.
#include "producer/transport/default_world.h"

#include <cstdlib>
#include <random>

#include "producer/transport/tcp/tcp_runtime.h"
#include "producer/transport/tcp/tcp_transport.h"

namespace rmqsim {
namespace {

class TcpWorld final : public OwnedWorld {
 public:
  World world() override { return {runtime_, transport_}; }
  std::string environment(const char* name) const override {
    const char* value = std::getenv(name);
    return value == nullptr ? std::string() : std::string(value);
  }

 private:
  // Two processes must not walk their queues and nameservers in step.
  TcpRuntime runtime_{TcpOptions{.seed = std::random_device{}()}};
  TcpTransport transport_{runtime_};
};

}  // namespace

std::unique_ptr<OwnedWorld> make_default_world() { return std::make_unique<TcpWorld>(); }

}  // namespace rmqsim
