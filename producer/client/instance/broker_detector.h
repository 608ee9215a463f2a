// Asks brokers that failed whether they answer again (the detector of LatencyFaultToleranceImpl, behaviour §5.7): every
// 3 s, one broker after another, on a thread of its own. Everything under the monitor.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "producer/client/api/client_config.h"
#include "producer/client/instance/mq_client_instance.h"
#include "producer/client/instance/scheduled_tasks.h"
#include "producer/latency/mq_fault_strategy.h"

namespace rmqsim {

class BrokerDetector : public std::enable_shared_from_this<BrokerDetector> {
 public:
  /// Some topic of the producer, for a question that any of its brokers can answer; nullptr: it has none.
  using AnyTopic = Function<const std::string*()>;

  /// Everything referred to must outlive the detector. `config` may change meanwhile.
  BrokerDetector(MQClientInstance& instance, MQFaultStrategy& strategy, const ClientConfig& config, AnyTopic any_topic);

  void start();
  /// No round begins any more; one that is under way goes on.
  void shutdown() { rounds_.shutdown(); }

 private:
  using Brokers = std::shared_ptr<std::vector<std::string>>;
  /// The rest of a round: Java's thread waits for each probe.
  void probe(Brokers brokers, std::size_t next, Task done);

  MQClientInstance& instance_;
  MQFaultStrategy& strategy_;
  const ClientConfig& config_;
  AnyTopic any_topic_;
  ScheduledTasks rounds_;
};

}  // namespace rmqsim
