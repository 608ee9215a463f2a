// JSON for people: what fits into a line stays there, the rest gets a line per entry, and lists of words fill their
// lines.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

namespace rmqsim {

/// With a newline at the end. Only a line that is one text may be longer than 120 columns.
std::string json_layout(const nlohmann::ordered_json& value);

}  // namespace rmqsim
