// Settings that events change while a scenario runs: what a send went by is then not told by its producer's start.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <string_view>
#include <variant>

#include "scenarios/harness/engine/judging/invariant.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Whether an event sets any of these, of that producer; an empty name stands for all producers, no settings for any.
inline bool changes_settings(const Scenario& scenario, std::string_view producer,
                             std::initializer_list<std::string_view> settings = {}) {
  return std::any_of(scenario.steps.begin(), scenario.steps.end(), [&](const Step& step) {
    const auto* event = std::get_if<EventStep>(&step.what);
    const auto* set = event == nullptr ? nullptr : std::get_if<SetConfigEvent>(&event->event);
    if (set == nullptr || (!producer.empty() && set->producer != producer)) return false;
    return settings.size() == 0 || std::any_of(settings.begin(), settings.end(), [&](std::string_view name) {
             return set->config.values.contains(std::string(name));
           });
  });
}

/// Whether a send may have more or fewer retries than its record says.
inline bool changes_retries(const Scenario& scenario, std::string_view producer) {
  return changes_settings(scenario, producer, {"retryTimesWhenSendFailed", "retryTimesWhenSendAsyncFailed"});
}

/// Whether a send may have another timeout than its record says: what is gathered (autoBatch) has that which its
/// producer has when the batch goes out.
inline bool changes_timeout(const JudgedRun& run, const std::string& producer) {
  return run.ever(producer, "autoBatch", true) && changes_settings(run.scenario, producer, {"sendMsgTimeout"});
}

}  // namespace rmqsim
