// The signature of access control (AclSigner and AclUtils, behaviour §9.10, wire §1.10): what
// AclClientRPCHook adds to requests and a broker with accounts checks. Pure.
#pragma once

#include <string>
#include <string_view>

#include "producer/remoting/codec/remoting_command.h"

namespace rmqsim {

/// Who a client says it is. All texts as they are; nothing is trimmed.
struct SessionCredentials {
  static constexpr std::string_view ACCESS_KEY = "AccessKey";
  static constexpr std::string_view SIGNATURE = "Signature";
  static constexpr std::string_view SECURITY_TOKEN = "SecurityToken";

  std::string access_key;
  std::string secret_key;
  std::string security_token;  ///< "" = none

  bool operator==(const SessionCredentials&) const = default;
};

/// What is signed: the values of all ext fields but Signature, in the order of their keys, and the body.
std::string acl_content(const RemotingCommand& request);
/// Base64(HmacSHA1(secret, content)).
std::string acl_signature(std::string_view content, std::string_view secret_key);

}  // namespace rmqsim
