// Moments that are over when their step can come: of a step that was to happen beside the one before it, for the most
// part.
#include <algorithm>
#include <nlohmann/json.hpp>

#include "scenarios/harness/file/earliest.h"
#include "scenarios/harness/file/parse/scenario_checks.h"
#include "scenarios/harness/file/text/nearest.h"
#include "scenarios/harness/file/write/write_values.h"

namespace rmqsim {
namespace {

/// Files that are made of what was seen round.
constexpr Duration kRounding = millis(1);

}  // namespace

void check_times(const Scenario& scenario, std::vector<Finding>& found) {
  const std::vector<Duration> begins = earliest_begins(scenario);
  bool waits_for_sends = false;
  for (std::size_t i = 0; i < scenario.steps.size(); ++i) {
    const Step& step = scenario.steps[i];
    if (step.at && begins[i] > *step.at + kRounding) {
      found.push_back({step.where, in_quotes("atMs") + " " + time_json(*step.at).dump() +
                                       " cannot be: the steps before it take " + time_json(begins[i]).dump() +
                                       " ms at least" +
                                       (waits_for_sends ? "; is one of them meant to be \"background\"?" : "")});
    }
    waits_for_sends |= step.send_count > 0 && !step.background;
  }
}

}  // namespace rmqsim
