// Marks every request of a client with enableStreamRequestType (StreamTypeRPCHook, behaviour §1.1).
#pragma once

#include <string>

#include "producer/remoting/rpc_hook.h"

namespace rmqsim {

class StreamTypeRPCHook final : public RPCHook {
 public:
  void doBeforeRequest(const std::string&, RemotingCommand& request) override { request.ext().set("ReqT", "0"); }
};

}  // namespace rmqsim
