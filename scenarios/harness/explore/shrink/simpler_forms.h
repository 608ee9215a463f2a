// How parts of a scenario could be simpler without being gone: one change at a time, and numbers with their names.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

using Change = std::function<void(Scenario& scenario)>;

/// Changes towards what is shorter to write or simpler to think of; those that change nothing may be among them. They
/// are for this scenario, also after others of them were made. The scenario is whole after each.
std::vector<Change> simpler_forms(const Scenario& scenario);

/// A number of the scenario, whole; of times in ms.
struct ScenarioNumber {
  std::string name;  ///< "delayMs (faults[0])"
  double value = 0;
  double least = 0;
  std::function<void(Scenario& scenario, double value)> set;
};
std::vector<ScenarioNumber> numbers_of(const Scenario& scenario);

}  // namespace rmqsim
