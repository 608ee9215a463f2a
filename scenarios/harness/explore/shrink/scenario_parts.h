// What a scenario can do without: its parts by kind, and how to take some of them out so that nothing refers to them
// any more. One row per kind.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct PartKind {
  std::string_view what;  ///< as the file has them: "steps"
  bool needed;            ///< one at least must stay
  bool telling;           ///< that a run passes without one is worth a line
  std::size_t (*count)(const Scenario& scenario);
  /// Those for which `gone` is set, and whatever cannot be without them. The scenario is whole afterwards.
  void (*remove)(Scenario& scenario, const std::vector<bool>& gone);
  /// "faults[1] (send at broker-a: respond)"
  std::string (*name)(const Scenario& scenario, std::size_t i);
};

/// In the order in which it pays to try them.
std::span<const PartKind> part_kinds();

/// "respond" or "drop, delayMs": what the rule does.
std::string actions_of(const FaultRule& rule);

}  // namespace rmqsim
