// Signs every request of a client (org.apache.rocketmq.acl.common.AclClientRPCHook, behaviour §9.10):
//
//     DefaultMQProducer producer{"group", std::make_shared<AclClientRPCHook>(SessionCredentials{"key", "secret", ""})};
#pragma once

#include <memory>
#include <string>

#include "producer/remoting/acl_signer.h"
#include "producer/remoting/rpc_hook.h"

namespace rmqsim {

class AclClientRPCHook final : public RPCHook {
 public:
  explicit AclClientRPCHook(SessionCredentials credentials) : credentials_(std::move(credentials)) {}

  /// Adds AccessKey, SecurityToken if there is one, and Signature over everything that is in the request by now.
  void doBeforeRequest(const std::string& remote_addr, RemotingCommand& request) override;

  const SessionCredentials& getSessionCredentials() const { return credentials_; }

 private:
  SessionCredentials credentials_;
};

}  // namespace rmqsim
