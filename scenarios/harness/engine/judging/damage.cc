#include "scenarios/harness/engine/judging/damage.h"

#include <algorithm>
#include <cstdint>
#include <variant>

namespace rmqsim {
namespace {

std::vector<std::pair<std::string, std::int32_t>> sorted(const TopicSpec& topic) {
  auto queues = topic.queues;
  std::sort(queues.begin(), queues.end());
  return queues;
}

void note(std::set<std::string>& altered, const std::string& topic, bool as_declared) {
  if (as_declared) altered.erase(topic);
  if (!as_declared) altered.insert(topic);
}

struct Taker {
  void operator()(const CrashEvent& event) { damage.down.insert(event.servers.begin(), event.servers.end()); }
  void operator()(const PauseEvent& event) { damage.paused.insert(event.servers.begin(), event.servers.end()); }
  void operator()(const RestartEvent& event) {
    for (const std::string& server : event.servers) damage.down.erase(server);
  }
  void operator()(const ResumeEvent& event) {
    for (const std::string& server : event.servers) damage.paused.erase(server);
  }
  void operator()(const PartitionEvent& event) { damage.partitions.emplace_back(event.between, event.and_); }
  void operator()(const HealEvent& event) {
    if (event.between.empty() && event.and_.empty()) return damage.partitions.clear();
    std::erase(damage.partitions, std::pair(event.between, event.and_));
  }
  void operator()(const SetRouteEvent& event) {
    const TopicSpec* declared = cluster.find_topic(event.topic.name);
    note(damage.routes, event.topic.name,
         declared != nullptr && event.nameservers.empty() && declared->perm == event.topic.perm &&
             sorted(*declared) == sorted(event.topic));
  }
  void operator()(const RemoveFromRouteEvent& event) {
    for (const TopicSpec& topic : cluster.topics) {
      if (!event.topic || *event.topic == topic.name) damage.routes.insert(topic.name);
    }
  }
  void operator()(const SetPermEvent& event) {
    const TopicSpec* declared = cluster.find_topic(event.topic);
    note(damage.perms, event.topic, declared != nullptr && event.brokers.empty() && declared->perm == event.perm);
  }
  void operator()(const SetConfigEvent&) {}
  void operator()(const StartProducerEvent& event) {
    if (!event.exception) damage.started.insert(event.producer);
  }
  void operator()(const ShutdownProducerEvent& event) { damage.stopped.insert(event.producer); }

  const ClusterSpec& cluster;
  Damage& damage;
};

}  // namespace

void Damage::take(const ClusterEvent& event) { std::visit(Taker{cluster_, *this}, event); }

}  // namespace rmqsim
