// Where something was written in a scenario file.
#pragma once

#include <cstdint>
#include <string>

namespace rmqsim {

/// Line and column count from 1, a column is a Unicode code point; pointer is the JSON pointer (RFC 6901) of the value.
struct SourceLocation {
  std::uint32_t line = 0;  ///< 0: not from a file
  std::uint32_t column = 0;
  std::string pointer;
};

}  // namespace rmqsim
