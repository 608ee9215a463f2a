#include "scenarios/harness/engine/scenario_producers.h"

#include "producer/client/api/acl_client_rpc_hook.h"

namespace rmqsim {

ScenarioProducer make_scenario_producer(RunScope& run, World world, const Profile& profile, const ProducerSpec& spec,
                                        const ProducerPlace& place, std::vector<std::string>& notes) {
  ClientConfig client;
  ProducerSettings settings;
  settings.retry_response_codes = profile.retry_response_codes;
  settings.record_attempts = true;
  settings.remoting.node = spec.name;
  settings.remoting.close_delay = place.close_delay;
  client.setNamesrvAddr(place.name_servers);
  if (spec.queue_index) {
    settings.queue_index_start = spec.queue_index->start;
    settings.queue_index_resets = spec.queue_index->resets;
    settings.async_sender_threads = 1;
    client.setClientCallbackExecutorThreads(1);
  }
  if (spec.credentials) settings.rpc_hook = std::make_shared<AclClientRPCHook>(*spec.credentials);
  apply_config(spec.config, profile, client, settings, notes);
  ScenarioProducer producer(run, std::make_shared<DefaultMQProducerImpl>(world.runtime, world.transport, profile,
                                                                         spec.group, std::move(client),
                                                                         std::move(settings)));
  apply_config(spec.config, producer.strategy());
  return producer;
}

}  // namespace rmqsim
