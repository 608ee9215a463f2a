#include "scenarios/harness/file/text/harmless.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>

#include "scenarios/harness/file/text/source_text.h"

namespace rmqsim {
namespace {

bool continues_character(char c) { return (static_cast<unsigned char>(c) & 0xC0) == 0x80; }

/// How many bytes a character is that begins with this one.
std::size_t bytes_of(unsigned char lead) { return lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4; }

std::uint32_t code_point(std::string_view character) {
  if (character.size() == 1) return static_cast<unsigned char>(character[0]);
  std::uint32_t code = static_cast<unsigned char>(character[0]) & (0x7Fu >> character.size());
  for (const char c : character.substr(1)) code = code << 6 | (static_cast<unsigned char>(c) & 0x3Fu);
  return code;
}

bool is_obeyed(std::uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code <= 0x9F) || code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069);
}

std::string escaped(std::string_view harm) {
  char text[16];
  if (harm == "\n") return "\\n";
  if (harm == "\t") return "\\t";
  if (harm.size() == 1 && static_cast<unsigned char>(harm[0]) >= 0x80) {
    std::snprintf(text, sizeof text, "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(harm[0])));
  } else {
    std::snprintf(text, sizeof text, "\\u%04x", static_cast<unsigned>(code_point(harm)));
  }
  return text;
}

std::string written(std::string_view text, std::string_view kept) {
  std::string out;
  out.reserve(text.size());
  std::size_t taken = 0;  // what is before it is in `out`
  for (std::size_t i = 0; i < text.size();) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte >= 0x20 && byte < 0x7F) || kept.find(text[i]) != std::string_view::npos) {
      ++i;
    } else if (const std::size_t harm = harm_at(text, i); harm == 0) {
      i += bytes_of(byte);
    } else {
      out.append(text, taken, i - taken);
      out += escaped(text.substr(i, harm));
      taken = i += harm;
    }
  }
  return out.append(text, taken);
}

std::string cut(std::string text, std::size_t most) {
  if (text.size() <= most) return text;
  return std::string(whole_characters(text, 0, most - 3)) + "...";
}

}  // namespace

std::string_view whole_characters(std::string_view text, std::size_t at, std::size_t most) {
  while (at < text.size() && continues_character(text[at])) ++at, most -= std::min<std::size_t>(most, 1);
  std::size_t end = std::min(text.size(), at + most);
  while (end < text.size() && end > at && continues_character(text[end])) --end;
  return text.substr(std::min(at, text.size()), end - std::min(at, end));
}

std::size_t harm_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  if (lead < 0x80) return is_obeyed(lead) ? 1 : 0;
  if (continues_character(text[at])) {  // of a character that began before, or of none
    std::size_t begin = at;
    while (begin > 0 && at - begin < 3 && continues_character(text[begin])) --begin;
    const std::string_view whole = text.substr(begin, bytes_of(static_cast<unsigned char>(text[begin])));
    return begin + whole.size() > at && !find_invalid_utf8(whole) ? 0 : 1;
  }
  const std::string_view character = text.substr(at, bytes_of(lead));
  if (find_invalid_utf8(character)) return 1;
  return is_obeyed(code_point(character)) ? character.size() : 0;
}

std::string harmless(std::string_view text, std::size_t most) { return cut(written(text, ""), most); }

std::string harmless_lines(std::string_view text, std::size_t most) { return cut(written(text, "\n\t"), most); }

}  // namespace rmqsim
