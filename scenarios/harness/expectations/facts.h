// Expectations that cannot hold together. Each is taken apart into facts about one thing at one moment; two facts about
// the same contradict each other when no value fits both.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "scenarios/harness/expectations/ranges.h"

namespace rmqsim {

/// A text that must be the same, or a range.
struct Fact {
  std::string about;
  std::optional<std::string> text;
  std::int64_t min = 0, max = 0;
};

Fact text_fact(std::string about, std::string text);
Fact range_fact(std::string about, const CountRange& range);

/// `outcome is "SEND_OK" there, "EXCEPTION" here` for the first two that contradict each other, or empty.
std::string facts_conflict(const std::vector<Fact>& there, const std::vector<Fact>& here);

}  // namespace rmqsim
