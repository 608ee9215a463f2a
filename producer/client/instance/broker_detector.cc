#include "producer/client/instance/broker_detector.h"

#include <utility>
#include <variant>

namespace rmqsim {

BrokerDetector::BrokerDetector(MQClientInstance& instance, MQFaultStrategy& strategy, const ClientConfig& config,
                               AnyTopic any_topic)
    : instance_(instance),
      strategy_(strategy),
      config_(config),
      any_topic_(std::move(any_topic)),
      rounds_(instance.runtime(), "LatencyFaultToleranceScheduledThread") {}

void BrokerDetector::start() {
  rounds_.at_fixed_rate("detectBrokers", millis(3000), millis(3000), [this](Task done) {
    if (!strategy_.isStartDetectorEnable()) return done();
    auto brokers = std::make_shared<std::vector<std::string>>();
    for (const auto& [broker, item] : strategy_.tolerance().items()) brokers->push_back(broker);
    probe(std::move(brokers), 0, std::move(done));
  });
}

void BrokerDetector::probe(Brokers brokers, std::size_t next, Task done) {
  LatencyFaultTolerance& tolerance = strategy_.tolerance();
  // Java's strategy has its own copy of the configuration, made before anybody could change it (quirk 34).
  const ClientConfig defaults;
  const ClientConfig& config = instance_.profile().detector_keeps_defaults ? defaults : config_;
  for (; next < brokers->size(); ++next) {
    const std::string& broker = (*brokers)[next];
    if (!tolerance.take_probe(broker, config.getDetectInterval(), to_millis(instance_.runtime().now()))) continue;
    const std::string* address = instance_.find_broker_address_in_publish(broker);
    if (address == nullptr) {
      tolerance.remove(broker);
      continue;
    }
    const std::string* topic = any_topic_();
    if (topic == nullptr) {  // nothing to ask about counts as a failed probe
      tolerance.probed(broker, false);
      continue;
    }
    instance_.api().get_max_offset(
        broker_vip_channel(config_.isVipChannelEnabled(), *address), *topic, 0, config.getDetectTimeout(),
        [weak = weak_from_this(), brokers, next,
         done = std::move(done)](std::variant<std::int64_t, MQError> outcome) mutable {
          const auto self = weak.lock();
          if (!self) return;
          self->strategy_.tolerance().probed((*brokers)[next], std::holds_alternative<std::int64_t>(outcome));
          self->probe(std::move(brokers), next + 1, std::move(done));
        });
    return;
  }
  done();
}

}  // namespace rmqsim
