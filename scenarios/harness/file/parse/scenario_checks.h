// What a scenario says that can have no effect, or cannot be met, though every name and value in it is good. One row
// per check; `validate`, `run` and everything else that loads a scenario asks all of them, once the file is a Scenario.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

struct Finding {
  SourceLocation where;
  std::string message;
};

struct ScenarioCheck {
  std::string_view rule;  ///< what it holds a scenario to
  bool idleness;          ///< about parts that do nothing, which `mayBeIdle` permits
  void (*find)(const Scenario& scenario, std::vector<Finding>& found);
};

std::span<const ScenarioCheck> scenario_checks();

/// What the rows with `idleness` say after their reason.
inline constexpr std::string_view kMayBeIdle = "; \"mayBeIdle\": true allows that";

/// "/faults/0 (line 12)", for the other part of a message.
std::string place_text(const SourceLocation& where);

// The rows.
void check_events(const Scenario& scenario, std::vector<Finding>& found);
void check_times(const Scenario& scenario, std::vector<Finding>& found);
void check_rule_queues(const Scenario& scenario, std::vector<Finding>& found);
void check_rule_windows(const Scenario& scenario, std::vector<Finding>& found);
void check_rule_requests(const Scenario& scenario, std::vector<Finding>& found);
void check_rule_numbers(const Scenario& scenario, std::vector<Finding>& found);
void check_rule_actions(const Scenario& scenario, std::vector<Finding>& found);
void check_rule_order(const Scenario& scenario, std::vector<Finding>& found);
void check_topics(const Scenario& scenario, std::vector<Finding>& found);
void check_responders(const Scenario& scenario, std::vector<Finding>& found);
void check_trace_topics(const Scenario& scenario, std::vector<Finding>& found);
void check_looked_up_topics(const Scenario& scenario, std::vector<Finding>& found);
void check_permitted_topics(const Scenario& scenario, std::vector<Finding>& found);
void check_latency_tables(const Scenario& scenario, std::vector<Finding>& found);
void check_expectations(const Scenario& scenario, std::vector<Finding>& found);
void check_ends(const Scenario& scenario, std::vector<Finding>& found);
void check_vain(const Scenario& scenario, std::vector<Finding>& found);

}  // namespace rmqsim
