// The text of a scenario file by lines: turns a byte offset into line and column, and quotes a line for a message.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

class SourceText {
 public:
  explicit SourceText(std::string_view text);  ///< keeps a view of it

  struct Place {
    std::uint32_t line = 1;
    std::uint32_t column = 1;  ///< in code points
  };
  Place locate(std::size_t offset) const;

  struct Excerpt {
    std::string text;         ///< tabs and control characters became blanks
    std::uint32_t caret = 1;  ///< column within `text`
  };
  /// At most 160 code points of the line, around the column.
  Excerpt excerpt(std::uint32_t line, std::uint32_t column) const;

  std::string_view text() const { return text_; }

 private:
  std::string_view text_;
  std::vector<std::size_t> line_starts_;
  /// Where the last locate() ended: asked in ascending order, a long line is walked once.
  mutable struct {
    std::size_t line = 0;
    std::size_t offset = 0;
    std::uint32_t column = 1;
  } last_;
};

/// The offset of the first byte that is not UTF-8 (RFC 3629: no overlong forms, no surrogates); nullopt when all is
/// well.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

}  // namespace rmqsim
