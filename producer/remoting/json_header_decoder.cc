// JSON header → command, in one pass over the bytes and without building a tree. What Java writes takes the straight
// paths; what fastjson merely tolerates (other key order, unknown keys with nested values, unquoted or single-quoted
// keys, stray commas, comments, numbers and booleans as ext values) takes the general ones (wire-and-servers §1.3).
// Strings are unescaped while they are copied into the arena, which never needs more room than the header itself.
#include <cstring>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "producer/remoting/entry_sink.h"
#include "producer/remoting/header_codec.h"
#include "producer/remoting/text.h"

namespace rmqsim {

class HeaderCodec::JsonParser {
 public:
  JsonParser(std::string_view header, RemotingCommand& out)
      : header_(header), p_(header.data()), end_(p_ + header.size()), out_(out), sink_(out.ext_fields) {
    sink_.arena().resize(header.size() + kSlack);
    base_ = w_ = sink_.arena().data();
  }

  bool parse() {
    space();
    if (!take('{') || !members<&JsonParser::top_member>()) return false;
    space();
    if (p_ != end_) return false;
    if (non_ascii_ && !text::is_utf8(header_)) return false;
    sink_.arena().resize(static_cast<std::size_t>(w_ - base_));
    sink_.finish();
    return true;
  }

 private:
  static constexpr std::size_t kSlack = 16;  // a 16-byte store may go this far beyond what counts

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

  bool comment() {
    if (end_ - p_ < 2) return false;
    if (p_[1] == '/') {
      while (p_ != end_ && *p_ != '\n') ++p_;
      return true;
    }
    if (p_[1] != '*') return false;
    const std::string_view rest(p_ + 2, static_cast<std::size_t>(end_ - p_ - 2));
    const std::size_t close = rest.find("*/");
    if (close == rest.npos) return false;
    p_ += 2 + close + 2;
    return true;
  }

  // After '{': members up to and with '}'. Keys are unescaped into the arena; the member decides whether to keep them.
  template <bool (JsonParser::*member)(std::string_view)>
  bool members() {
    bool need_comma = false;
    for (;;) {
      // What every encoder writes: {"key":value,"key":value}
      if (end_ - p_ >= 2 && ((need_comma && p_[0] == ',' && p_[1] == '"') || (!need_comma && p_[0] == '"'))) {
        p_ += need_comma;
        if (!usual_member<member>()) return false;
        need_comma = true;
        continue;
      }
      space();
      bool comma = false;
      while (take(',')) {
        comma = true;
        space();
      }
      if (take('}')) return true;
      if (need_comma && !comma) return false;
      std::string_view key;
      if (!read_key(key)) return false;
      space();
      if (!take(':')) return false;
      space();
      if (!(this->*member)(key)) return false;
      need_comma = true;
    }
  }

  template <bool (JsonParser::*member)(std::string_view)>
  bool usual_member() {
    if constexpr (member == &JsonParser::top_member) {
      bool ok = false;
      if (known_member(ok)) return ok;
    }
    std::string_view key;
    if (end_ - p_ >= 4 && p_[2] == '"' && p_[3] == ':' && p_[1] != '\\' && (p_[1] & 0x80) == 0) {  // one letter
      *w_ = p_[1];
      key = {w_++, 1};
      p_ += 4;
    } else {
      if (!read_string(key)) return false;
      space();
      if (!take(':')) return false;
    }
    space();
    return (this->*member)(key);
  }

  template <std::size_t N>
  bool at_literal(const char (&s)[N]) {
    if (static_cast<std::size_t>(end_ - p_) < N - 1 || std::memcmp(p_, s, N - 1) != 0) return false;
    p_ += N - 1;
    return true;
  }

  // The top-level members as Java spells them, recognised without copying the key. False when it is none of them.
  bool known_member(bool& ok) {
    if (end_ - p_ < 2) return false;
    switch (p_[1]) {
      case 'c':
        if (!at_literal("\"code\":")) return false;
        ok = read_int(out_.code);
        return true;
      case 'e':
        if (!at_literal("\"extFields\":{")) return false;
        out_.has_ext_fields = true;
        ok = members<&JsonParser::ext_member>();
        return true;
      case 'f':
        if (!at_literal("\"flag\":")) return false;
        ok = read_int(out_.flag);
        return true;
      case 'l':
        ok = true;
        return at_literal("\"language\":\"JAVA\"") && set_java();
      case 's':
        ok = true;
        return at_literal("\"serializeTypeCurrentRPC\":\"JSON\"");
      case 'v':
        if (!at_literal("\"version\":")) return false;
        ok = read_int(out_.version);
        return true;
      default:
        return false;
    }
  }

  bool set_java() {
    out_.language = LanguageCode::JAVA;
    return true;
  }

