// Columns of numbers and the list of words that they point into: the form of a run in a report (page/data.js reads it).
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "producer/transport/time.h"

namespace rmqsim {

using Column = std::vector<std::int64_t>;

/// Each word once, in the order of its first use.
class WordList {
 public:
  std::int64_t place(std::string_view word);
  const std::vector<std::string>& words() const { return words_; }

 private:
  std::unordered_map<std::string, std::int64_t> places_;
  std::vector<std::string> words_;
};

/// An array; when all numbers are equal, that number.
nlohmann::ordered_json column_json(const Column& column);
/// Of numbers that mostly grow: their differences.
nlohmann::ordered_json differences_json(const Column& column);
/// As ledgers round it.
std::int64_t rounded_micros(Duration d);
/// As JSON that may stand in a script element whatever is in it: ASCII only, no "<", and no byte that is not UTF-8.
std::string script_text(const nlohmann::ordered_json& json);

}  // namespace rmqsim
