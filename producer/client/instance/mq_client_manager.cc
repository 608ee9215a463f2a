#include "producer/client/instance/mq_client_manager.h"

#include <map>
#include <mutex>
#include <utility>

namespace rmqsim {
namespace {

struct Table {
  std::mutex mutex;
  std::map<std::pair<const Runtime*, std::string>, std::weak_ptr<MQClientInstance>> instances;
};

Table& table() {
  static Table instance;
  return instance;
}

}  // namespace

std::shared_ptr<MQClientInstance> MQClientManager::get_or_create(Runtime& runtime, Transport& transport,
                                                                 const Profile& profile, const ClientConfig& config,
                                                                 const MQClientInstanceOptions& options) {
  const std::string client_id = config.buildMQClientId();
  std::lock_guard lock(table().mutex);
  std::erase_if(table().instances, [](const auto& entry) { return entry.second.expired(); });
  std::weak_ptr<MQClientInstance>& slot = table().instances[{&runtime, client_id}];
  if (auto instance = slot.lock()) return instance;
  auto instance = std::make_shared<MQClientInstance>(runtime, transport, profile, config, client_id, options);
  slot = instance;
  return instance;
}

void MQClientManager::remove(Runtime& runtime, const std::string& client_id) {
  std::lock_guard lock(table().mutex);
  table().instances.erase({&runtime, client_id});
}

}  // namespace rmqsim
