// For command lines: CLI11 alone takes -1 for the largest number there is, and nan for one in any range.
#pragma once

#include <charconv>
#include <cmath>
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

/// What is wrong with a text that must be a number that is somewhere on the line; empty when nothing is.
inline std::string finite_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool good = error == std::errc() && end == text.data() + text.size() && std::isfinite(value);
  return good ? std::string() : "takes a number, not " + text;
}

}  // namespace rmqsim
