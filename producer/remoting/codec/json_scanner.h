// The lexical half of the JSON header decoder: blanks, strings, numbers and skipped values in fastjson's tolerant
// grammar. It reads the text and has an exact copy of it, the arena: what is read views the copy at the same place, and
// a string with escapes is unescaped there, where it only becomes shorter. What every string passes through is inline
// here; the rest is in the source file.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

namespace rmqsim {

class JsonScanner {
 public:
  /// Values nested deeper than this are refused, as by fastjson.
  static constexpr int kMaxDepth = 512;

 protected:
  /// `arena` holds a copy of `text`.
  JsonScanner(std::string_view text, char* arena)
      : text_(text), p_(text.data()), end_(p_ + text.size()), arena_(arena) {}

  bool take(char c) {
    if (p_ == end_ || *p_ != c) return false;
    ++p_;
    return true;
  }

  void space() {
    if (p_ != end_ && static_cast<unsigned char>(*p_) > ' ' && *p_ != '/') return;
    while (p_ != end_) {
      const char c = *p_;
      if (c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\b') {
        ++p_;
      } else if (c != '/' || !comment()) {
        return;
      }
    }
  }

  /// After the last token every control character is a blank to fastjson (`JSONLexerBase.nextToken`).
  void end_of_text() {
    for (space(); p_ != end_ && (static_cast<unsigned char>(*p_) < ' ' || *p_ == 0x7F); space()) ++p_;
  }

  template <std::size_t N>
  bool at_literal(const char (&s)[N]) {
    if (static_cast<std::size_t>(end_ - p_) < N - 1 || std::memcmp(p_, s, N - 1) != 0) return false;
    p_ += N - 1;
    return true;
  }

  /// The same bytes in the arena.
  std::string_view keep(const char* begin, const char* end) {
    return {arena_ + (begin - text_.data()), static_cast<std::size_t>(end - begin)};
  }
  std::uint32_t offset(const char* p) const { return static_cast<std::uint32_t>(p - text_.data()); }

  /// The first `quote` or backslash from p on; nullptr when the text ends before.
  const char* stop(const char* p, char quote) const {
#ifdef __SSE2__
    const __m128i q = _mm_set1_epi8(quote), b = _mm_set1_epi8('\\');
    for (; end_ - p >= 16; p += 16) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      const auto hits =
          static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, q), _mm_cmpeq_epi8(v, b))));
      if (hits != 0) return p + __builtin_ctz(hits);
    }
#endif
    for (; p != end_; ++p) {
      if (*p == quote || *p == '\\') return p;
    }
    return nullptr;
  }

  /// At an opening quote.
  bool read_string(std::string_view& s) {
    const char* const begin = p_ + 1;
    const char* const at = stop(begin, *p_);
    if (at == nullptr) return false;
    if (*at == '\\') return read_escaped(begin, at, *p_, s);
    s = keep(begin, at);
    p_ = at + 1;
    return true;
  }

  bool read_key(std::string_view& key);
  bool at_word(std::string_view word);
  // A JSON number; `text` views it in the header.
  bool number_text(std::string_view& text);
  // Any value as text in the arena: strings unescaped, objects and arrays without the blanks between their tokens,
  // everything else as written. Null is "not present".
  bool text_value(std::string_view& s, bool& present);
  // Steps over one value, which is checked but not kept.
  bool skip_value(int depth);

  const std::string_view text_;
  const char* p_;
  const char* const end_;

 private:
  /// A string that begins at `begin` and has its first backslash at `at`.
  bool read_escaped(const char* begin, const char* at, char quote, std::string_view& s);
  bool comment();
  // `digits` hex digits after p_; -1 if they are not there.
  std::int32_t hex_digits(const char* p, int digits) const;
  // At a backslash.
  bool escape();
  bool unicode_escape();
  bool skip_container(int depth);
  /// An object or array that has been stepped over, which has unescaped its strings in the arena.
  std::string_view compact(const char* begin, const char* end);

  char* const arena_;
  char* w_ = nullptr;  ///< where the string that is being unescaped goes on
};

}  // namespace rmqsim
