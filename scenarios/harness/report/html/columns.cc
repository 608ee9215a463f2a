#include "scenarios/harness/report/html/columns.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"

namespace rmqsim {

using nlohmann::ordered_json;

std::int64_t WordList::place(std::string_view word) {
  const auto [at, is_new] = places_.try_emplace(std::string(word), static_cast<std::int64_t>(words_.size()));
  if (is_new) words_.emplace_back(word);
  return at->second;
}

ordered_json column_json(const Column& column) {
  const bool equal = !column.empty() && std::all_of(column.begin(), column.end(),
                                                    [&](std::int64_t value) { return value == column.front(); });
  return equal ? ordered_json(column.front()) : ordered_json(column);
}

ordered_json differences_json(const Column& column) {
  Column differences;
  differences.reserve(column.size());
  std::int64_t before = 0;
  for (const std::int64_t value : column) {
    differences.push_back(value - before);
    before = value;
  }
  return column_json(differences);
}

std::int64_t rounded_micros(Duration d) { return std::llround(static_cast<double>(d.count()) / 1000.0); }

std::string script_text(const ordered_json& json) {
  const std::string text = ascii_json_text(json);
  std::string safe;
  safe.reserve(text.size());
  for (const char c : text) {
    if (c == '<') {
      safe += "\\u003c";
    } else {
      safe += c;
    }
  }
  return safe;
}

}  // namespace rmqsim
