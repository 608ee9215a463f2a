// The sections of a scenario as JSON, each the opposite of its parser (parse/sections.h).
#pragma once

#include <nlohmann/json_fwd.hpp>

#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

class ObjectWriter;

nlohmann::ordered_json cluster_json(const ClusterSpec& cluster);
/// `brokers`, `queues` and `perm` of a topic or a route.
void put_queues_and_perm(const ClusterSpec& cluster, const TopicSpec& topic, ObjectWriter& writer);
nlohmann::ordered_json network_json(const NetworkSpec& network);
nlohmann::ordered_json producer_json(const ClusterSpec& cluster, const ProducerSpec& producer);
nlohmann::ordered_json config_json(const ProducerConfig& config);
nlohmann::ordered_json step_json(const Scenario& scenario, const Step& step);
nlohmann::ordered_json states_json(const std::vector<TransactionState>& states);
nlohmann::ordered_json exception_json(const ExceptionExpectation& exception);
nlohmann::ordered_json event_json(const Scenario& scenario, const EventStep& step);
/// The rule at that place of the file.
nlohmann::ordered_json fault_json(const Scenario& scenario, std::size_t place);
/// Those of `step`, or, when it is nullptr, of the whole or of an `assert`.
nlohmann::ordered_json expectations_json(const Scenario& scenario, const std::vector<Expectation>& expectations,
                                         const Step* step);

}  // namespace rmqsim
