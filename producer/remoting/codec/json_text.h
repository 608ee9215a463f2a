// JSON from text and to text. nlohmann's reader and writer are templates, and two seconds of each unit that has its
// own: they are compiled here, once, for both of its kinds of value (`Json` below: nlohmann::json or ordered_json).
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <string_view>

namespace rmqsim {

/// Throws nlohmann::json::parse_error.
template <class Json>
Json json_of(std::string_view text);
/// Discarded (is_discarded()) when the text is no JSON.
template <class Json>
Json json_or_discarded(std::string_view text);
/// The same, of text that may have comments.
template <class Json>
Json json_with_comments(std::string_view text);

/// On one line, or with so many spaces for each level. What is no UTF-8 in it becomes U+FFFD.
template <class Json>
std::string json_text(const Json& value, int indent = -1);
/// On one line, with escapes for all that is not ASCII.
template <class Json>
std::string ascii_json_text(const Json& value);

}  // namespace rmqsim
