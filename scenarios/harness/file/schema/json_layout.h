// JSON for people: what fits into a line stays there, the rest gets a line per entry, and lists of words fill their
// lines.
#pragma once

#include <cstddef>
#include <nlohmann/json_fwd.hpp>
#include <string>

namespace rmqsim {

/// With a newline at the end. Only a line that is one text may be longer than 120 columns. What holds lists or objects
/// gets a line per entry even when it is short, down to that depth.
std::string json_layout(const nlohmann::ordered_json& value, std::size_t open_depth = 0);

}  // namespace rmqsim
