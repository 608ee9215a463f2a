// What may look at and add to every request before it is encoded, and look at every answer
// (org.apache.rocketmq.remoting.RPCHook, behaviour §9.10): access control, namespaces, a user's own fields.
// Called under the monitor, so a hook must not block. RemotingClient calls hooks in order of registration.
#pragma once

#include <string>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

class RPCHook {
 public:
  virtual ~RPCHook() = default;
  /// `request` is complete: typed header as ext fields, body, opaque, flags. What is added to its ext fields is sent.
  /// `remote_addr` is "ip:port" of the channel; in 4.9.8 the address that was asked for, "" for the nameserver.
  virtual void doBeforeRequest(const std::string& remote_addr, RemotingCommand& request) = 0;
  /// Only when an answer came; in 4.9.8 not for asynchronous requests.
  virtual void doAfterResponse(const std::string& remote_addr, const RemotingCommand& request,
                               RemotingCommand& response) {
    (void)remote_addr;
    (void)request;
    (void)response;
  }
};

}  // namespace rmqsim
