// For command lines: CLI11 alone takes -1 for the largest number there is.
#pragma once

#include <charconv>
#include <cstdint>
#include <string>

namespace rmqsim {

/// What is wrong with a text that must be a whole number from 0 below 2^64; empty when nothing is.
inline std::string whole_number(const std::string& text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size();
  return good ? std::string() : "takes a whole number from 0 below 2^64, not " + text;
}

}  // namespace rmqsim
