// What the names in a scenario, and its own, may look like (format §1.1).
#pragma once

#include <algorithm>
#include <string_view>

namespace rmqsim {

inline bool is_name(std::string_view text) {
  const auto allowed = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  };
  return !text.empty() && text.size() <= 127 && std::all_of(text.begin(), text.end(), allowed) && text != "all";
}

}  // namespace rmqsim
