// Responders that can never answer: nobody sends a request to their topic, or not so many.
#include <algorithm>

#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/parse/sent_requests.h"
#include "scenarios/harness/file/parse/topic_names.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

/// An upper bound of the requests to the topic that brokers store.
std::uint64_t most_requests(const Scenario& scenario, const std::string& topic) {
  std::uint64_t requests = 0;
  for (const Step& step : scenario.steps) {
    const TopicUse use = topic_use(step);
    const ProducerSpec* producer = use.request ? scenario.find_producer(*use.producer) : nullptr;
    if (producer != nullptr && producer->on_wire(*use.topic) == topic) requests += step.send_count;
  }
  return requests * most_requests_of_a_send(scenario);
}

}  // namespace

void check_responders(const Scenario& scenario, std::vector<Finding>& found) {
  if (std::none_of(scenario.steps.begin(), scenario.steps.end(),
                   [](const Step& step) { return topic_use(step).topic != nullptr; })) {
    return;  // another client does
  }
  const std::vector<std::string> asked = asked_topics(scenario);
  for (const ResponderSpec& responder : scenario.cluster.responders) {
    if (responder.may_be_idle) continue;
    std::string why;
    if (!holds(asked, responder.topic)) {
      why = "nobody sends a request to the topic " + in_quotes(responder.topic) + suggestion(responder.topic, asked);
    } else if (const std::uint64_t most = most_requests(scenario, responder.topic); responder.nth.least() > most) {
      why = "the first that it answers is request " + std::to_string(responder.nth.least()) +
            ", and all to its topic with all their retries are at most " + std::to_string(most);
    }
    if (why.empty()) continue;
    found.push_back({responder.where, "responder " + in_quotes(responder.name) + " can never answer: " + why +
                                          std::string(kMayBeIdle)});
  }
}

}  // namespace rmqsim
