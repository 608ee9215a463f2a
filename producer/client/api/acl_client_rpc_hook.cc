#include "producer/client/api/acl_client_rpc_hook.h"

namespace rmqsim {

void AclClientRPCHook::doBeforeRequest(const std::string&, RemotingCommand& request) {
  ExtFields& ext = request.ext();
  ext.set(SessionCredentials::ACCESS_KEY, credentials_.access_key);
  if (!credentials_.security_token.empty()) ext.set(SessionCredentials::SECURITY_TOKEN, credentials_.security_token);
  request.makeCustomHeaderToNet();
  ext.set(SessionCredentials::SIGNATURE, acl_signature(acl_content(request), credentials_.secret_key));
}

}  // namespace rmqsim
