// Members and subscriptions of consumer groups.
#include "fake_broker/store/consumer_manager.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "producer/remoting/codec/java_hash.h"

namespace rmqsim {

namespace {

constexpr Duration kConsumerScanInterval = std::chrono::seconds(10);

std::size_t bytes_of(const SubscriptionData& s) {
  std::size_t n = 256 + s.topic.size() + s.sub_string.size() + s.expression_type.size() + 4 * s.code_set.size();
  for (const std::string& tag : s.tags_set) n += 32 + tag.size();
  return n;
}

}  // namespace

TagFilter TagFilter::of(const SubscriptionData& s) {
  TagFilter filter;
  filter.all = s.sub_string.empty() || s.sub_string == "*" || s.class_filter_mode;
  filter.codes = s.code_set;
  if (filter.codes.empty()) {
    for (const std::string& tag : s.tags_set) filter.codes.push_back(java_hash(tag));
  }
  return filter;
}

bool TagFilter::matches(std::int32_t tags_code) const {
  return all || std::find(codes.begin(), codes.end(), tags_code) != codes.end();
}

bool ConsumerManager::update_subscriptions(ConsumerGroupInfo& group,
                                           const std::vector<SubscriptionData>& subscriptions) {
  bool changed = false;
  std::set<std::string_view> topics;
  for (const SubscriptionData& s : subscriptions) {
    topics.insert(s.topic);
    const auto it = group.subscriptions.find(s.topic);
    if (it != group.subscriptions.end() && it->second.sub_version >= s.sub_version) continue;
    const std::size_t bytes = bytes_of(s);
    const std::size_t before = it == group.subscriptions.end() ? 0 : bytes_of(it->second);
    if (bytes_ - before + bytes > kMaxSubscriptionBytes) continue;
    changed = changed || it == group.subscriptions.end();
    group.bytes += bytes - before;
    bytes_ += bytes - before;
    group.subscriptions[s.topic] = s;
  }
  for (auto it = group.subscriptions.begin(); it != group.subscriptions.end();) {
    if (topics.count(it->first) != 0) {
      ++it;
      continue;
    }
    const std::size_t bytes = bytes_of(it->second);
    group.bytes -= bytes;
    bytes_ -= bytes;
    changed = true;
    it = group.subscriptions.erase(it);
  }
  return changed;
}

bool ConsumerManager::register_consumer(const ConsumerData& consumer, const ClientChannelInfo& client,
                                        bool with_subscriptions) {
  auto it = groups_.find(consumer.group_name);
  if (it == groups_.end()) {
    if (groups_.size() >= kMaxGroups) return false;
    it = groups_.emplace(consumer.group_name, ConsumerGroupInfo{}).first;
  }
  ConsumerGroupInfo& group = it->second;
  if (group.clients.size() >= kMaxClientsPerGroup && group.clients.count(client.connection) == 0) return false;
  group.consume_type = consumer.consume_type;
  group.message_model = consumer.message_model;
  group.consume_from_where = consumer.consume_from_where;
  const bool came = group.clients.insert_or_assign(client.connection, client).second;
  const bool changed = with_subscriptions && update_subscriptions(group, consumer.subscription_data_set);
  return came || changed;
}

ConsumerManager::Groups::iterator ConsumerManager::erase(Groups::iterator group) {
  bytes_ -= group->second.bytes;
  return groups_.erase(group);
}

bool ConsumerManager::unregister_consumer(std::string_view group, std::uint64_t connection) {
  const auto it = groups_.find(group);
  if (it == groups_.end() || it->second.clients.erase(connection) == 0) return false;
  if (!it->second.clients.empty()) return true;
  erase(it);
  return false;
}

std::vector<std::string> ConsumerManager::connection_closed(std::uint64_t connection) {
  std::vector<std::string> changed;
  for (auto it = groups_.begin(); it != groups_.end();) {
    if (it->second.clients.erase(connection) != 0 && !it->second.clients.empty()) changed.push_back(it->first);
    it = it->second.clients.empty() ? erase(it) : std::next(it);
  }
  return changed;
}

std::vector<std::string> ConsumerManager::expire(TimePoint now) {
  std::vector<std::string> changed;
  if (now - last_scan_ < kConsumerScanInterval) return changed;
  last_scan_ = now;
  for (auto it = groups_.begin(); it != groups_.end();) {
    auto& clients = it->second.clients;
    const std::size_t gone =
        std::erase_if(clients, [&](const auto& client) { return now - client.second.last_update >= kExpiry; });
    if (gone != 0 && !clients.empty()) changed.push_back(it->first);
    it = clients.empty() ? erase(it) : std::next(it);
  }
  return changed;
}

void ConsumerManager::clear() {
  groups_.clear();
  bytes_ = 0;
}

const ConsumerGroupInfo* ConsumerManager::find(std::string_view group) const {
  const auto it = groups_.find(group);
  return it == groups_.end() ? nullptr : &it->second;
}

std::vector<std::string> ConsumerManager::groups_of_topic(std::string_view topic) const {
  std::vector<std::string> out;
  for (const auto& [name, group] : groups_) {
    if (group.subscriptions.find(topic) != group.subscriptions.end()) out.push_back(name);
  }
  return out;
}

bool ConsumerManager::take_fingerprint(std::string_view group, std::int32_t fingerprint) {
  const auto it = groups_.find(group);
  if (it == groups_.end()) return true;
  return std::exchange(it->second.fingerprint, fingerprint) != fingerprint;
}

}  // namespace rmqsim
