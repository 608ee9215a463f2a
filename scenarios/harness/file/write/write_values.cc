#include "scenarios/harness/file/write/write_values.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codes.h"

namespace rmqsim {

nlohmann::ordered_json number_json(double value) {
  constexpr double kExact = 9e15;  // integers up to here have a double of their own
  if (std::abs(value) < kExact && value == std::floor(value)) return static_cast<std::int64_t>(value);
  return value;
}

nlohmann::ordered_json time_json(Duration time) { return number_json(to_fractional_millis(time)); }

nlohmann::ordered_json names_json(const std::vector<std::string>& names) {
  if (names.size() == 1) return names.front();
  return names;
}

nlohmann::ordered_json range_json(const CountRange& range) {
  if (range.min == range.max) return range.min;
  return {range.min, range.max};
}

nlohmann::ordered_json range_json(const DurationRange& range) { return {time_json(range.min), time_json(range.max)}; }

nlohmann::ordered_json nth_json(const NthSet& nth) {
  const std::string text = nth.text();
  if (text.find_first_not_of("0123456789") == std::string::npos) return json_of<nlohmann::ordered_json>(text);
  return text;
}

nlohmann::ordered_json response_code_json(std::int32_t code) {
  std::string name = response_code_name(code);
  if (name.front() >= 'A' && name.front() <= 'Z') return name;
  return code;
}

std::string_view perm_word(std::int32_t perm) {
  const bool read = (perm & TopicSpec::kRead) != 0;
  const bool write = (perm & TopicSpec::kWrite) != 0;
  return kPerms[read && write ? 0 : read ? 1 : 2];
}

nlohmann::ordered_json sends_json(const SendSelector& sends, const Scenario& scenario, std::uint64_t count) {
  using Ranges = std::vector<std::pair<std::uint64_t, std::uint64_t>>;
  const auto is = [&](std::uint64_t first, std::uint64_t size) {
    return size > 0 && sends.ranges == Ranges{{first, first + size - 1}};
  };
  for (const Step& step : scenario.steps) {
    if (!step.name.empty() && step.name == sends.text && is(step.first_send, step.send_count)) return step.name;
  }
  // One send is "all" only where that was meant.
  if (is(0, count) && (count > 1 || sends.text == "all")) return "all";
  std::string text;
  for (const auto& [first, last] : sends.ranges) {
    text += (text.empty() ? "" : ",") + std::to_string(first);
    if (last > first) text += "-" + std::to_string(last);
  }
  if (sends.size() == 1) return sends.at(0);
  return text;
}

}  // namespace rmqsim
