// The responders of a scenario's cluster: each consumes a topic and answers the requests in it with a producer of its
// own. All under the monitor.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/producers/scenario_producers.h"
#include "scenarios/harness/engine/run_record.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/scenario_world.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

class Responders {
 public:
  Responders(RunScope& run, ScenarioWorld& world, const std::vector<ResponderSpec>& specs, const Profile& profile,
             RunRecord& record)
      : run_(run), world_(world), specs_(specs), profile_(profile), record_(record) {}

  /// Starts them and lets them hear of messages. One that does not start is a failure of the scenario.
  void start();
  std::vector<ScenarioProducer*> producers();
  /// Without telling anybody.
  void abandon();

 private:
  struct Responder {
    const ResponderSpec& spec;
    ScenarioProducer producer;
    ThreadId thread;
    std::uint64_t requests = 0;
  };

  void start(const ResponderSpec& spec);
  void consume(std::string_view topic, std::string_view record);
  void reply(Responder& responder, const MessageExt& request, std::uint64_t i);

  RunScope& run_;
  ScenarioWorld& world_;
  const std::vector<ResponderSpec>& specs_;
  const Profile& profile_;
  RunRecord& record_;
  std::vector<std::unique_ptr<Responder>> responders_;
};

}  // namespace rmqsim
