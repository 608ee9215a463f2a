// java.lang.String.hashCode of a UTF-8 text: over UTF-16 units, with 32-bit overflow.
#pragma once

#include <cstdint>
#include <string_view>

namespace rmqsim {

std::int32_t java_hash(std::string_view utf8);

}  // namespace rmqsim
