// Performs the events of a scenario, all of them here: one that is added to ClusterEvent and forgotten does not
// compile. All under the monitor.
#pragma once

#include "producer/transport/function.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/file/step.h"

namespace rmqsim {

/// What events do to the scenario's own producers.
class ProducerEvents {
 public:
  virtual void set_config(const SetConfigEvent& event) = 0;
  virtual void start(const StartProducerEvent& event, SourceLocation where, Task done) = 0;
  virtual void shutdown(const ShutdownProducerEvent& event, Task done) = 0;

 protected:
  ~ProducerEvents() = default;
};

/// `where` in the file it stands. `done` is called when the event is over, inline unless a producer starts or ends, and
/// told whether there was anything to change. `producers` nullptr: they are another program's, and nothing happens to
/// them.
void perform_event(const ClusterEvent& event, SourceLocation where, ScenarioWorld& world, ProducerEvents* producers,
                   Function<void(bool changed)> done);

/// Whether it happens to a producer of the scenario, not to servers or the network.
bool happens_to_producer(const ClusterEvent& event);

}  // namespace rmqsim
