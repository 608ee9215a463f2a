// Text of others for a terminal: names, remarks and exceptions may hold what a terminal obeys. Control characters,
// those that turn the direction of writing, ends of lines that only some know and bytes that are no UTF-8 are written
// as escapes, "\u001b", "\u202e" and "\xff"; all else stays as it is.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace rmqsim {

/// On one line, where an end of line is "\n". What is longer than `most` bytes ends with "...", which is among them,
/// and never with half a character.
std::string harmless(std::string_view text, std::size_t most = std::string_view::npos);
/// Ends of lines and tabs stay.
std::string harmless_lines(std::string_view text, std::size_t most = std::string_view::npos);
/// At most `most` bytes of `text` from `at` on, without characters that begin before or go on behind.
std::string_view whole_characters(std::string_view text, std::size_t at, std::size_t most);
/// How many bytes at `at` would be written otherwise; 0: none.
std::size_t harm_at(std::string_view text, std::size_t at);

}  // namespace rmqsim
