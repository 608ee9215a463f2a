#include "scenarios/harness/file/late_by.h"

#include <algorithm>

namespace rmqsim {

Duration late_by(const Scenario& scenario) {
  std::int64_t longest = 3000;
  const auto take = [&longest](const ProducerConfig& config) {
    for (const char* name : {"sendMsgTimeout", "mqClientApiTimeout"}) {
      if (const auto* timeout = config.get<std::int64_t>(name)) longest = std::max(longest, *timeout);
    }
  };
  for (const ProducerSpec& producer : scenario.producers) take(producer.config);
  for (const Step& step : scenario.steps) {
    if (const auto* send = std::get_if<SendStep>(&step.what)) {
      longest = std::max(longest, send->timeout_ms.value_or(0));
    } else if (const auto* request = std::get_if<RequestStep>(&step.what)) {
      longest = std::max(longest, request->timeout_ms);
    } else if (const auto* event = std::get_if<EventStep>(&step.what)) {
      if (const auto* set = std::get_if<SetConfigEvent>(&event->event)) take(set->config);
    }
  }
  return millis(longest) + std::chrono::seconds(2);
}

}  // namespace rmqsim
