// The escape writer handles 16 bytes at a time where SSE2 exists and falls back to a table; both give the same bytes.
#include "producer/remoting/codec/text.h"

#include <array>
#include <charconv>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rmqsim::text {
namespace {

constexpr char kHex[] = "0123456789ABCDEF";

// 0: copy; a letter: \letter; 'u': \u00XX; 1: first byte of a sequence that may need an escape.
constexpr std::array<unsigned char, 256> make_escapes() {
  std::array<unsigned char, 256> t{};
  for (unsigned c = 0; c < 0x20; ++c) t[c] = 'u';
  t['\b'] = 'b';
  t['\t'] = 't';
  t['\n'] = 'n';
  t['\f'] = 'f';
  t['\r'] = 'r';
  t['"'] = '"';
  t['\\'] = '\\';
  t[0x7F] = 'u';
  t[0xC2] = 1;
  t[0xE2] = 1;
  return t;
}
constexpr auto kEscapes = make_escapes();

/// What append_json_string_browser() copies: printable ASCII without quotes, backslashes and slashes.
constexpr std::array<bool, 256> make_plain_in_browsers() {
  std::array<bool, 256> t{};
  for (unsigned c = 0x20; c < 0x7F; ++c) t[c] = c != '/' && kEscapes[c] == 0;
  return t;
}
constexpr auto kPlainInBrowsers = make_plain_in_browsers();

char* put_u(char* p, unsigned c) {
  *p++ = '\\';
  *p++ = 'u';
  *p++ = kHex[(c >> 12) & 15];
  *p++ = kHex[(c >> 8) & 15];
  *p++ = kHex[(c >> 4) & 15];
  *p++ = kHex[c & 15];
  return p;
}

// Writes the character at s[i], with an escape where kEscapes asks for one, and advances i.
char* put_special(char* p, std::string_view s, std::size_t& i) {
  const auto c = static_cast<unsigned char>(s[i]);
  const unsigned char how = kEscapes[c];
  if (how == 0) {
    *p++ = s[i++];
    return p;
  }
  if (how == 'u') {
    ++i;
    return put_u(p, c);
  }
  if (how != 1) {
    ++i;
    *p++ = '\\';
    *p++ = static_cast<char>(how);
    return p;
  }
  const auto at = [&](std::size_t k) { return i + k < s.size() ? static_cast<unsigned char>(s[i + k]) : 0u; };
  if (c == 0xC2 && at(1) >= 0x80 && at(1) < 0xA0) {
    p = put_u(p, at(1));
    i += 2;
    return p;
  }
  if (c == 0xE2 && at(1) == 0x80 && (at(2) == 0xA8 || at(2) == 0xA9)) {
    p = put_u(p, 0x2000 + at(2) - 0x80);
    i += 3;
    return p;
  }
  *p++ = s[i++];
  return p;
}

/// Length of a leading run of ASCII, rounded down to whole steps.
std::size_t ascii_prefix(std::string_view s) {
  std::size_t i = 0;
#ifdef __SSE2__
  for (; s.size() - i >= 32; i += 32) {
    const auto* const p = reinterpret_cast<const __m128i*>(s.data() + i);
    if (_mm_movemask_epi8(_mm_or_si128(_mm_loadu_si128(p), _mm_loadu_si128(p + 1))) != 0) return i;
  }
#endif
  for (; s.size() - i >= 8 && (load64(s.data() + i) & 0x8080808080808080u) == 0; i += 8) {
  }
  return i;
}

std::size_t sequence_length(std::string_view s, std::size_t i, char32_t& code) {
  const auto b = [&](std::size_t k) { return static_cast<unsigned char>(s[i + k]); };
  const std::size_t left = s.size() - i;
  const auto tail = [&](std::size_t k) { return k < left && (b(k) & 0xC0) == 0x80; };
  const unsigned c = b(0);
  if (c < 0x80) {
    code = c;
    return 1;
  }
  if (c >= 0xC2 && c <= 0xDF && tail(1)) {
    code = ((c & 0x1Fu) << 6) | (b(1) & 0x3Fu);
    return 2;
  }
  if (c >= 0xE0 && c <= 0xEF && tail(1) && tail(2)) {
    code = ((c & 0xFu) << 12) | ((b(1) & 0x3Fu) << 6) | (b(2) & 0x3Fu);
    if (code >= 0x800 && (code < 0xD800 || code > 0xDFFF)) return 3;
  } else if (c >= 0xF0 && c <= 0xF4 && tail(1) && tail(2) && tail(3)) {
    code = ((c & 7u) << 18) | ((b(1) & 0x3Fu) << 12) | ((b(2) & 0x3Fu) << 6) | (b(3) & 0x3Fu);
    if (code >= 0x10000 && code <= 0x10FFFF) return 4;
  }
  return 0;
}

}  // namespace

std::optional<std::int64_t> parse_int64_slow(std::string_view s) {
  if (s.size() > 1 && s[0] == '+' && s[1] != '-') s.remove_prefix(1);
  std::int64_t value = 0;
  const char* const end = s.data() + s.size();
  const auto [stop, ec] = std::from_chars(s.data(), end, value);
  if (ec != std::errc{} || stop != end) return std::nullopt;
  return value;
}

bool is_utf8(std::string_view s) {
  char32_t code = 0;
  for (std::size_t i = 0; i < s.size();) {
    i += ascii_prefix(s.substr(i));
    if (i == s.size()) return true;
    if (static_cast<unsigned char>(s[i]) < 0x80) {
      ++i;
      continue;
    }
    const std::size_t n = sequence_length(s, i, code);
    if (n == 0) return false;
    i += n;
  }
  return true;
}

