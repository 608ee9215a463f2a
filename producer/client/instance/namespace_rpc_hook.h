// Namespaces of the second kind (NamespaceRpcHook of 5.x, behaviour §1.7): names stay as they are, and every
// request says which namespace it means.
#pragma once

#include <string>
#include <utility>

#include "producer/remoting/rpc_hook.h"

namespace rmqsim {

class NamespaceRpcHook final : public RPCHook {
 public:
  explicit NamespaceRpcHook(std::string name_space) : name_space_(std::move(name_space)) {}
  void doBeforeRequest(const std::string&, RemotingCommand& request) override {
    request.ext().set_bool("nsd", true);
    request.ext().set("ns", name_space_);
  }

 private:
  std::string name_space_;
};

}  // namespace rmqsim
