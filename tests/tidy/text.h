// What the rules' scanners share: places, words and the comments of a file as running text.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/tidy/source_file.h"

namespace rmqsim::tidy {

/// "path:line: what is wrong; what to do".
using Findings = std::vector<std::string>;
using Prefixes = std::vector<std::string_view>;

/// "path:line: ", of a line counted from 0.
std::string place(const SourceFile& file, std::size_t line);

bool starts_with_any(std::string_view text, const Prefixes& prefixes);
bool below_any(const SourceFile& file, const Prefixes& prefixes);

inline bool is_digit(char c) { return c >= '0' && c <= '9'; }
/// May stand in an identifier.
bool is_word(char c);
std::string_view trimmed(std::string_view text);
/// Characters, not bytes: continuation bytes of UTF-8 do not count.
std::size_t columns(std::string_view text);
/// The whole number at the front, such as "6.5"; "" when there is none.
std::string_view section_number(std::string_view text);

/// What a line includes, or "".
std::string included(std::string_view line);

/// A paragraph of a page, or the lines of one comment, joined by blanks.
struct Passage {
  std::string text;
  std::vector<std::pair<std::size_t, std::size_t>> starts;  ///< offset in `text`, line of the file

  std::size_t line_of(std::size_t offset) const;
};

/// What people read in a file. A comment beside code begins a passage, comments alone on their lines go on with it.
std::vector<Passage> passages(const SourceFile& file);

}  // namespace rmqsim::tidy