char32_t next_code_point(std::string_view s, std::size_t& i) {
  char32_t code = 0xFFFD;
  const std::size_t n = sequence_length(s, i, code);
  i += n == 0 ? 1 : n;
  return n == 0 ? 0xFFFD : code;
}

std::string to_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t i = 0; i < bytes.size();) {
    char b[4];
    char* const end = put_utf8(b, next_code_point(bytes, i));
    out.append(b, end);
  }
  return out;
}

char* put_utf8(char* p, char32_t c) {
  if (c < 0x80) {
    *p++ = static_cast<char>(c);
  } else if (c < 0x800) {
    *p++ = static_cast<char>(0xC0 | (c >> 6));
    *p++ = static_cast<char>(0x80 | (c & 0x3F));
  } else if (c >= 0xD800 && c <= 0xDFFF) {
    *p++ = '?';
  } else if (c < 0x10000) {
    *p++ = static_cast<char>(0xE0 | (c >> 12));
    *p++ = static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    *p++ = static_cast<char>(0x80 | (c & 0x3F));
  } else {
    *p++ = static_cast<char>(0xF0 | (c >> 18));
    *p++ = static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    *p++ = static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    *p++ = static_cast<char>(0x80 | (c & 0x3F));
  }
  return p;
}

#ifdef __SSE2__
namespace {

// Bit i: byte i may need more than copying. All of non-ASCII is marked, since it is rare and two of its sequences
// count.
unsigned marks(__m128i v) {
  const __m128i below = _mm_cmplt_epi8(v, _mm_set1_epi8(0x20));  // as signed bytes: control characters and 0x80 to 0xFF
  const __m128i quote = _mm_cmpeq_epi8(v, _mm_set1_epi8('"')), slash = _mm_cmpeq_epi8(v, _mm_set1_epi8('\\'));
  const __m128i del = _mm_cmpeq_epi8(v, _mm_set1_epi8(0x7F));
  return static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_or_si128(below, del), _mm_or_si128(quote, slash))));
}

}  // namespace
#endif

char* write_json_string(char* p, std::string_view s, const char* readable) {
  *p++ = '"';
  std::size_t i = 0;
#ifdef __SSE2__
  while (i < s.size() && readable - (s.data() + i) >= 16) {
    const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(s.data() + i));
    _mm_storeu_si128(reinterpret_cast<__m128i*>(p), v);
    const std::size_t left = s.size() - i;
    unsigned mask = marks(v);
    if (left < 16) mask &= (1u << left) - 1;
    if (mask == 0) {
      const std::size_t n = left < 16 ? left : 16;
      p += n;
      i += n;
      continue;
    }
    const auto k = static_cast<unsigned>(__builtin_ctz(mask));
    p += k;
    i += k;
    const auto c = static_cast<unsigned char>(s[i]);
    if (c < 0x20 && kEscapes[c] == 'u') {  // separators of properties
      std::memcpy(p, "\\u00", 4);
      p[4] = static_cast<char>('0' + (c >> 4));
      p[5] = kHex[c & 15];
      p += 6;
      ++i;
    } else {
      p = put_special(p, s, i);
    }
  }
#else
  static_cast<void>(readable);
#endif
  while (i < s.size()) {
    if (kEscapes[static_cast<unsigned char>(s[i])] == 0) {
      *p++ = s[i++];
    } else {
      p = put_special(p, s, i);
    }
  }
  *p++ = '"';
  return p;
}

void append_json_string(std::string& out, std::string_view s) {
  out += '"';
  std::size_t plain = 0;  // mostly all of it
  while (plain < s.size() && kEscapes[static_cast<unsigned char>(s[plain])] == 0) ++plain;
  out.append(s.data(), plain);
  s.remove_prefix(plain);
  // In pieces, so that the room reserved for escapes stays small; a sequence is never cut.
  while (!s.empty()) {
    std::size_t n = s.size() < 1024 ? s.size() : 1024;
    while (n < s.size() && n > 1020 && (static_cast<unsigned char>(s[n]) & 0xC0) == 0x80) --n;
    char piece[json_string_bound(1024)];
    const char* const end = write_json_string(piece, s.substr(0, n));
    out.append(piece + 1, static_cast<std::size_t>(end - piece) - 2);
    s.remove_prefix(n);
  }
  out += '"';
}

void append_json_string_browser(std::string& out, std::string_view s) {
  out += '"';
  for (std::size_t i = 0; i < s.size();) {
    const std::size_t begin = i;
    while (i < s.size() && kPlainInBrowsers[static_cast<unsigned char>(s[i])]) ++i;
    out.append(s.data() + begin, i - begin);
    if (i == s.size()) break;
    const char32_t c = next_code_point(s, i);
    char b[12];
    char* p = b;
    if (c < 0x80 && kEscapes[c] > 1 && kEscapes[c] != 'u') {
      *p++ = '\\';
      *p++ = static_cast<char>(kEscapes[c]);
    } else if (c == '/') {
      *p++ = '\\';
      *p++ = '/';
    } else if (c < 0x20 || (c >= 0x7F && c < 0x10000)) {
      p = put_u(p, static_cast<unsigned>(c));
    } else if (c >= 0x10000) {
      p = put_u(p, 0xD800 + static_cast<unsigned>((c - 0x10000) >> 10));
      p = put_u(p, 0xDC00 + static_cast<unsigned>((c - 0x10000) & 0x3FF));
    } else {
      *p++ = static_cast<char>(c);
    }
    out.append(b, p);
  }
  out += '"';
}

}  // namespace rmqsim::text
