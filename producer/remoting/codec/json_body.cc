// The tolerant reader is a plain recursive descent of bounded depth that builds a tree.
#include "producer/remoting/codec/json_body.h"

#include <charconv>
#include <limits>

#include "producer/remoting/codec/json_text.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim::json_body {
namespace {

class Parser {
 public:
  explicit Parser(std::string_view text) : s_(text) {}

  bool document(Json& out) {
    space();
    if (!value(out, 0)) return false;
    space();
    return i_ == s_.size();
  }

 private:
  char peek() const { return i_ < s_.size() ? s_[i_] : '\0'; }
  bool take(char c) {
    if (i_ >= s_.size() || s_[i_] != c) return false;
    ++i_;
    return true;
  }
  void space() {
    while (i_ < s_.size() && (s_[i_] == ' ' || s_[i_] == '\n' || s_[i_] == '\r' || s_[i_] == '\t')) ++i_;
  }
  /// Skips blanks and any number of commas; true if there was one.
  bool commas() {
    bool any = false;
    for (space(); take(','); space()) any = true;
    return any;
  }
  static bool is_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '$' ||
           c == '-' || c == '.' || c == '+' || c == '%';
  }
  std::string_view name() {
    const std::size_t begin = i_;
    while (i_ < s_.size() && is_name(s_[i_])) ++i_;
    return s_.substr(begin, i_ - begin);
  }

  bool value(Json& out, int depth) {
    if (depth > kMaxDepth || i_ >= s_.size()) return false;
    switch (s_[i_]) {
      case '{':
        return object(out, depth);
      case '[':
        return array(out, depth);
      case '"':
      case '\'': {
        std::string text;
        if (!string(text)) return false;
        out = std::move(text);
        return true;
      }
      default:
        return scalar(out);
    }
  }

  bool scalar(Json& out) {
    const std::string_view word = name();
    if (word == "true" || word == "false") {
      out = word == "true";
      return true;
    }
    if (word == "null") {
      out = nullptr;
      return true;
    }
    if (const auto number = text::parse_int64(word)) {
      out = *number;
      return true;
    }
    if (word.empty() || !(word[0] == '-' || (word[0] >= '0' && word[0] <= '9'))) return false;
    double real = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, ec] = std::from_chars(word.data(), end, real);
    if (ec != std::errc{} || stop != end) return false;
    out = real;
    return true;
  }

  bool object(Json& out, int depth) {
    ++i_;
    out = Json::object();
    commas();
    for (bool more = true; !take('}'); more = commas()) {
      if (!more) return false;
      std::string key;
      if (peek() == '"' || peek() == '\'') {
        if (!string(key)) return false;
      } else {
        key = name();
        if (key.empty()) return false;
      }
      space();
      if (!take(':')) return false;
      space();
      if (!value(out[key], depth + 1)) return false;
      space();
      if (peek() != ',' && peek() != '}') return false;
    }
    return true;
  }

  bool array(Json& out, int depth) {
    ++i_;
    out = Json::array();
    commas();
    for (bool more = true; !take(']'); more = commas()) {
      if (!more) return false;
      Json element;
      if (!value(element, depth + 1)) return false;
      out.push_back(std::move(element));
      space();
      if (peek() != ',' && peek() != ']') return false;
    }
    return true;
  }

  std::int32_t hex(std::size_t at, std::size_t digits) const {
    std::uint32_t value = 0;
    if (s_.size() - at < digits) return -1;
    const char* const end = s_.data() + at + digits;
    const auto [stop, ec] = std::from_chars(s_.data() + at, end, value, 16);
    return ec == std::errc{} && stop == end ? static_cast<std::int32_t>(value) : -1;
  }

  bool string(std::string& out) {
    const char quote = s_[i_++];
    const char stops[] = {quote, '\\'};
    for (;;) {
      const std::size_t stop = s_.find_first_of(std::string_view(stops, 2), i_);
      if (stop == s_.npos) return false;
      out.append(s_.substr(i_, stop - i_));
      i_ = stop + 1;
      if (s_[stop] == quote) break;
      if (!escape(out)) return false;
    }
    if (!text::is_utf8(out)) out = text::to_utf8(out);
    return true;
  }

  bool escape(std::string& out) {
    if (i_ >= s_.size()) return false;
    const char c = s_[i_++];
    if (c == 'u' || c == 'x') {
      const std::size_t digits = c == 'u' ? 4 : 2;
      const std::int32_t unit = hex(i_, digits);
      if (unit < 0) return false;
      i_ += digits;
      auto code = static_cast<char32_t>(unit);
      if (unit >= 0xD800 && unit < 0xDC00 && s_.substr(i_, 2) == "\\u") {
        const std::int32_t low = hex(i_ + 2, 4);
        if (low >= 0xDC00 && low < 0xE000) {
          code = 0x10000 + ((code - 0xD800) << 10) + (static_cast<char32_t>(low) - 0xDC00);
          i_ += 6;
        }
      }
      char utf8[4];
      out.append(utf8, text::put_utf8(utf8, code));
      return true;
    }
    constexpr std::string_view kFrom = "\"\\/'bfnrtv";
    constexpr std::string_view kTo = "\"\\/'\b\f\n\r\t\v";
    const std::size_t k = kFrom.find(c);
    if (k == kFrom.npos) return false;
    out += kTo[k];
    return true;
  }

  std::string_view s_;
  std::size_t i_ = 0;
};

}  // namespace

