// What some run of a campaign should come to: a property that none reached says that the drawing is too narrow.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct Sometimes {
  std::string_view name;
  std::string_view sentence;
};

/// At most 64; a property's place is its bit.
std::span<const Sometimes> sometimes();
/// The bits of what the run came to. What only decisions show is not seen without RunRecord::every_decision.
std::uint64_t sometimes_of(const Scenario& scenario, const RunResult& run);

}  // namespace rmqsim
