// When what a scenario does to its cluster happens beside a client that is not ours.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// An event of a scenario, as it falls when the application's own steps take no time.
struct EventBesideClient {
  Duration at{0};
  std::size_t index = 0;  ///< of the step
  const EventStep* step = nullptr;
};

/// In the order of time; `notes` gets what is left out.
std::vector<EventBesideClient> timed_events(const Scenario& scenario, std::vector<std::string>& notes);

}  // namespace rmqsim
