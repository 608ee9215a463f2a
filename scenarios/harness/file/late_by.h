// How long `late` keeps an answer back.
#pragma once

#include <algorithm>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Longer than any producer of the scenario waits: its longest sendMsgTimeout and 2 s.
inline Duration late_by(const Scenario& scenario) {
  std::int64_t longest = 3000;
  for (const ProducerSpec& producer : scenario.producers) {
    const auto* timeout = producer.config.get<std::int64_t>("sendMsgTimeout");
    if (timeout != nullptr) longest = std::max(longest, *timeout);
  }
  return millis(longest) + std::chrono::seconds(2);
}

}  // namespace rmqsim
