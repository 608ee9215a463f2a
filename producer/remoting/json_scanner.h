// The lexical half of the JSON header decoder: blanks, strings, numbers and skipped values in fastjson's tolerant
// grammar. Strings are unescaped while they are copied into an arena, which never needs more room than the text itself
// plus kSlack. What every string passes through is inline here; the rest is in the source file.
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
  /// A 16-byte store may go this far beyond what counts.
  static constexpr std::size_t kSlack = 16;
  /// Values nested deeper than this are refused.
  static constexpr int kMaxDepth = 64;

 protected:
  /// `arena` has room for text.size() + kSlack bytes.
  JsonScanner(std::string_view text, char* arena)
      : text_(text), p_(text.data()), end_(p_ + text.size()), base_(arena), w_(arena) {}

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

  template <std::size_t N>
  bool at_literal(const char (&s)[N]) {
    if (static_cast<std::size_t>(end_ - p_) < N - 1 || std::memcmp(p_, s, N - 1) != 0) return false;
    p_ += N - 1;
    return true;
  }

  std::string_view keep(const char* begin, const char* end) {
    char* const at = w_;
    const auto n = static_cast<std::size_t>(end - begin);
    std::memcpy(w_, begin, n);
    w_ += n;
    return {at, n};
  }

  // At an opening quote. The content lands in the arena, `s` views it there. The loop works on copies of p_ and w_,
  // since a store through w_ might change any member as far as the compiler can know.
  bool read_string(std::string_view& s) {
    const char* p = p_;
    const char* const end = end_;
    const char quote = *p++;
    char* w = w_;
    char* const begin = w;
    for (;;) {
      if (!copy_plain(p, end, w, quote)) return false;
      if (*p == quote) break;
      if (end - p >= 6 && std::memcmp(p, "\\u000", 5) == 0 && p[5] >= '0' && p[5] <= '9') {
        *w++ = static_cast<char>(p[5] - '0');  // separators of properties
        p += 6;
        continue;
      }
      p_ = p;
      w_ = w;
      if (!escape()) return false;
      p = p_;
      w = w_;
    }
    p_ = p + 1;
    w_ = w;
    s = {begin, static_cast<std::size_t>(w - begin)};
    return true;
  }

  // Copies up to the quote or the next backslash; false at the end of the header.
  bool copy_plain(const char*& p, const char* end, char*& w, char quote) {
    unsigned high = 0;
#ifdef __SSE2__
    const __m128i q = _mm_set1_epi8(quote), b = _mm_set1_epi8('\\');
    while (end - p >= 16) {
      const __m128i v = _mm_loadu_si128(reinterpret_cast<const __m128i*>(p));
      _mm_storeu_si128(reinterpret_cast<__m128i*>(w), v);
      const auto stop =
          static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, q), _mm_cmpeq_epi8(v, b))));
      const auto marks = static_cast<unsigned>(_mm_movemask_epi8(v));
      if (stop != 0) {
        const auto k = static_cast<unsigned>(__builtin_ctz(stop));
        if (((high | marks) != 0) && (high != 0 || (marks & ((1u << k) - 1)) != 0)) non_ascii_ = true;
        p += k;
        w += k;
        return true;
      }
      high |= marks;
      p += 16;
      w += 16;
    }
#endif
    for (; p != end; ++p) {
      const char c = *p;
      if (c == quote || c == '\\') {
        if (high != 0) non_ascii_ = true;
        return true;
      }
      high |= static_cast<unsigned char>(c) & 0x80u;
      *w++ = c;
    }
    return false;
  }

  bool read_key(std::string_view& key);
  bool at_word(std::string_view word);
  // A JSON number; `text` views it in the header.
  bool number_text(std::string_view& text);
  // Any value as text in the arena: strings unescaped, everything else as written. Null is "not present".
  bool text_value(std::string_view& s, bool& present);
  // Steps over one value, which is checked but not kept.
  bool skip_value(int depth);

  const std::string_view text_;
  const char* p_;
  const char* const end_;
  char* const base_;
  char* w_;
  bool non_ascii_ = false;

 private:
  bool comment();
  // `digits` hex digits after p_; -1 if they are not there.
  std::int32_t hex_digits(const char* p, int digits) const;
  // At a backslash.
  bool escape();
  bool unicode_escape();
  bool skip_string();
  bool skip_container(int depth);
};

}  // namespace rmqsim
