#include "fake_broker/processors/authentication.h"

#include <algorithm>

#include "fake_broker/processors/authorization.h"

namespace rmqsim {
namespace {

/// Why the request is not from who it says, or not for them to make; empty when it is.
std::string complaint(const BrokerState& broker, const RemotingCommand& request, const Peer& peer) {
  const auto key = request.ext_fields.find(SessionCredentials::ACCESS_KEY);
  const bool acl_2 = broker.profile().has_acl_2;
  if (!key) return acl_2 ? "username cannot be null." : "No accessKey is configured";
  const auto& accounts = broker.config.accounts;
  const auto account = std::find_if(accounts.begin(), accounts.end(),
                                    [&](const Account& known) { return known.access_key == *key; });
  const std::string name(*key);
  if (acl_2 && name.empty()) return "username cannot be null.";
  if (account == accounts.end()) return acl_2 ? "User:" + name + " is not found." : "No acl config for " + name;
  if (request.ext_fields.get(SessionCredentials::SIGNATURE) ==
      acl_signature(acl_content(request), account->secret_key)) {
    return why_forbidden(broker, *account, request, peer);
  }
  return acl_2 ? "check signature failed." : "Check signature failed for accessKey=" + name;
}

}  // namespace

bool authenticate(BrokerState& broker, const RemotingCommand& request, const Peer& peer, Reply& reply) {
  if (broker.config.accounts.empty()) return true;
  std::string text = complaint(broker, request, peer);
  if (text.empty()) return true;
  if (broker.profile().has_acl_2) {
    RemotingCommand& response = answer(broker, request, reply);
    response.code = ResponseCode::NO_PERMISSION;
    response.remark = std::move(text);
  } else {
    answer_exception(broker, request,
                     "org.apache.rocketmq.acl.common.AclException: " + text +
                         ", org.apache.rocketmq.acl.plain.PlainPermissionManager.validate",
                     reply);
  }
  return false;
}

}  // namespace rmqsim
