// What a broker remembers of consumer groups when nobody is connected: which groups exist, how far each has come in
// every queue (wire §2.5), and who has locked which queue for orderly consumption (§2.6, codes 41 and 42).
// Pure. As on a real broker these outlive a crash, except the locks.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "fake_broker/shell/server_profile.h"
#include "producer/remoting/bodies/consumer_bodies.h"
#include "producer/remoting/bodies/subscription_group_config.h"
#include "producer/transport/time.h"

namespace rmqsim {

inline constexpr std::string_view kDlqGroupTopicPrefix = "%DLQ%";

/// Subscription groups. Those of the system are always there.
class SubscriptionGroupManager {
 public:
  static constexpr std::size_t kMaxGroups = 100'000;

  explicit SubscriptionGroupManager(const ServerProfile& profile);
  bool contains(std::string_view group) const { return groups_.contains(group); }
  /// nullptr when the group does not exist.
  const SubscriptionGroupConfig* find(std::string_view group) const;
  /// findSubscriptionGroupConfig: the group when it exists, or was made because `auto_create` allows it and its name is
  /// legal; else nullptr.
  const SubscriptionGroupConfig* find_or_create(std::string_view group, bool auto_create, TimePoint now);
  /// Adds or replaces. False when the table is full.
  bool put(SubscriptionGroupConfig config, TimePoint now);
  /// A group with the usual settings.
  void put(std::string_view group);
  void remove(std::string_view group, TimePoint now);

  const SubscriptionGroupTable& table() const { return groups_; }
  const DataVersion& data_version() const { return data_version_; }

 private:
  SubscriptionGroupConfig usual(std::string_view group) const;
  void changed(TimePoint now);

  const ServerProfile& profile_;
  SubscriptionGroupTable groups_;
  DataVersion data_version_;
};

class ConsumerOffsetManager {
 public:
  /// Bounds for what a hostile peer can make the table hold.
  static constexpr std::size_t kMaxOffsets = 1'000'000;
  static constexpr std::size_t kMaxNameLength = 255;

  void commit_offset(std::string_view group, std::string_view topic, std::int32_t queue_id, std::int64_t offset);
  /// -1 when the group has none for that queue.
  std::int64_t query_offset(std::string_view group, std::string_view topic, std::int32_t queue_id) const;
  /// whichGroupByTopic.
  std::vector<std::string> groups_of_topic(std::string_view topic) const;
  /// whichTopicByConsumer.
  std::vector<std::string> topics_of_group(std::string_view group) const;
  void remove_topic(std::string_view topic);
  void remove_group(std::string_view group);

  /// assignResetOffset: the group goes on from `offset`, where its next pull is sent; until then it commits nothing.
  void reset_offset(std::string_view group, std::string_view topic, std::int32_t queue_id, std::int64_t offset);
  bool is_reset(std::string_view group, std::string_view topic, std::int32_t queue_id) const;
  /// queryThenEraseResetOffset.
  std::optional<std::int64_t> take_reset(std::string_view group, std::string_view topic, std::int32_t queue_id);

 private:
  using GroupQueue = std::tuple<std::string, std::string, std::int32_t>;  ///< group, topic, queue
  using Queues = std::map<std::int32_t, std::int64_t>;
  std::map<std::string, std::map<std::string, Queues, std::less<>>, std::less<>> table_;  ///< by topic, then group
  std::size_t offsets_ = 0;
  std::map<GroupQueue, std::int64_t> resets_;  ///< of queues in the table
};

class RebalanceLockManager {
 public:
  /// rocketmq.broker.rebalance.lockMaxLiveTime
  static constexpr Duration kLockLiveTime = std::chrono::seconds(60);
  static constexpr std::size_t kMaxLocks = 1'000'000;

  /// The queues among `queues` that the client holds from now on.
  std::vector<QueueOfBroker> try_lock(std::string_view group, const std::vector<QueueOfBroker>& queues,
                                      std::string_view client_id, TimePoint now);
  void unlock(std::string_view group, const std::vector<QueueOfBroker>& queues, std::string_view client_id);
  void clear();

 private:
  struct Lock {
    std::string client_id;
    TimePoint last_update;
  };
  std::map<std::string, std::map<QueueOfBroker, Lock>, std::less<>> locks_;
  std::size_t size_ = 0;
};

}  // namespace rmqsim