bool parse(std::string_view text, Json& out) { return Parser(text).document(out); }

bool to_text(const Json& value, std::string& out) {
  if (value.is_null() || value.is_structured()) return false;
  out = value.is_string() ? value.get<std::string>() : json_text(value);
  return true;
}

std::optional<std::int64_t> to_int(const Json& value) {
  if (value.is_number_integer()) return value.get<std::int64_t>();
  if (value.is_string()) return text::parse_int64(value.get_ref<const std::string&>());
  return std::nullopt;
}

const Json* Reader::member(const char* key) const {
  if (!object_.is_object()) return nullptr;
  const auto it = object_.find(key);
  return it == object_.end() || it->is_null() ? nullptr : &*it;
}

void Reader::text(const char* key, std::string& value) const {
  const Json* const m = member(key);
  if (m != nullptr && !to_text(*m, value)) ok_ = false;
}

void Reader::text(const char* key, std::optional<std::string>& value) const {
  if (member(key) == nullptr) return;
  value.emplace();
  text(key, *value);
}

void Reader::number(const char* key, std::optional<std::int64_t>& value) const {
  const Json* const m = member(key);
  if (m == nullptr) return;
  value = to_int(*m);
  if (!value) ok_ = false;
}

void Reader::number(const char* key, std::int64_t& value) const {
  std::optional<std::int64_t> read;
  number(key, read);
  if (read) value = *read;
}

void Reader::number(const char* key, std::optional<std::int32_t>& value) const {
  std::optional<std::int64_t> read;
  number(key, read);
  if (!read) return;
  if (*read < std::numeric_limits<std::int32_t>::min() || *read > std::numeric_limits<std::int32_t>::max()) {
    ok_ = false;
    return;
  }
  value = static_cast<std::int32_t>(*read);
}

void Reader::number(const char* key, std::int32_t& value) const {
  std::optional<std::int32_t> read;
  number(key, read);
  if (read) value = *read;
}

void Reader::flag(const char* key, std::optional<bool>& value) const {
  const Json* const m = member(key);
  if (m == nullptr) return;
  if (m->is_boolean()) {
    value = m->get<bool>();
  } else if (m->is_string()) {
    value = text::parse_bool(m->get_ref<const std::string&>());
  } else if (const auto n = to_int(*m)) {
    value = *n != 0;
  } else {
    ok_ = false;
  }
}

void Reader::flag(const char* key, bool& value) const {
  std::optional<bool> read;
  flag(key, read);
  if (read) value = *read;
}

void Reader::texts(const char* key, std::vector<std::string>& value) const {
  value.clear();
  each(key, [&](const Json& element) {
    value.emplace_back();
    if (!to_text(element, value.back())) ok_ = false;
  });
}

void Reader::text_map(const char* key, std::map<std::string, std::string>& value) const {
  value.clear();
  each_member(key, [&](const std::string& k, const Json& v) {
    if (!v.is_null() && !to_text(v, value[k])) ok_ = false;
  });
}

void Reader::raw(const char* key, std::optional<std::string>& value) const {
  const Json* const m = member(key);
  if (m != nullptr) value = m->dump();
}

void Writer::key(std::int64_t key) {
  separate();
  if (dialect_ == JsonDialect::fastjson) {
    out_ += std::to_string(key);
  } else {
    string(std::to_string(key));
  }
  out_ += ':';
  first_ = true;
}

void Writer::string(std::string_view s) {
  if (dialect_ == JsonDialect::fastjson) {
    text::append_json_string(out_, s);
  } else {
    text::append_json_string_browser(out_, s);
  }
}

void Writer::texts(const std::vector<std::string>& values) {
  open('[');
  for (const std::string& v : values) value(v);
  close(']');
}

void Writer::text_map(const std::map<std::string, std::string>& values) {
  open('{');
  for (const auto& [k, v] : values) field(k, std::string_view(v));
  close('}');
}

}  // namespace rmqsim::json_body
