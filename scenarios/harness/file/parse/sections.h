// The parsers of the sections, in the order in which parse_scenario calls them: each may refer to what those before it
// made known. They report into the context and leave the scenario half filled when they do.
#pragma once

#include "scenarios/harness/file/parse/parse_context.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

inline constexpr std::int64_t kMaxSends = 10'000'000;
inline constexpr std::int64_t kMaxBytes = 16 << 20;

void parse_cluster(ParseContext& context, const JsonNode* value, ClusterSpec& cluster);
/// Topic with its queues per broker; `reader` has name (or topic), brokers, queues, perm.
void parse_queues_and_perm(ParseContext& context, ObjectReader& reader, const ClusterSpec& cluster, TopicSpec& topic);
void parse_accounts(ParseContext& context, const JsonNode& value, ClusterSpec& cluster);
void parse_tls(ParseContext& context, const JsonNode& value, ClusterSpec& cluster);
SessionCredentials parse_credentials(ParseContext& context, const JsonNode& value);
void parse_listener(ParseContext& context, const JsonNode& value, ProducerSpec& producer);
void parse_network(ParseContext& context, const JsonNode& value, NetworkSpec& network);
void parse_producers(ParseContext& context, const JsonNode& value, Scenario& scenario);
/// `running`: for a producer that has been started.
ProducerConfig parse_config(ParseContext& context, const JsonNode& value, bool running);
/// Also numbers the sends; their `expect` and `assert` are read by parse_step_expectations.
void parse_steps(ParseContext& context, const JsonNode& value, Scenario& scenario);
/// What a transaction listener answers.
std::optional<TransactionState> parse_transaction_state(ParseContext& context, const JsonNode& value);
std::vector<TransactionState> parse_transaction_states(ParseContext& context, const JsonNode& value);
std::optional<ClusterEvent> parse_event(ParseContext& context, const JsonNode& value, const Scenario& scenario,
                                        std::string& kind);
void parse_faults(ParseContext& context, const JsonNode& value, Scenario& scenario);
/// One rule; `shape` without "do" is that of a gate, which has the same selectors. Its id defaults to "fault[index]".
std::optional<FaultRule> parse_fault(ParseContext& context, const JsonNode& value, const Scenario& scenario,
                                     const Shape& shape);
/// "send", "route" … or a request-code name.
std::optional<FaultTarget> parse_target(ParseContext& context, const JsonNode& value);
/// Reports that no such request comes to the server that `at` names, by what the word says.
void check_place(ParseContext& context, const JsonNode& at, const JsonNode& on, const FaultTarget& target);
/// Reports the selector, if it is there, where such requests do not tell the fact: one of RequestFamily::facts.
void check_fact(ParseContext& context, const JsonNode* selector, const FaultTarget& target, char fact,
                std::string message);
FaultAction parse_action(ParseContext& context, const JsonNode& value, const FaultTarget& on);
void parse_expectations(ParseContext& context, const JsonNode& value, const Scenario& scenario,
                        std::vector<Expectation>& target);
/// `step` null: an entry of the whole scenario or of an `assert`.
std::optional<Expectation> parse_expectation(ParseContext& context, const JsonNode& value, const Scenario& scenario,
                                             const Step* step);
std::optional<ExceptionExpectation> parse_exception(ParseContext& context, const JsonNode& value);
/// Which of the sends that the scenario has so far.
std::optional<SendSelector> parse_send_selector(ParseContext& context, const JsonNode& value, const Scenario& scenario);
void parse_step_expectations(ParseContext& context, const JsonNode& steps, Scenario& scenario);
void parse_invariants(ParseContext& context, const JsonNode& value, Scenario& scenario);

}  // namespace rmqsim
