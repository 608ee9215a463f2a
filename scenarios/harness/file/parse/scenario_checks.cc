// The table of checks.
#include "scenarios/harness/file/parse/scenario_checks.h"

namespace rmqsim {
namespace {

constexpr ScenarioCheck kChecks[] = {
    {"every event changes something", true, check_events},
    {"what comes before a step leaves it its time", false, check_times},
    {"the queue that a rule looks at exists", true, check_rule_queues},
    {"something is sent before a rule's window ends", true, check_rule_windows},
    {"what a rule looks at is sent", true, check_rule_requests},
    {"a rule's turn can come", true, check_rule_numbers},
    {"a rule finds something to do", true, check_rule_actions},
    {"no rule hides another", true, check_rule_order},
    {"somebody has every topic, or the file expects the failure", false, check_topics},
    {"somebody sends a request to each responder", true, check_responders},
    {"somebody has the topic of traces", false, check_trace_topics},
    {"somebody has a topic that is looked up at the start", false, check_looked_up_topics},
    {"somebody has a topic that permissions name", false, check_permitted_topics},
    {"every latency can be found and has a time for which a broker is avoided", false, check_latency_tables},
    {"no expectation contradicts another", false, check_expectations},
    {"a send can end as it is expected to", false, check_ends},
    {"there is something that an expectation looks at", false, check_vain},
};

}  // namespace

std::span<const ScenarioCheck> scenario_checks() { return kChecks; }

std::string place_text(const SourceLocation& where) {
  return where.pointer + " (line " + std::to_string(where.line) + ")";
}

}  // namespace rmqsim
