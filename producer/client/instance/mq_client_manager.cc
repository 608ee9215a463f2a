#include "producer/client/instance/mq_client_manager.h"

#include <map>
#include <utility>

namespace rmqsim {
namespace {

using Instances = std::map<std::string, std::weak_ptr<MQClientInstance>, std::less<>>;

/// Of that world, and not by its address, which the next one may have while something of this one still lives.
Instances& instances_of(Runtime& runtime) {
  std::shared_ptr<void>& place = runtime.shared("client instances");
  if (!place) place = std::make_shared<Instances>();
  return *static_cast<Instances*>(place.get());
}

}  // namespace

std::shared_ptr<MQClientInstance> MQClientManager::get_or_create(Runtime& runtime, Transport& transport,
                                                                 const Profile& profile, const ClientConfig& config,
                                                                 const MQClientInstanceOptions& options) {
  std::shared_ptr<MQClientInstance> instance;
  runtime.run([&] {
    const std::string client_id = config.buildMQClientId();
    std::weak_ptr<MQClientInstance>& known = instances_of(runtime)[client_id];
    instance = known.lock();
    if (instance) return;
    known = instance = std::make_shared<MQClientInstance>(runtime, transport, profile, config, client_id, options);
  });
  return instance;
}

void MQClientManager::remove(Runtime& runtime, const std::string& client_id) {
  runtime.run([&] { instances_of(runtime).erase(client_id); });
}

}  // namespace rmqsim
