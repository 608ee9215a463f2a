// Finds or makes the MQClientInstance of a client id (MQClientManager, behaviour §3.3). Java's table is one
// per process; here it is one per world, so that two simulated worlds share nothing. It is the only table of its kind.
#pragma once

#include <memory>
#include <string>

#include "producer/client/instance/mq_client_instance.h"

namespace rmqsim {

class MQClientManager {
 public:
  /// Any thread. The first caller's config and options make the instance; later ones with the same client id share
  /// it, and theirs are ignored, as in Java. The instance lives as long as somebody holds it.
  static std::shared_ptr<MQClientInstance> get_or_create(Runtime& runtime, Transport& transport,
                                                         const Profile& profile, const ClientConfig& config,
                                                         const MQClientInstanceOptions& options);
  /// Later callers get a new instance. Called when an instance shuts down.
  static void remove(Runtime& runtime, const std::string& client_id);
};

}  // namespace rmqsim
