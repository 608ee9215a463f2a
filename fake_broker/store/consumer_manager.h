// The broker's table of consumers: per group who is connected, how the group consumes, and what it has subscribed to
// (wire §2.3, §6.3). Pure. A client leaves by UNREGISTER_CLIENT, when its connection closes, or after 120 s
// without a heartbeat; whoever stays in the group is then told (NOTIFY_CONSUMER_IDS_CHANGED).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "fake_broker/store/producer_manager.h"
#include "producer/remoting/bodies/heartbeat_data.h"

namespace rmqsim {

/// Which messages of a topic a consumer wants, as far as a broker looks: by hash of the tag.
struct TagFilter {
  bool all = true;
  std::vector<std::int32_t> codes;

  static TagFilter of(const SubscriptionData& subscription);
  bool matches(std::int32_t tags_code) const;
};

struct ConsumerGroupInfo {
  using Clients = std::map<std::uint64_t, ClientChannelInfo>;  ///< by connection

  ConsumeType consume_type = ConsumeType::CONSUME_PASSIVELY;
  MessageModel message_model = MessageModel::CLUSTERING;
  ConsumeFromWhere consume_from_where = ConsumeFromWhere::CONSUME_FROM_LAST_OFFSET;
  std::map<std::string, SubscriptionData, std::less<>> subscriptions;  ///< by topic
  Clients clients;
  std::int32_t fingerprint = 0;  ///< of the last v2 heartbeat with subscriptions
  std::size_t bytes = 0;         ///< of the subscriptions, roughly
};

class ConsumerManager {
 public:
  static constexpr Duration kExpiry = ProducerManager::kExpiry;
  /// Bounds for what a hostile peer can make the table hold.
  static constexpr std::size_t kMaxGroups = 10'000;
  static constexpr std::size_t kMaxClientsPerGroup = 10'000;
  static constexpr std::size_t kMaxSubscriptionBytes = 64 * 1024 * 1024;

  /// A heartbeat of `client` for one group. True when the group changed, so that its members must be told. Without
  /// `with_subscriptions` (a v2 heartbeat that carries none) those known stay.
  bool register_consumer(const ConsumerData& consumer, const ClientChannelInfo& client, bool with_subscriptions);
  /// True when the group had that client and still has others.
  bool unregister_consumer(std::string_view group, std::uint64_t connection);
  /// The groups that the connection left and that still have members.
  std::vector<std::string> connection_closed(std::uint64_t connection);
  /// Drops clients whose last heartbeat is 120 s ago or more, every 10 s at most; returns as connection_closed() does.
  std::vector<std::string> expire(TimePoint now);
  void clear();

  /// nullptr for a group that has no members.
  const ConsumerGroupInfo* find(std::string_view group) const;
  std::vector<std::string> groups_of_topic(std::string_view topic) const;
  /// Remembers the fingerprint of a v2 heartbeat; true when it differs from the last one.
  bool take_fingerprint(std::string_view group, std::int32_t fingerprint);

 private:
  using Groups = std::map<std::string, ConsumerGroupInfo, std::less<>>;
  bool update_subscriptions(ConsumerGroupInfo& group, const std::vector<SubscriptionData>& subscriptions);
  Groups::iterator erase(Groups::iterator group);

  Groups groups_;
  std::size_t bytes_ = 0;
  TimePoint last_scan_;
};

}  // namespace rmqsim
