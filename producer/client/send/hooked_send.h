// The hooks of one send: which are called when, and with what (behaviour §7.6). A SendTask makes one only if
// hooks are registered, and asks it before and after each attempt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "producer/client/api/hooks.h"

namespace rmqsim {

class HookedSend {
 public:
  explicit HookedSend(const ProducerHooks& hooks) : hooks_(hooks) {}

  /// What the attempt is about, besides the message.
  struct Attempt {
    const MessageQueue& queue;
    const std::string& group;
    const std::string& name_space;
    const std::string& name_srv_addr;
    const std::string& broker_addr;
    const std::string& client_ip;
    CommunicationMode mode;
    bool unit_mode;
  };
  /// Check-forbidden hooks, then send hooks. `compressed`, if given, stands in for the message's body meanwhile. An
  /// error is the veto of a hook; then no other hook is called for this attempt.
  std::optional<MQError> before(const Attempt& attempt, Message& message, const std::string* compressed);
  /// The body that the hooks have left, to be sent. Valid until the next before().
  std::string_view body() const { return body_; }

  /// Send hooks, after an attempt. With neither, the request of an async send was handed over, or a oneway sent.
  void after(const SendResult* result, const MQError* error);
  /// As above, unless the error is one that Java's sendKernelImpl lets pass without telling hooks.
  void after_failure(const MQError& error);

 private:
  const ProducerHooks& hooks_;
  std::optional<SendMessageContext> context_;
  std::string body_;
};

}  // namespace rmqsim
