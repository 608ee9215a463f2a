#include "scenarios/harness/engine/producers/scenario_producers.h"

namespace rmqsim {

ScenarioProducer make_scenario_producer(RunScope& run, World world, const Profile& profile, const ProducerSpec& spec,
                                        const ProducerPlace& place, std::vector<std::string>& notes) {
  ClientConfig client;
  ProducerSettings settings;
  configure_producer(spec, profile, place, client, settings, notes);
  ScenarioProducer producer(run, std::make_shared<DefaultMQProducerImpl>(world.runtime, world.transport, profile,
                                                                         spec.group, std::move(client),
                                                                         std::move(settings)));
  apply_config(spec.config, producer.strategy());
  return producer;
}

}  // namespace rmqsim
