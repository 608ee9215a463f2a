// Applies a scenario's `config` to a producer: the exact Java property names on one side, the fields of ClientConfig
// and ProducerSettings on the other.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "producer/client/api/client_config.h"
#include "producer/client/api/producer_settings.h"
#include "producer/client/send/default_mq_producer_impl.h"
#include "producer/latency/mq_fault_strategy.h"
#include "producer/profile/profile.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Whether there is a row for it; so for every setting of the scenario file's table that is not refused there.
bool applies_setting(std::string_view name);

/// Before the producer is made. Adds a note for each setting that the profile's version does not know.
void apply_config(const ProducerConfig& config, const Profile& profile, ClientConfig& client,
                  ProducerSettings& settings, std::vector<std::string>& notes);
/// To a producer that runs; the parser has refused what it reads only once.
void apply_config(const ProducerConfig& config, DefaultMQProducerImpl& running, std::vector<std::string>& notes);
/// sendLatencyFaultEnable and the like, which live in the strategy.
void apply_config(const ProducerConfig& config, MQFaultStrategy& strategy);

}  // namespace rmqsim
