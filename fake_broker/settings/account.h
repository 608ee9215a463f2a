// Somebody whom a broker with access control knows: who signs, and what they may do, in the words of plain_acl.yml.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "producer/remoting/acl_signer.h"

namespace rmqsim {

/// What may be done with a topic.
enum class TopicPerm : std::uint8_t { deny, pub, sub, pub_sub };
/// By TopicPerm; the last is the one before it.
inline constexpr std::string_view kTopicPerms[] = {"DENY", "PUB", "SUB", "PUB|SUB", "SUB|PUB"};

struct AccountPermissions {
  bool admin = false;
  std::optional<TopicPerm> default_topic_perm;                 ///< of topics that are not named
  std::vector<std::pair<std::string, TopicPerm>> topic_perms;  ///< no topic twice

  bool operator==(const AccountPermissions&) const = default;
};

struct Account : SessionCredentials {
  std::optional<AccountPermissions> may = {};  ///< none: everything

  bool operator==(const Account&) const = default;
};

}  // namespace rmqsim
