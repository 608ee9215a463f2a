// Lines are found once and searched by bisection; columns are counted when a message needs one.
#include "scenarios/harness/file/text/source_text.h"

#include <algorithm>

#include "scenarios/harness/file/text/harmless.h"

namespace rmqsim {
namespace {

constexpr std::uint32_t kExcerptWidth = 160;

bool continues(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

}  // namespace

SourceText::SourceText(std::string_view text) : text_(text) {
  line_starts_.push_back(text.starts_with("\xEF\xBB\xBF") ? 3 : 0);
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\n') line_starts_.push_back(i + 1);
  }
}

SourceText::Place SourceText::locate(std::size_t offset) const {
  offset = std::clamp(offset, line_starts_.front(), std::max(text_.size(), line_starts_.front()));
  auto next = std::upper_bound(line_starts_.begin(), line_starts_.end(), offset);
  auto line = static_cast<std::size_t>(next - line_starts_.begin());
  if (last_.line != line || last_.offset > offset) last_ = {line, *(next - 1), 1};
  for (; last_.offset < offset && last_.offset < text_.size(); ++last_.offset) {
    if (!continues(text_[last_.offset])) ++last_.column;
  }
  return {static_cast<std::uint32_t>(line), last_.column};
}

SourceText::Excerpt SourceText::excerpt(std::uint32_t line, std::uint32_t column) const {
  Excerpt result;
  if (line == 0 || line > line_starts_.size()) return result;
  std::size_t begin = line_starts_[line - 1];
  std::size_t end = std::min(text_.find('\n', begin), text_.size());
  std::uint32_t skip = column > kExcerptWidth / 2 ? column - kExcerptWidth / 2 : 0;
  std::uint32_t at = 0;
  // What a terminal would obey is a blank, so that the caret stays below its column.
  std::size_t harm = 1;
  for (std::size_t i = begin; i < end; i += std::max<std::size_t>(harm, 1)) {
    harm = harm_at(text_, i);
    if (harm > 0 || !continues(text_[i])) ++at;
    if (at <= skip) continue;
    if (at > skip + kExcerptWidth) break;
    if (text_[i] == '\r' && i + 1 == end) break;
    result.text += harm > 0 ? ' ' : text_[i];
  }
  result.caret = column - skip;
  return result;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t i = 0; i < text.size();) {
    auto lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    std::size_t length = lead >= 0xC2 && lead <= 0xDF   ? 2
                         : (lead & 0xF0) == 0xE0        ? 3
                         : lead >= 0xF0 && lead <= 0xF4 ? 4
                                                        : 0;
    if (length == 0 || i + length > text.size()) return i;
    for (std::size_t k = 1; k < length; ++k) {
      if (!continues(text[i + k])) return i;
    }
    auto second = static_cast<unsigned char>(text[i + 1]);
    bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    bool surrogate = lead == 0xED && second > 0x9F;
    bool beyond = lead == 0xF4 && second > 0x8F;
    if (overlong || surrogate || beyond) return i;
    i += length;
  }
  return std::nullopt;
}

}  // namespace rmqsim
