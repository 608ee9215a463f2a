#include "fake_namesrv/route_info_manager.h"

#include <algorithm>
#include <limits>

namespace rmqsim {

RegisterBrokerResult RouteInfoManager::register_broker(const BrokerRegistration& r,
                                                       const TopicConfigSerializeWrapper& topics, TimePoint now) {
  auto found = brokers_.find(r.broker_name);
  const bool first = found == brokers_.end() || found->second.data.broker_addrs.count(r.broker_id) == 0;
  // An incremental registration must not come before the full one.
  if (profile_.namesrv_refuses_lone_topic && first && topics.topic_config_table.size() == 1) return {false, {}, {}};
  if (found == brokers_.end()) {
    if (brokers_.size() >= kMaxBrokers) return {false, {}, {}};
    found = brokers_.emplace(r.broker_name, Broker{}).first;
    found->second.data.broker_name = r.broker_name;
    found->second.data.cluster = r.cluster_name;
  }
  RegisterBrokerResult result;
  if (found->second.clusters.size() < kMaxClustersOfBroker) found->second.clusters.insert(r.cluster_name);
  BrokerData& data = found->second.data;
  auto& addresses = data.broker_addrs;
  const auto other = addresses.find(r.broker_id);
  if (other != addresses.end() && other->second != r.broker_addr) {
    const auto live = live_.find({r.cluster_name, other->second});
    if (live != live_.end() &&
        live->second.data_version.state_version.value_or(0) > topics.data_version.state_version.value_or(0)) {
      return {};  // a live address with a newer state keeps its place; answered as a success
    }
    for (const auto& [address, live_one] : live_) {
      if (address.second != other->second || address.first == r.cluster_name || live_one.broker_name != r.broker_name) {
        continue;
      }
      result.overwritten_addr = other->second;
      result.overwritten_cluster = address.first;
    }
  }
  for (auto it = addresses.begin(); it != addresses.end();) {
    it = it->second == r.broker_addr && it->first != r.broker_id ? addresses.erase(it) : std::next(it);
  }
  data.zone_name = r.zone_name;
  data.enable_acting_master =
      profile_.routes_have_acting_master ? std::optional<bool>(r.enable_acting_master.value_or(false)) : std::nullopt;
  addresses[r.broker_id] = r.broker_addr;

  const Address key{r.cluster_name, r.broker_addr};
  const auto known = live_.find(key);
  const bool version_changed = known == live_.end() || !(known->second.data_version == topics.data_version);
  const bool smallest = addresses.begin()->first == r.broker_id;
  if (r.broker_id == kMasterId || (r.enable_acting_master.value_or(false) && smallest)) {
    take_queues(r.broker_name, topics, first || version_changed);
  }
  live_[key] = Live{now,
                    r.heartbeat_timeout.value_or(kExpiry),
                    topics.data_version,
                    r.connection,
                    r.broker_name,
                    r.broker_id,
                    r.ha_server_addr};

  if (r.broker_id != kMasterId) {
    const auto master = addresses.find(kMasterId);
    if (master != addresses.end()) {
      const auto live = live_.find({r.cluster_name, master->second});
      if (live != live_.end()) {
        result.master_addr = master->second;
        result.ha_server_addr = live->second.ha_server_addr;
      }
    }
  }
  return result;
}

RouteInfoManager::Topic* RouteInfoManager::topic_to_register(std::string_view topic) {
  auto it = topics_.lower_bound(topic);
  if (it == topics_.end() || it->first != topic) {
    if (topics_.size() >= kMaxTopics) return nullptr;
    it = topics_.try_emplace(it, std::string(topic));
  }
  return it->second.replaced ? nullptr : &it->second;
}

void RouteInfoManager::take_queues(const std::string& broker_name, const TopicConfigSerializeWrapper& topics,
                                   bool all) {
  for (const auto& [name, config] : topics.topic_config_table) {
    Topic* const topic = topic_to_register(name);
    if (topic == nullptr) continue;
    const auto [entry, added] = topic->brokers.try_emplace(broker_name);
    Queues& queues = entry->second;
    if (!added && (queues.fixed || queues.removed || !all)) continue;
    queues.data = {broker_name, config.read_queue_nums, config.write_queue_nums, config.perm, config.topic_sys_flag};
  }
}

void RouteInfoManager::register_topic(std::string_view topic, const std::vector<QueueData>& queues) {
  for (const QueueData& queue : queues) {
    if (brokers_.find(queue.broker_name) == brokers_.end()) continue;
    Topic* const known = topic_to_register(topic);
    if (known == nullptr) return;
    Queues& entry = known->brokers[queue.broker_name];
    if (!entry.fixed && !entry.removed) entry.data = queue;
  }
}

void RouteInfoManager::unregister_broker(std::string_view cluster, std::string_view broker_name,
                                         std::string_view address, std::int64_t broker_id) {
  live_.erase({std::string(cluster), std::string(address)});
  remove_address(broker_name, broker_id, address);
}

void RouteInfoManager::remove_address(std::string_view broker_name, std::int64_t broker_id, std::string_view address) {
  const auto broker = brokers_.find(broker_name);
  if (broker == brokers_.end() || broker->second.fixed) return;
  auto& addresses = broker->second.data.broker_addrs;
  const auto it = addresses.find(broker_id);
  if (it == addresses.end() || it->second != address) return;
  addresses.erase(it);
  if (!addresses.empty()) return;
  const std::string name = broker->first;
  brokers_.erase(broker);
  for (auto topic = topics_.begin(); topic != topics_.end();) {
    ByBroker& brokers = topic->second.brokers;
    const auto entry = brokers.find(name);
    if (entry != brokers.end() && !entry->second.fixed && !entry->second.removed) brokers.erase(entry);
    topic = brokers.empty() && !topic->second.replaced ? topics_.erase(topic) : std::next(topic);
  }
}

void RouteInfoManager::remove_live(Address address) {
  const auto it = live_.find(address);
  if (it == live_.end()) return;
  const Live gone = it->second;
  live_.erase(it);
  remove_address(gone.broker_name, gone.broker_id, address.second);
}

void RouteInfoManager::connection_closed(std::uint64_t connection) {
  std::vector<Address> gone;
  for (const auto& [address, live] : live_) {
    if (live.connection == connection) gone.push_back(address);
  }
  for (const Address& address : gone) remove_live(address);
}

std::vector<std::uint64_t> RouteInfoManager::expire(TimePoint now) {
  std::vector<Address> gone;
  std::vector<std::uint64_t> connections;
  for (const auto& [address, live] : live_) {
    if (now - live.last_update < live.timeout) continue;
    gone.push_back(address);
    connections.push_back(live.connection);
  }
  for (const Address& address : gone) remove_live(address);
  return connections;
}

bool RouteInfoManager::refresh(std::string_view cluster, std::string_view address, TimePoint now) {
  const auto it = live_.find({std::string(cluster), std::string(address)});
  if (it == live_.end()) return false;
  it->second.last_update = now;
  return true;
}

std::optional<DataVersion> RouteInfoManager::data_version(std::string_view cluster, std::string_view address) const {
  const auto it = live_.find({std::string(cluster), std::string(address)});
  if (it == live_.end()) return std::nullopt;
  return it->second.data_version;
}

std::optional<TopicRouteData> RouteInfoManager::route(std::string_view topic) const {
  const auto it = topics_.find(topic);
  if (it == topics_.end()) return std::nullopt;
  TopicRouteData route;
  for (const auto& [name, queues] : it->second.brokers) {
    if (queues.removed) continue;
    route.queue_datas.push_back(queues.data);
    const auto broker = brokers_.find(name);
    if (broker != brokers_.end()) route.broker_datas.push_back(broker->second.data);
  }
  if (route.broker_datas.empty()) return std::nullopt;
  return route;
}

ClusterInfo RouteInfoManager::cluster_info() const {
  ClusterInfo info;
  for (const auto& [name, broker] : brokers_) {
    for (const std::string& cluster : broker.clusters) info.cluster_addr_table[cluster].push_back(name);
    info.broker_addr_table.emplace(name, broker.data);
  }
  return info;
}

std::vector<std::string> RouteInfoManager::topics() const {
  std::vector<std::string> out;
  for (const auto& [name, topic] : topics_) {
    const auto there = [](const auto& entry) { return !entry.second.removed; };
    if (std::any_of(topic.brokers.begin(), topic.brokers.end(), there)) out.push_back(name);
  }
  return out;
}

std::vector<std::string> RouteInfoManager::topics_of_cluster(std::string_view cluster) const {
  const auto in_cluster = [&](const auto& queues) {
    const auto broker = brokers_.find(queues.first);
    return !queues.second.removed && broker != brokers_.end() && broker->second.clusters.contains(std::string(cluster));
  };
  std::vector<std::string> out;
  for (const auto& [name, topic] : topics_) {
    if (std::any_of(topic.brokers.begin(), topic.brokers.end(), in_cluster)) out.push_back(name);
  }
  return out;
}

std::optional<BrokerMemberGroup> RouteInfoManager::member_group(std::string_view cluster,
                                                                std::string_view broker_name) const {
  const auto it = brokers_.find(broker_name);
  if (it == brokers_.end()) return std::nullopt;
  return BrokerMemberGroup{std::string(cluster), std::string(broker_name), it->second.data.broker_addrs};
}

void RouteInfoManager::put_broker(std::string_view cluster, std::string_view broker_name, std::int64_t broker_id,
                                  std::string_view address) {
  Broker& broker = brokers_[std::string(broker_name)];
  broker.clusters.insert(std::string(cluster));
  broker.fixed = true;
  broker.data.cluster = cluster;
  broker.data.broker_name = broker_name;
  broker.data.broker_addrs[broker_id] = address;
  if (profile_.routes_have_acting_master) broker.data.enable_acting_master = false;
}

void RouteInfoManager::set_route(std::string_view topic, QueueData queues) {
  const std::string broker_name = queues.broker_name;
  topics_[std::string(topic)].brokers[broker_name] = Queues{std::move(queues), true, false};
}

bool RouteInfoManager::replace_route(std::string_view topic, const std::vector<QueueData>& queues) {
  const auto there = [](const Topic& entry) {
    std::map<std::string, QueueData> data;
    for (const auto& [broker, one] : entry.brokers) {
      if (!one.removed) data.emplace(broker, one.data);
    }
    return data;
  };
  Topic& entry = topics_[std::string(topic)];
  const auto before = there(entry);
  entry.replaced = true;
  entry.brokers.clear();
  for (const QueueData& data : queues) entry.brokers[data.broker_name] = Queues{data, true, false};
  return there(entry) != before;
}

bool RouteInfoManager::remove_from_route(std::string_view topic, std::string_view broker_name) {
  bool any = false;
  for (auto& [name, entry] : topics_) {
    if (!topic.empty() && name != topic) continue;
    const auto it = entry.brokers.find(broker_name);
    if (it == entry.brokers.end() || it->second.removed) continue;
    it->second.removed = true;
    any = true;
  }
  return any;
}

bool RouteInfoManager::set_perm(std::string_view topic, std::string_view broker_name, std::int32_t perm) {
  const auto it = topics_.find(topic);
  if (it == topics_.end()) return false;
  bool changed = false;
  for (auto& [name, queues] : it->second.brokers) {
    if (!broker_name.empty() && name != broker_name) continue;
    changed |= queues.data.perm != perm;
    queues.data.perm = perm;
    queues.fixed = true;
  }
  return changed;
}

void RouteInfoManager::remove_topic(std::string_view topic) {
  const auto it = topics_.find(topic);
  if (it != topics_.end()) topics_.erase(it);
}

void RouteInfoManager::delete_topic(std::string_view topic, std::string_view cluster) {
  const auto it = topics_.find(topic);
  if (it == topics_.end()) return;
  std::erase_if(it->second.brokers, [&](const auto& entry) {
    if (cluster.empty()) return true;
    const auto broker = brokers_.find(entry.first);
    return broker != brokers_.end() && broker->second.data.cluster == cluster;
  });
  if (it->second.brokers.empty()) topics_.erase(it);
}

void RouteInfoManager::forget_registrations() {
  while (!live_.empty()) remove_live(live_.begin()->first);
}

}  // namespace rmqsim