  bool read_key(std::string_view& key) {
    if (p_ == end_) return false;
    if (*p_ == '"' || *p_ == '\'') return read_string(key);
    const char* const begin = p_;
    while (p_ != end_ && is_name(static_cast<unsigned char>(*p_))) ++p_;
    if (p_ == begin) return false;
    key = keep(begin, p_);
    return true;
  }

  static bool is_name(unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c == '-' || c == '.';
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
      const auto stop = static_cast<unsigned>(_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, q), _mm_cmpeq_epi8(v, b))));
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

  static int hex(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    const char l = static_cast<char>(c | 0x20);
    return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
  }

  // `digits` hex digits after p_; -1 if they are not there.
  std::int32_t hex_digits(const char* p, int digits) const {
    if (end_ - p < digits) return -1;
    std::int32_t value = 0;
    for (int i = 0; i < digits; ++i) {
      const int h = hex(p[i]);
      if (h < 0) return -1;
      value = value * 16 + h;
    }
    return value;
  }

  // At a backslash.
  bool escape() {
    if (end_ - p_ < 2) return false;
    const char c = p_[1];
    p_ += 2;
    if (c == 'u') return unicode_escape();
    static constexpr std::string_view kFrom = "\"\\/bfnrtvF'01234567";
    static constexpr char kTo[] = {'"', '\\', '/', '\b', '\f', '\n', '\r', '\t', '\v', '\f', '\'',
                                   0,   1,    2,   3,    4,    5,    6,    7};
    if (c == 'x') {
      const std::int32_t code = hex_digits(p_, 2);
      if (code < 0) return false;
      p_ += 2;
      w_ = text::put_utf8(w_, static_cast<char32_t>(code));
      return true;
    }
    const std::size_t i = kFrom.find(c);
    if (i == kFrom.npos) return false;
    *w_++ = kTo[i];
    return true;
  }

  bool unicode_escape() {
    const std::int32_t unit = hex_digits(p_, 4);
    if (unit < 0) return false;
    p_ += 4;
    if (unit < 0x80) {
      *w_++ = static_cast<char>(unit);
      return true;
    }
    auto code = static_cast<char32_t>(unit);
    if (unit >= 0xD800 && unit < 0xDC00 && end_ - p_ >= 6 && p_[0] == '\\' && p_[1] == 'u') {
      const std::int32_t low = hex_digits(p_ + 2, 4);
      if (low >= 0xDC00 && low < 0xE000) {
        code = 0x10000 + ((static_cast<char32_t>(unit) - 0xD800) << 10) + (static_cast<char32_t>(low) - 0xDC00);
        p_ += 6;
      }
    }
    w_ = text::put_utf8(w_, code);
    return true;
  }

  bool at_word(std::string_view word) {
    if (static_cast<std::size_t>(end_ - p_) < word.size() || std::memcmp(p_, word.data(), word.size()) != 0) return false;
    if (p_ + word.size() != end_ && is_name(static_cast<unsigned char>(p_[word.size()]))) return false;
    p_ += word.size();
    return true;
  }

  // A JSON number; `text` views it in the header.
  bool number_text(std::string_view& text) {
    const char* const begin = p_;
    if (p_ != end_ && (*p_ == '-' || *p_ == '+')) ++p_;
    const auto digits = [&] {
      const char* const from = p_;
      while (p_ != end_ && *p_ >= '0' && *p_ <= '9') ++p_;
      return p_ != from;
    };
    if (!digits()) return false;
    if (take('.') && !digits()) return false;
    if (p_ != end_ && (*p_ == 'e' || *p_ == 'E')) {
      ++p_;
      if (p_ != end_ && (*p_ == '-' || *p_ == '+')) ++p_;
      if (!digits()) return false;
    }
    text = {begin, static_cast<std::size_t>(p_ - begin)};
    return true;
  }

  // An int of the top level; `present` is false for null. Quoted numbers count.
  bool read_int(std::int32_t& value, bool& present) {
    present = true;
    if (at_word("null")) {
      present = false;
      return true;
    }
    std::string_view digits;
    char* const mark = w_;
    if (p_ != end_ && (*p_ == '"' || *p_ == '\'')) {
      if (!read_string(digits)) return false;
      w_ = mark;
    } else if (!number_text(digits)) {
      return false;
    }
    if (digits.empty()) {
      present = false;
      return true;
    }
    const auto parsed = text::parse_int32(digits);
    if (!parsed) return false;
    value = *parsed;
    return true;
  }

  bool read_int(std::int32_t& value) {
    // Straight path: a short unsigned or negative number followed by ',' or '}'.
    const char* p = p_;
    const bool negative = p != end_ && *p == '-';
    p += negative;
    std::int32_t v = 0;
    const char* const begin = p;
    while (p != end_ && *p >= '0' && *p <= '9' && p - begin < 9) v = v * 10 + (*p++ - '0');
    if (p != begin && p != end_ && (*p == ',' || *p == '}')) {
      p_ = p;
      value = negative ? -v : v;
      return true;
    }
    bool present = false;
    return read_int(value, present);
  }

  bool top_member(std::string_view key) {
    w_ = const_cast<char*>(key.data());  // the key itself is not kept
    switch (key.size()) {
      case 4:
        if (key == "code") return read_int(out_.code);
        if (key == "flag") return read_int(out_.flag);
        break;
      case 6:
        if (key == "opaque") return read_opaque();
        if (key == "remark") return read_remark();
        break;
      case 7:
        if (key == "version") return read_int(out_.version);
        break;
      case 8:
        if (key == "language") return read_language();
        break;
      case 9:
        if (key == "extFields") return read_ext();
        break;
      default:
        break;
    }
    return skip_value(0);
  }

  bool read_opaque() {
    bool present = false;
    std::int32_t value = 0;
    if (!read_int(value, present)) return false;
    if (present) {
      out_.opaque = value;
      out_.has_opaque = true;
    }
    return true;
  }

  bool read_remark() {
    std::string_view s;
    char* const mark = w_;
    bool present = false;
    if (!text_value(s, present)) return false;
    if (present) {
      out_.remark.emplace(s);
    } else {
      out_.remark.reset();
    }
    w_ = mark;
    return true;
  }

  bool read_language() {
    char* const mark = w_;
    if (p_ != end_ && (*p_ == '"' || *p_ == '\'')) {
      std::string_view s;
      if (!read_string(s)) return false;
      out_.language = s == "JAVA" ? LanguageCode::JAVA : language_by_name(s);
      w_ = mark;
      return true;
    }
    std::int32_t ordinal = -1;
    bool present = false;
    if (!read_int(ordinal, present)) return false;
    out_.language = present && ordinal >= 0 && ordinal <= static_cast<int>(LanguageCode::NODE_JS)
                        ? static_cast<LanguageCode>(ordinal)
                        : LanguageCode::UNKNOWN;
    return true;
  }

  bool read_ext() {
    if (at_word("null")) return true;
    if (!take('{')) return false;
    out_.has_ext_fields = true;
    return members<&JsonParser::ext_member>();
  }

  bool ext_member(std::string_view key) {
    std::string_view value;
    bool present = true;
    if (p_ != end_ && *p_ == '"') {
      if (!read_string(value)) return false;
    } else if (!text_value(value, present)) {
      return false;
    }
    if (!present) {
      w_ = const_cast<char*>(key.data());
      return true;
    }
    sink_.add(static_cast<std::uint32_t>(key.data() - base_), static_cast<std::uint32_t>(key.size()),
              static_cast<std::uint32_t>(value.data() - base_), static_cast<std::uint32_t>(value.size()));
    return true;
  }

  // Any value as text in the arena: strings unescaped, everything else as written. Null is "not present".
  bool text_value(std::string_view& s, bool& present) {
    present = true;
    if (p_ == end_) return false;
    if (*p_ == '"' || *p_ == '\'') return read_string(s);
    const char* const begin = p_;
    if (at_word("null")) {
      present = false;
      return true;
    }
    if (!skip_value(0)) return false;
    s = keep(begin, p_);
    return true;
  }

  bool skip_string() {
    char* const mark = w_;
    std::string_view ignored;
    const bool ok = read_string(ignored);
    w_ = mark;
    return ok;
  }

  bool skip_value(int depth) {
    if (p_ == end_ || depth > kMaxDepth) return false;
    switch (*p_) {
      case '"':
      case '\'':
        return skip_string();
      case '{':
      case '[':
        return skip_container(depth);
      case 't':
        return at_word("true");
      case 'f':
        return at_word("false");
      case 'n':
        return at_word("null");
      default:
        break;
    }
    std::string_view ignored;
    return number_text(ignored);
  }

  bool skip_container(int depth) {
    const char close = *p_++ == '{' ? '}' : ']';
    bool need_comma = false;
    for (;;) {
      space();
      bool comma = false;
      while (take(',')) {
        comma = true;
        space();
      }
      if (take(close)) return true;
      if (need_comma && !comma) return false;
      if (close == '}') {
        char* const mark = w_;
        std::string_view ignored;
        if (!read_key(ignored)) return false;
        w_ = mark;
        space();
        if (!take(':')) return false;
        space();
      }
      if (!skip_value(depth + 1)) return false;
      need_comma = true;
    }
  }

  const std::string_view header_;
  const char* p_;
  const char* const end_;
  RemotingCommand& out_;
  EntrySink sink_;
  char* base_;
  char* w_;
  bool non_ascii_ = false;
};

error_code HeaderCodec::decode_json(std::string_view header, RemotingCommand& out) {
  out.code = 0;
  out.language = LanguageCode::JAVA;
  out.version = 0;
  out.opaque = 0;
  out.has_opaque = false;
  out.flag = 0;
  out.remark.reset();
  out.has_ext_fields = false;
  if (!JsonParser(header, out).parse()) return RemotingError::bad_json;
  return {};
}

}  // namespace rmqsim
