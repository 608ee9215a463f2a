// Groups, connections and client ids of producers, and how they leave.
#include "fake_broker/store/producer_manager.h"

#include <iterator>

namespace rmqsim {

namespace {
constexpr Duration kScanInterval = std::chrono::seconds(10);
}  // namespace

void ProducerManager::register_producer(std::string_view group, const ClientChannelInfo& client) {
  if (client.last_update - last_scan_ >= kScanInterval) expire(client.last_update);
  auto it = groups_.find(group);
  if (it == groups_.end()) {
    if (groups_.size() >= kMaxGroups) return;
    it = groups_.emplace(std::string(group), Clients{}).first;
  }
  if (it->second.size() >= kMaxClientsPerGroup && it->second.count(client.connection) == 0) return;
  it->second[client.connection] = client;
  client_ids_[client.client_id] = client.connection;
}

void ProducerManager::forget_client_id(const ClientChannelInfo& client) {
  const auto it = client_ids_.find(client.client_id);
  if (it != client_ids_.end() && it->second == client.connection) client_ids_.erase(it);
}

void ProducerManager::unregister_producer(std::string_view group, std::uint64_t connection) {
  const auto it = groups_.find(group);
  if (it == groups_.end()) return;
  const auto client = it->second.find(connection);
  if (client == it->second.end()) return;
  const ClientChannelInfo gone = client->second;
  it->second.erase(client);
  if (it->second.empty()) groups_.erase(it);
  for (const auto& [name, clients] : groups_) {
    const auto still = clients.find(connection);
    if (still != clients.end() && still->second.client_id == gone.client_id) return;
  }
  forget_client_id(gone);
}

void ProducerManager::connection_closed(std::uint64_t connection) {
  for (auto it = groups_.begin(); it != groups_.end();) {
    const auto client = it->second.find(connection);
    if (client != it->second.end()) {
      forget_client_id(client->second);
      it->second.erase(client);
    }
    it = it->second.empty() ? groups_.erase(it) : std::next(it);
  }
}

void ProducerManager::expire(TimePoint now) {
  last_scan_ = now;
  for (auto it = groups_.begin(); it != groups_.end();) {
    for (auto client = it->second.begin(); client != it->second.end();) {
      if (now - client->second.last_update >= kExpiry) {
        forget_client_id(client->second);
        client = it->second.erase(client);
      } else {
        ++client;
      }
    }
    it = it->second.empty() ? groups_.erase(it) : std::next(it);
  }
}

void ProducerManager::clear() {
  groups_.clear();
  client_ids_.clear();
}

std::vector<ClientChannelInfo> ProducerManager::clients(std::string_view group) const {
  std::vector<ClientChannelInfo> out;
  const auto it = groups_.find(group);
  if (it == groups_.end()) return out;
  for (const auto& [connection, client] : it->second) out.push_back(client);
  return out;
}

std::vector<std::string> ProducerManager::groups() const {
  std::vector<std::string> out;
  for (const auto& [name, clients] : groups_) out.push_back(name);
  return out;
}

std::optional<ClientChannelInfo> ProducerManager::available(std::string_view group) {
  const auto it = groups_.find(group);
  if (it == groups_.end() || it->second.empty()) return std::nullopt;
  auto client = it->second.begin();
  std::advance(client, static_cast<std::ptrdiff_t>(turn_++ % it->second.size()));
  return client->second;
}

std::optional<std::uint64_t> ProducerManager::find_client(std::string_view client_id) const {
  const auto it = client_ids_.find(client_id);
  if (it == client_ids_.end()) return std::nullopt;
  return it->second;
}

}  // namespace rmqsim
