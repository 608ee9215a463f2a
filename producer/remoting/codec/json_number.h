// What fastjson makes an int of, for the members of a JSON header that are ints: a number of any form, a text, a
// boolean.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace rmqsim {

/// A JSON number. One without fraction and exponent must fit; any other loses its fraction and keeps its low 32 bits,
/// as BigDecimal.intValue has it, unless it has more than 100 places: then it must be an int exactly.
std::optional<std::int32_t> int_of_json_number(std::string_view number);

/// A text: without its commas and a trailing ".0". It must not be empty or "null", which leave the member alone.
std::optional<std::int32_t> int_of_json_text(std::string_view text);

}  // namespace rmqsim
