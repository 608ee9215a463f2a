// "Did you mean": the known name nearest to one that is not known.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

/// Insertions, deletions, substitutions and swaps of neighbours; case counts half, i.e. the result is in half steps.
std::size_t edit_distance(std::string_view a, std::string_view b);

/// The candidate with the smallest distance among the first 1000; of equals the one that begins like the name, then the
/// first. Empty when there are none.
std::string_view nearest(std::string_view name, std::span<const std::string_view> candidates);

/// `; did you mean "x"?` when the nearest is near: one edit, few edits for its length, or one begins the other. When it
/// is not, no name is put into anybody's mouth: `; known are "x", "y"` of a few, nothing of many. The name itself is no
/// suggestion.
std::string suggestion(std::string_view name, std::span<const std::string_view> candidates);
std::string suggestion(std::string_view name, const std::vector<std::string>& candidates);

/// The text in quotes for a message: at most 60 bytes of it, control characters as blanks.
std::string in_quotes(std::string_view text);

}  // namespace rmqsim
