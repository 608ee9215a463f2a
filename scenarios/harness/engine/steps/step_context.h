// What the steps that send are given: all that they may know of the run around them.
#pragma once

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/producers/scenario_producers.h"
#include "scenarios/harness/engine/run_scope.h"
#include "scenarios/harness/engine/steps/send_journal.h"
#include "scenarios/harness/engine/steps/step_pacer.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct StepContext {
  RunScope& run;
  const Scenario& scenario;
  const Profile& profile;
  ScenarioProducers& producers;
  SendJournal& journal;
  StepPacer& pacer;
};

}  // namespace rmqsim
