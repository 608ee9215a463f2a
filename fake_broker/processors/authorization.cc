#include "fake_broker/processors/authorization.h"

#include <initializer_list>

#include "producer/remoting/bodies/heartbeat_data.h"

namespace rmqsim {
namespace {

constexpr std::string_view kTraceTopic = "RMQ_SYS_TRACE_TOPIC";

struct Need {
  std::string topic;
  TopicPerm action = TopicPerm::pub;  ///< or sub
};

bool includes(TopicPerm perm, TopicPerm action) { return perm == action || perm == TopicPerm::pub_sub; }

/// What only admins of 4.9.8 may do, of what is answered here; plain_acl.yml has no word for what 5.3.3 asks for.
bool is_for_admins(std::int32_t code) {
  for (const std::int32_t known :
       {RequestCode::UPDATE_AND_CREATE_TOPIC, RequestCode::DELETE_TOPIC_IN_BROKER,
        RequestCode::UPDATE_AND_CREATE_SUBSCRIPTIONGROUP, RequestCode::DELETE_SUBSCRIPTIONGROUP}) {
    if (code == known) return true;
  }
  return false;
}

/// Topics that the request touches; those of retries are a consumer group's.
std::vector<Need> needs_of(const RemotingCommand& request, bool acl_2) {
  std::vector<Need> needs;
  const auto add = [&](std::string_view topic, TopicPerm action) {
    if (!topic.empty() && !topic.starts_with(kRetryGroupTopicPrefix)) needs.push_back({std::string(topic), action});
  };
  const ExtFields& fields = request.ext_fields;
  switch (request.code) {
    case RequestCode::SEND_MESSAGE:
      add(fields.get("topic"), TopicPerm::pub);
      break;
    case RequestCode::SEND_MESSAGE_V2:
      add(fields.get("b"), TopicPerm::pub);
      break;
    case RequestCode::SEND_BATCH_MESSAGE:  // 4.9.8 lets them pass
      if (acl_2) add(fields.get("b"), TopicPerm::pub);
      break;
    case RequestCode::RECALL_MESSAGE:
    case RequestCode::END_TRANSACTION:
      if (acl_2) add(fields.get("topic"), TopicPerm::pub);
      break;
    case RequestCode::PULL_MESSAGE:
    case RequestCode::QUERY_MESSAGE:
    case RequestCode::UPDATE_CONSUMER_OFFSET:
      add(fields.get("topic"), TopicPerm::sub);
      break;
    case RequestCode::LITE_PULL_MESSAGE:
    case RequestCode::QUERY_CONSUMER_OFFSET:
      if (acl_2) add(fields.get("topic"), TopicPerm::sub);
      break;
    case RequestCode::HEART_BEAT: {
      HeartbeatData heartbeat;
      if (HeartbeatData::decode(request.body, heartbeat)) break;
      for (const ConsumerData& consumer : heartbeat.consumer_data_set) {
        for (const SubscriptionData& subscription : consumer.subscription_data_set) {
          add(subscription.topic, TopicPerm::sub);
        }
      }
      break;
    }
    default:
      break;
  }
  return needs;
}

const TopicPerm* named(const AccountPermissions& may, std::string_view topic) {
  for (const auto& [name, perm] : may.topic_perms) {
    if (name == topic) return &perm;
  }
  return nullptr;
}

std::string forbidden_in_4_9_8(const Account& account, const RemotingCommand& request, const std::vector<Need>& needs) {
  const AccountPermissions& may = *account.may;
  for (const Need& need : needs) {
    if (need.topic == kTraceTopic && need.action == TopicPerm::pub) return {};
  }
  if (is_for_admins(request.code) && !may.admin) {
    return "Need admin permission for request code=" + std::to_string(request.code) + ", but accessKey=" +
           account.access_key + " is not";
  }
  if (may.admin && may.topic_perms.empty()) return {};
  for (const Need& need : needs) {
    const TopicPerm* const own = named(may, need.topic);
    if (!includes(own != nullptr ? *own : may.default_topic_perm.value_or(TopicPerm::deny), need.action)) {
      return "No default permission for topic:" + need.topic;
    }
  }
  return {};
}

std::string forbidden_in_5_3_3(const Account& account, const RemotingCommand& request, const std::vector<Need>& needs,
                               std::string_view address) {
  const AccountPermissions& may = *account.may;
  if (may.admin) return {};
  const auto refusal = [&](const std::string& resource, const char* detail) {
    return "User:" + account.access_key + " has no permission to access " + resource + " from " +
           std::string(address.substr(0, address.rfind(':'))) + ", " + detail;
  };
  constexpr const char* kNoPolicy = "no matched policies.";
  if (is_for_admins(request.code)) {
    const std::string_view topic = request.ext_fields.get("topic"), group = request.ext_fields.get("groupName");
    return refusal(group.empty() ? "Topic:" + std::string(topic) : "Group:" + std::string(group), kNoPolicy);
  }
  for (const Need& need : needs) {
    const TopicPerm* const own = named(may, need.topic);
    const bool own_says = own != nullptr && (*own == TopicPerm::deny || includes(*own, need.action));
    const TopicPerm* const by = own_says ? own : may.default_topic_perm ? &*may.default_topic_perm : nullptr;
    if (by != nullptr && *by == TopicPerm::deny) return refusal("Topic:" + need.topic, "the decision is deny.");
    if (by == nullptr || !includes(*by, need.action)) return refusal("Topic:" + need.topic, kNoPolicy);
  }
  return {};
}

}  // namespace

std::string why_forbidden(const BrokerState& broker, const Account& account, const RemotingCommand& request,
                          const Peer& peer) {
  if (!account.may) return {};
  const bool acl_2 = broker.profile().has_acl_2;
  const std::vector<Need> needs = needs_of(request, acl_2);
  return acl_2 ? forbidden_in_5_3_3(account, request, needs, peer.address)
               : forbidden_in_4_9_8(account, request, needs);
}

}  // namespace rmqsim
