// The table of checks.
#include "scenarios/harness/file/parse/scenario_checks.h"

namespace rmqsim {
namespace {

constexpr ScenarioCheck kChecks[] = {
    {"every event changes something", true, check_events},
    {"the queue that a rule looks at exists", true, check_rule_queues},
    {"something is sent before a rule's window ends", true, check_rule_windows},
    {"a rule's turn can come", true, check_rule_numbers},
    {"a rule finds something to do", true, check_rule_actions},
    {"no rule hides another", true, check_rule_order},
    {"somebody has every topic, or the file expects the failure", false, check_topics},
    {"somebody sends a request to each responder", true, check_responders},
    {"somebody has the topic of traces", false, check_trace_topics},
    {"every latency has a time for which a broker is avoided", false, check_latency_tables},
    {"no expectation contradicts another", false, check_expectations},
    {"a send can end as it is expected to", false, check_ends},
};

}  // namespace

std::span<const ScenarioCheck> scenario_checks() { return kChecks; }

std::string place_text(const SourceLocation& where) {
  return where.pointer + " (line " + std::to_string(where.line) + ")";
}

}  // namespace rmqsim
