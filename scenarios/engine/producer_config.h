// Applies a scenario's `config` to a producer: the exact Java property names on one side, the fields of ClientConfig
// and ProducerSettings on the other.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "producer/client/client_config.h"
#include "producer/client/default_mq_producer_impl.h"
#include "producer/client/producer_settings.h"
#include "producer/latency/mq_fault_strategy.h"
#include "producer/profile/profile.h"
#include "scenarios/file/scenario.h"

namespace rmqsim {

/// The first setting of the scenario that this version of the producer does not have, or that `setConfig` cannot change
/// on a running one, with its place in the file.
struct UnsupportedSetting {
  std::string message;
  SourceLocation where;
};
std::optional<UnsupportedSetting> find_unsupported(const Scenario& scenario);

/// Before the producer is made. Adds a note for each setting that the profile's version does not know.
void apply_config(const ProducerConfig& config, const Profile& profile, ClientConfig& client,
                  ProducerSettings& settings, std::vector<std::string>& notes);
/// To a producer that runs; `find_unsupported` has refused what it reads only once.
void apply_config(const ProducerConfig& config, DefaultMQProducerImpl& running, std::vector<std::string>& notes);
/// sendLatencyFaultEnable and the like, which live in the strategy.
void apply_config(const ProducerConfig& config, MQFaultStrategy& strategy);

}  // namespace rmqsim
