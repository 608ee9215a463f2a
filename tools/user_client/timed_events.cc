#include "tools/user_client/timed_events.h"

#include <algorithm>
#include <variant>

#include "scenarios/harness/engine/steps/cluster_events.h"

namespace rmqsim {

std::vector<EventBesideClient> timed_events(const Scenario& scenario, std::vector<std::string>& notes) {
  std::vector<EventBesideClient> events;
  Duration now{0};
  std::size_t left_to_command = 0;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    if (step.at) now = std::max(now, *step.at);
    if (const auto* wait = std::get_if<WaitStep>(&step.what)) {
      now += wait->time;
    } else if (const auto* event = std::get_if<EventStep>(&step.what);
               event != nullptr && !happens_to_producer(event->event)) {
      events.push_back({now, i, event});
    } else {
      ++left_to_command;
    }
  }
  if (left_to_command > 0) {
    notes.push_back(std::to_string(left_to_command) + (left_to_command == 1 ? " step" : " steps") +
                    " of the scenario's own producers not performed: the command is the client");
  }
  if (!scenario.cluster.responders.empty()) {
    notes.push_back("cluster.responders were not started: they are producers of the scenario");
  }
  std::stable_sort(events.begin(), events.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return events;
}

}  // namespace rmqsim
