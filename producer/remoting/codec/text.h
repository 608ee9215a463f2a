// Text helpers shared by the header codecs and the JSON bodies: UTF-8 validation, big-endian words, and the escaping
// of JSON strings as fastjson does it. Everything here is pure and works on bytes that may come from a peer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim::text {

inline std::uint16_t load16(const char* p) {
  std::uint16_t v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_bswap16(v);
}
inline std::uint32_t load32(const char* p) {
  std::uint32_t v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_bswap32(v);
}
inline std::uint64_t load64(const char* p) {
  std::uint64_t v;
  std::memcpy(&v, p, sizeof v);
  return __builtin_bswap64(v);
}
inline void store16(char* p, std::uint16_t v) {
  v = __builtin_bswap16(v);
  std::memcpy(p, &v, sizeof v);
}
inline void store32(char* p, std::uint32_t v) {
  v = __builtin_bswap32(v);
  std::memcpy(p, &v, sizeof v);
}
inline void store64(char* p, std::uint64_t v) {
  v = __builtin_bswap64(v);
  std::memcpy(p, &v, sizeof v);
}
inline void put16(std::string& out, std::uint16_t v) {
  char b[2];
  store16(b, v);
  out.append(b, sizeof b);
}
inline void put32(std::string& out, std::uint32_t v) {
  char b[4];
  store32(b, v);
  out.append(b, sizeof b);
}
inline void put64(std::string& out, std::uint64_t v) {
  char b[8];
  store64(b, v);
  out.append(b, sizeof b);
}

/// The general case of parse_int64: signs, and numbers near the limits.
std::optional<std::int64_t> parse_int64_slow(std::string_view s);
/// Long.parseLong: an optional sign and decimal digits only; nullopt for anything else or out of range.
inline std::optional<std::int64_t> parse_int64(std::string_view s) {
  if (s.empty() || s.size() > 18) return parse_int64_slow(s);
  std::int64_t value = 0;
  for (const char c : s) {
    const unsigned digit = static_cast<unsigned char>(c) - unsigned{'0'};
    if (digit > 9) return parse_int64_slow(s);
    value = value * 10 + static_cast<std::int64_t>(digit);
  }
  return value;
}
/// Integer.parseInt.
inline std::optional<std::int32_t> parse_int32(std::string_view s) {
  const auto value = parse_int64(s);
  if (!value || *value != static_cast<std::int32_t>(*value)) return std::nullopt;
  return static_cast<std::int32_t>(*value);
}
/// Boolean.parseBoolean: true only for "true" in any case.
inline bool parse_bool(std::string_view s) {
  return s.size() == 4 && (s[0] | 0x20) == 't' && (s[1] | 0x20) == 'r' && (s[2] | 0x20) == 'u' && (s[3] | 0x20) == 'e';
}

/// Nothing but white space, as Java's StringUtils.isBlank has it.
inline bool is_blank(std::string_view s) { return s.find_first_not_of(" \t\r\n\f\v") == std::string_view::npos; }

/// String.split by one character: empty parts at the end are none, others are parts; the empty text is one of them.
inline std::vector<std::string_view> java_split(std::string_view s, char separator) {
  std::vector<std::string_view> parts;
  const bool empty = s.empty();
  for (bool more = true; more;) {
    const std::size_t end = s.find(separator);
    more = end != std::string_view::npos;
    parts.push_back(s.substr(0, end));
    if (more) s.remove_prefix(end + 1);
  }
  while (!empty && !parts.empty() && parts.back().empty()) parts.pop_back();
  return parts;
}

/// Well-formed UTF-8 (no overlong forms, no surrogates)?
bool is_utf8(std::string_view bytes);
/// Malformed sequences replaced by U+FFFD, as Java's String(bytes, UTF_8) does.
std::string to_utf8(std::string_view bytes);
/// Decodes one code point of well-formed UTF-8 and advances `i`; a malformed byte yields U+FFFD and advances by one.
char32_t next_code_point(std::string_view bytes, std::size_t& i);
/// Appends the UTF-8 form. A surrogate becomes '?', as Java writes an unpaired one.
char* put_utf8(char* p, char32_t c);

/// Room that write_json_string needs at `p` for `n` bytes of content, quotes included.
inline constexpr std::size_t json_string_bound(std::size_t n) { return 6 * n + 2 + 16; }
/// Writes the string with quotes and fastjson's default escapes: \b \t \n \f \r \" \\, other control characters,
/// U+007F to U+009F, U+2028 and U+2029 as \uXXXX in upper case; '/' and other non-ASCII stay. Returns the end.
/// May scribble up to 16 bytes beyond the end. `readable` (at or behind the end of `s`) is how far memory may be read,
/// which spares short strings a loop over bytes.
char* write_json_string(char* p, std::string_view s, const char* readable);
inline char* write_json_string(char* p, std::string_view s) { return write_json_string(p, s, s.data() + s.size()); }
void append_json_string(std::string& out, std::string_view s);
/// The same with fastjson's BrowserCompatible feature: non-ASCII as \uXXXX (pairs beyond the BMP) and '/' as \/.
void append_json_string_browser(std::string& out, std::string_view s);

}  // namespace rmqsim::text
