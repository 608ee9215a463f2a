// Groups, their offsets and their locks.
#include "fake_broker/store/consumer_offset_manager.h"

#include <iterator>

#include "fake_broker/store/topic_config_manager.h"

namespace rmqsim {

namespace {

constexpr std::size_t kGroupMaxLength = 255;
/// Longer names of groups, clients, topics and brokers get no lock.
constexpr std::size_t kLongestName = 255;

}  // namespace

SubscriptionGroupManager::SubscriptionGroupManager(const ServerProfile& profile) : profile_(profile) {
  for (const char* group : {"TOOLS_CONSUMER", "FILTERSRV_CONSUMER", "SELF_TEST_C_GROUP", "CID_ONS-HTTP-PROXY",
                            "CID_ONSAPI_PULL", "CID_ONSAPI_PERMISSION", "CID_ONSAPI_OWNER", "CID_RMQ_SYS_TRANS"}) {
    put(group);
  }
  if (!profile.has_transaction_group) groups_.erase("CID_RMQ_SYS_TRANS");
  if (!profile.data_version_has_state) data_version_.state_version.reset();
}

const SubscriptionGroupConfig* SubscriptionGroupManager::find(std::string_view group) const {
  const auto it = groups_.find(group);
  return it == groups_.end() ? nullptr : &it->second;
}

const SubscriptionGroupConfig* SubscriptionGroupManager::find_or_create(std::string_view group, bool auto_create,
                                                                        TimePoint now) {
  if (const SubscriptionGroupConfig* const known = find(group)) return known;
  const bool of_system = group.substr(0, 12) == "CID_RMQ_SYS_";
  if (!auto_create && !of_system) return nullptr;
  if (group.size() > kGroupMaxLength || !is_legal_name(group) || !put(usual(group), now)) return nullptr;
  return find(group);
}

bool SubscriptionGroupManager::put(SubscriptionGroupConfig config, TimePoint now) {
  if (groups_.size() >= kMaxGroups && !contains(config.group_name)) return false;
  std::string name = config.group_name;
  groups_.insert_or_assign(std::move(name), std::move(config));
  changed(now);
  return true;
}

void SubscriptionGroupManager::put(std::string_view group) {
  groups_.insert_or_assign(std::string(group), usual(group));
}

void SubscriptionGroupManager::remove(std::string_view group, TimePoint now) {
  const auto it = groups_.find(group);
  if (it == groups_.end()) return;
  groups_.erase(it);
  changed(now);
}

SubscriptionGroupConfig SubscriptionGroupManager::usual(std::string_view group) const {
  SubscriptionGroupConfig config;
  config.group_name = group;
  if (profile_.groups_have_added_fields) config.since5.emplace();
  return config;
}

void SubscriptionGroupManager::changed(TimePoint now) {
  ++data_version_.counter;
  data_version_.timestamp = to_millis(now);
}

void ConsumerOffsetManager::commit_offset(std::string_view group, std::string_view topic, std::int32_t queue_id,
                                          std::int64_t offset) {
  if (group.size() > kMaxNameLength || topic.size() > kMaxNameLength) return;
  if (offsets_ >= kMaxOffsets && query_offset(group, topic, queue_id) < 0) return;
  auto by_topic = table_.find(topic);
  if (by_topic == table_.end()) by_topic = table_.try_emplace(std::string(topic)).first;
  auto by_group = by_topic->second.find(group);
  if (by_group == by_topic->second.end()) by_group = by_topic->second.try_emplace(std::string(group)).first;
  if (by_group->second.insert_or_assign(queue_id, offset).second) ++offsets_;
}

std::int64_t ConsumerOffsetManager::query_offset(std::string_view group, std::string_view topic,
                                                 std::int32_t queue_id) const {
  const auto by_topic = table_.find(topic);
  if (by_topic == table_.end()) return -1;
  const auto by_group = by_topic->second.find(group);
  if (by_group == by_topic->second.end()) return -1;
  const auto queue = by_group->second.find(queue_id);
  return queue == by_group->second.end() ? -1 : queue->second;
}

std::vector<std::string> ConsumerOffsetManager::groups_of_topic(std::string_view topic) const {
  std::vector<std::string> out;
  const auto by_topic = table_.find(topic);
  if (by_topic == table_.end()) return out;
  for (const auto& [group, queues] : by_topic->second) out.push_back(group);
  return out;
}

std::vector<std::string> ConsumerOffsetManager::topics_of_group(std::string_view group) const {
  std::vector<std::string> out;
  for (const auto& [topic, groups] : table_) {
    if (groups.contains(group)) out.push_back(topic);
  }
  return out;
}

void ConsumerOffsetManager::remove_topic(std::string_view topic) {
  const auto by_topic = table_.find(topic);
  if (by_topic == table_.end()) return;
  for (const auto& [group, queues] : by_topic->second) offsets_ -= queues.size();
  table_.erase(by_topic);
  std::erase_if(resets_, [&](const auto& reset) { return std::get<1>(reset.first) == topic; });
}

void ConsumerOffsetManager::remove_group(std::string_view group) {
  for (auto by_topic = table_.begin(); by_topic != table_.end();) {
    if (const auto it = by_topic->second.find(group); it != by_topic->second.end()) {
      offsets_ -= it->second.size();
      by_topic->second.erase(it);
    }
    by_topic = by_topic->second.empty() ? table_.erase(by_topic) : std::next(by_topic);
  }
  std::erase_if(resets_, [&](const auto& reset) { return std::get<0>(reset.first) == group; });
}

void ConsumerOffsetManager::reset_offset(std::string_view group, std::string_view topic, std::int32_t queue_id,
                                         std::int64_t offset) {
  commit_offset(group, topic, queue_id, offset);
  if (query_offset(group, topic, queue_id) == offset) resets_[GroupQueue(group, topic, queue_id)] = offset;
}

bool ConsumerOffsetManager::is_reset(std::string_view group, std::string_view topic, std::int32_t queue_id) const {
  return !resets_.empty() && resets_.contains(GroupQueue(group, topic, queue_id));
}

std::optional<std::int64_t> ConsumerOffsetManager::take_reset(std::string_view group, std::string_view topic,
                                                              std::int32_t queue_id) {
  if (resets_.empty()) return std::nullopt;
  const auto it = resets_.find(GroupQueue(group, topic, queue_id));
  if (it == resets_.end()) return std::nullopt;
  const std::int64_t offset = it->second;
  resets_.erase(it);
  return offset;
}

std::vector<QueueOfBroker> RebalanceLockManager::try_lock(std::string_view group,
                                                          const std::vector<QueueOfBroker>& queues,
                                                          std::string_view client_id, TimePoint now) {
  std::vector<QueueOfBroker> held;
  if (group.size() > kLongestName || client_id.size() > kLongestName) return held;
  auto of_group = locks_.find(group);
  if (of_group == locks_.end()) {
    if (queues.empty() || size_ >= kMaxLocks) return held;
    of_group = locks_.try_emplace(std::string(group)).first;
  }
  for (const QueueOfBroker& queue : queues) {
    if (queue.topic.size() > kLongestName || queue.broker_name.size() > kLongestName) continue;
    const auto it = of_group->second.find(queue);
    if (it == of_group->second.end()) {
      if (size_ >= kMaxLocks) continue;
      of_group->second.emplace(queue, Lock{std::string(client_id), now});
      ++size_;
    } else if (it->second.client_id == client_id || now - it->second.last_update > kLockLiveTime) {
      it->second = Lock{std::string(client_id), now};
    } else {
      continue;
    }
    held.push_back(queue);
  }
  if (of_group->second.empty()) locks_.erase(of_group);
  return held;
}

void RebalanceLockManager::unlock(std::string_view group, const std::vector<QueueOfBroker>& queues,
                                  std::string_view client_id) {
  const auto of_group = locks_.find(group);
  if (of_group == locks_.end()) return;
  for (const QueueOfBroker& queue : queues) {
    const auto it = of_group->second.find(queue);
    if (it == of_group->second.end() || it->second.client_id != client_id) continue;
    of_group->second.erase(it);
    --size_;
  }
  if (of_group->second.empty()) locks_.erase(of_group);
}

void RebalanceLockManager::clear() {
  locks_.clear();
  size_ = 0;
}

}  // namespace rmqsim
