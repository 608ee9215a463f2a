// The general paths of the scanner: what fastjson tolerates beyond JSON, and what is stepped over.
#include "producer/remoting/codec/json_scanner.h"

#include "producer/remoting/codec/text.h"

namespace rmqsim {
namespace {

bool is_name(unsigned char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
         c == '-' || c == '.';
}

int hex(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char l = static_cast<char>(c | 0x20);
  return l >= 'a' && l <= 'f' ? l - 'a' + 10 : -1;
}

}  // namespace

bool JsonScanner::read_escaped(const char* begin, const char* at, char quote, std::string_view& s) {
  char* const to = arena_ + offset(begin);
  w_ = arena_ + offset(at);
  for (p_ = at; *p_ != quote;) {
    if (end_ - p_ >= 6 && std::memcmp(p_, "\\u000", 5) == 0 && p_[5] >= '0' && p_[5] <= '9') {
      *w_++ = static_cast<char>(p_[5] - '0');  // separators of properties
      p_ += 6;
    } else if (!escape()) {
      return false;
    }
    const char* const next = stop(p_, quote);
    if (next == nullptr) return false;
    const auto plain = static_cast<std::size_t>(next - p_);
    std::memcpy(w_, p_, plain);
    w_ += plain;
    p_ = next;
  }
  ++p_;
  s = {to, static_cast<std::size_t>(w_ - to)};
  return true;
}

bool JsonScanner::comment() {
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

bool JsonScanner::read_key(std::string_view& key) {
  if (p_ == end_) return false;
  if (*p_ == '"' || *p_ == '\'') return read_string(key);
  const char* const begin = p_;
  while (p_ != end_ && is_name(static_cast<unsigned char>(*p_))) ++p_;
  if (p_ == begin) return false;
  key = keep(begin, p_);
  return true;
}

std::int32_t JsonScanner::hex_digits(const char* p, int digits) const {
  if (end_ - p < digits) return -1;
  std::int32_t value = 0;
  for (int i = 0; i < digits; ++i) {
    const int h = hex(p[i]);
    if (h < 0) return -1;
    value = value * 16 + h;
  }
  return value;
}

bool JsonScanner::escape() {
  if (end_ - p_ < 2) return false;
  const char c = p_[1];
  p_ += 2;
  if (c == 'u') return unicode_escape();
  static constexpr std::string_view kFrom = "\"\\/bfnrtvF'01234567";
  static constexpr char kTo[] = {'"',  '\\', '/', '\b', '\f', '\n', '\r', '\t', '\v', '\f',
                                 '\'', 0,    1,   2,    3,    4,    5,    6,    7};
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

bool JsonScanner::unicode_escape() {
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

bool JsonScanner::at_word(std::string_view word) {
  if (static_cast<std::size_t>(end_ - p_) < word.size() || std::memcmp(p_, word.data(), word.size()) != 0) return false;
  if (p_ + word.size() != end_ && is_name(static_cast<unsigned char>(p_[word.size()]))) return false;
  p_ += word.size();
  return true;
}

bool JsonScanner::number_text(std::string_view& text) {
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

bool JsonScanner::text_value(std::string_view& s, bool& present) {
  present = true;
  if (p_ == end_) return false;
  if (*p_ == '"' || *p_ == '\'') return read_string(s);
  const char* const begin = p_;
  if (at_word("null")) {
    present = false;
    return true;
  }
  const bool container = *p_ == '{' || *p_ == '[';
  if (!skip_value(0)) return false;
  s = container ? compact(begin, p_) : keep(begin, p_);
  return true;
}

std::string_view JsonScanner::compact(const char* begin, const char* end) {
  char* const to = arena_ + offset(begin);
  char* w = to;
  char quote = 0;
  for (const char* p = begin; p != end; ++p) {
    if (quote == 0 && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t' || *p == '\f' || *p == '\b')) continue;
    *w++ = *p;
    if (quote != 0 && *p == '\\') {
      *w++ = *++p;
    } else if (quote != 0) {
      if (*p == quote) quote = 0;
    } else if (*p == '"' || *p == '\'') {
      quote = *p;
    }
  }
  return {to, static_cast<std::size_t>(w - to)};
}

bool JsonScanner::skip_value(int depth) {
  if (p_ == end_ || depth > kMaxDepth) return false;
  std::string_view ignored;
  switch (*p_) {
    case '"':
    case '\'':
      return read_string(ignored);
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
      return number_text(ignored);
  }
}

bool JsonScanner::skip_container(int depth) {
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
      std::string_view ignored;
      if (!read_key(ignored)) return false;
      space();
      if (!take(':')) return false;
      space();
    }
    if (!skip_value(depth + 1)) return false;
    need_comma = true;
  }
}

}  // namespace rmqsim
