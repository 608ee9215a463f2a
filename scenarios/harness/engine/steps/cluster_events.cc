#include "scenarios/harness/engine/steps/cluster_events.h"

#include <string>
#include <utility>
#include <variant>
#include <vector>

namespace rmqsim {
namespace {

struct Performer {
  void operator()(const CrashEvent& event) { each(event.servers, &Cluster::crash); }
  void operator()(const RestartEvent& event) { each(event.servers, &Cluster::restart); }
  void operator()(const PauseEvent& event) { each(event.servers, &Cluster::pause); }
  void operator()(const ResumeEvent& event) { each(event.servers, &Cluster::resume); }
  void operator()(const PartitionEvent& event) { done(world.partition(event)); }
  void operator()(const HealEvent& event) { done(world.heal(event)); }
  void operator()(const SetRouteEvent& event) { done(world.cluster().perform(event)); }
  void operator()(const RemoveFromRouteEvent& event) { done(world.cluster().perform(event)); }
  void operator()(const SetPermEvent& event) { done(world.cluster().perform(event)); }
  void operator()(const SetConfigEvent& event) {
    if (producers != nullptr) producers->set_config(event);
    done(true);
  }
  void operator()(const StartProducerEvent& event) {
    if (producers == nullptr) return done(true);
    producers->start(event, where, [done = std::move(done)]() mutable { done(true); });
  }
  void operator()(const ShutdownProducerEvent& event) {
    if (producers == nullptr) return done(true);
    producers->shutdown(event, [done = std::move(done)]() mutable { done(true); });
  }

  void each(const std::vector<std::string>& servers, bool (Cluster::*change)(const std::string&)) {
    bool changed = false;
    for (const std::string& name : servers) changed |= (world.cluster().*change)(name);
    done(changed);
  }

  SourceLocation where;
  ScenarioWorld& world;
  ProducerEvents* producers;
  Function<void(bool)> done;
};

}  // namespace

void perform_event(const ClusterEvent& event, SourceLocation where, ScenarioWorld& world, ProducerEvents* producers,
                   Function<void(bool changed)> done) {
  std::visit(Performer{where, world, producers, std::move(done)}, event);
}

bool happens_to_producer(const ClusterEvent& event) {
  return std::visit(
      [](const auto& what) {
        return requires { what.producer; };
      },
      event);
}

}  // namespace rmqsim
