// The error category of the transport room. Each message names the cause and what to do about it, because it ends up
// in front of a user who only sees that a send failed.
#include <string>

#include "producer/transport/transport.h"

namespace rmqsim {
namespace {

// Boost's base class keeps its destructor protected and not virtual on purpose: categories are never deleted.
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wnon-virtual-dtor"

class TransportCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "rmqsim.transport"; }

  std::string message(int value) const override {
    switch (static_cast<TransportError>(value)) {
      case TransportError::connection_refused:
        return "connection refused: nobody listens at that address; start the server or correct the address";
      case TransportError::connection_reset:
        return "connection reset: the peer broke the connection; it crashed or rejected what was sent, see its log";
      case TransportError::connection_closed:
        return "connection closed by the peer: it is shutting down or found the connection idle; connect again";
      case TransportError::timed_out:
        return "no connection within the connect timeout: the host is down or a firewall drops it; check the route";
      case TransportError::address_in_use:
        return "address in use: another process listens on that port; stop it, or choose another port or 0";
      case TransportError::bad_address: return "bad address: write it as ip:port, for example 127.0.0.1:9876";
      case TransportError::send_queue_full:
        return "send queue full: the peer reads more slowly than data is written; send less or raise the limit";
      case TransportError::other:
        return "the operating system reported an error on the connection; the text beside this one has its cause";
    }
    return "unknown transport error " + std::to_string(value) + ": the program's parts are of different versions";
  }
};
#pragma GCC diagnostic pop

}  // namespace

const boost::system::error_category& transport_category() {
  static const TransportCategory category;
  return category;
}

}  // namespace rmqsim
