// Values as a scenario file has them, each the opposite of a reader of ParseContext.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/expectations/ranges.h"
#include "scenarios/harness/file/scenario.h"

namespace rmqsim {

/// Whole when it is.
nlohmann::ordered_json number_json(double value);
nlohmann::ordered_json time_json(Duration time);
/// One name as it is, several as a list.
nlohmann::ordered_json names_json(const std::vector<std::string>& names);
nlohmann::ordered_json range_json(const CountRange& range);
nlohmann::ordered_json range_json(const DurationRange& range);
/// The number of the only one, else text.
nlohmann::ordered_json nth_json(const NthSet& nth);
/// The name, of a code without one the number.
nlohmann::ordered_json response_code_json(std::int32_t code);
std::string_view perm_word(std::int32_t perm);
/// Of the `count` sends that there are where it stands: "all", a step's name, or numbers.
nlohmann::ordered_json sends_json(const SendSelector& sends, const Scenario& scenario, std::uint64_t count);

}  // namespace rmqsim
