// What keys of several objects have in common: the definitions of the JSON Schema that are no objects with rows.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "scenarios/harness/file/parse/key_row.h"

namespace rmqsim {

/// Each is a row without a default. Lists of words are those of the code.
std::span<const KeyRow> definitions();

/// ["a", "b"]
std::string word_list(std::span<const std::string_view> words);

}  // namespace rmqsim
