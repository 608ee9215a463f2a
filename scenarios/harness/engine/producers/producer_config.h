// Applies a scenario's `config` to a producer, by the rows of scenarios/harness/file/settings.
#pragma once

#include <string>
#include <vector>

#include "producer/client/api/client_config.h"
#include "producer/client/api/producer_settings.h"
#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/latency/mq_fault_strategy.h"
#include "producer/profile/profile.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Where a producer finds its nameservers, and how long a connection that it closed can still be chosen.
struct ProducerPlace {
  std::string name_servers;  ///< "ip:port;ip:port"
  Duration close_delay{0};
};

/// Before the producer is made. Adds a note for each setting that has no effect in the profile.
void apply_config(const ProducerConfig& config, const Profile& profile, ClientConfig& client,
                  ProducerSettings& settings, std::vector<std::string>& notes);
/// All that the scenario says of a producer, but for what apply_config() has for its strategy.
void configure_producer(const ProducerSpec& spec, const Profile& profile, const ProducerPlace& place,
                        ClientConfig& client, ProducerSettings& settings, std::vector<std::string>& notes);
/// To a producer that runs; the parser has refused what it reads only once.
void apply_config(const ProducerConfig& config, DefaultMQProducerImpl& running, std::vector<std::string>& notes);
/// sendLatencyFaultEnable and the like, which live in the strategy.
void apply_config(const ProducerConfig& config, MQFaultStrategy& strategy);

}  // namespace rmqsim
