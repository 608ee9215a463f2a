// What `explain` says of the sends of a run, packed so that a report of a hundred thousand of them stays small.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>

#include "producer/profile/profile.h"
#include "scenarios/harness/engine/run_scenario.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Bytes that the packed words of one run take at most.
inline constexpr std::size_t kMostExplanations = 6u << 20;

/// `blocks` of packed texts with the numbers of their sends, and in words which sends were `kept`: all, or, when these
/// do not fit, those that were tried again, failed or took long before the plain ones. null without decisions.
nlohmann::ordered_json explanations_json(const Scenario& scenario, const Profile& profile, const RunResult& result,
                                         std::size_t most = kMostExplanations);

}  // namespace rmqsim
