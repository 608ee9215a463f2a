// JSON header → command, in one pass over the bytes and without building a tree. What Java writes takes the straight
// paths; all other JSON (blanks, any order and spelling of keys and numbers, unknown keys with nested values) and what
// fastjson merely tolerates (unquoted or single-quoted keys, stray commas, comments, ints as text or booleans, keys in
// another case, a byte-order mark) takes the general ones (wire §1.3). A straight path that does not match
// has taken nothing.
// The arena of the ext fields is a copy of the header, in which strings are unescaped in place.
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

#include "producer/remoting/codec/entry_sink.h"
#include "producer/remoting/codec/header_codec.h"
#include "producer/remoting/codec/json_number.h"
#include "producer/remoting/codec/json_scanner.h"
#include "producer/remoting/codec/text.h"

namespace rmqsim {

class HeaderCodec::JsonParser : private JsonScanner {
 public:
  JsonParser(std::string_view header, RemotingCommand& out)
      : JsonScanner(header, copy(header, out.ext_fields.arena_)), out_(out), sink_(out.ext_fields) {}

  bool parse() {
    at_literal("\xEF\xBB\xBF");
    space();
    if (!take('{') || !members<Level::top>()) return false;
    end_of_text();
    if (p_ != end_) return false;
    if (!text::is_utf8(text_)) return false;
    sink_.finish();
    return true;
  }

 private:
  enum class Level { top, ext };

  static char* copy(std::string_view header, std::string& arena) {
    arena.assign(header);
    return arena.data();
  }

  // After '{': members up to and with '}'.
  template <Level level>
  bool members() {
    bool need_comma = false;
    if constexpr (level == Level::ext) need_comma = usual_entries();
    for (;;) {
      // What every encoder writes: {"key":value,"key":value}
      if (end_ - p_ >= 2 && ((need_comma && p_[0] == ',' && p_[1] == '"') || (!need_comma && p_[0] == '"'))) {
        p_ += need_comma;
        if (!usual_member<level>()) return false;
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
      if (!member<level>(key)) return false;
      need_comma = true;
    }
  }

  template <Level level>
  bool member(std::string_view key) {
    return level == Level::top ? top_member(key) : ext_member(key);
  }

  // The leading ext entries in their usual form, "key":"value" joined by commas; stops before whatever else comes.
  // True when there was one, so that a comma must follow.
  bool usual_entries() {
    const char* p = p_;  // a local: stores through the sink might change any member as far as the compiler knows
    bool any = false;
    for (const char* next = p; end_ - next >= 8 && *next == '"';) {
      const char* const key = next + 1;
      const bool letter = key[1] == '"' && key[0] != '\\' && key[0] != '"';
      const char* const key_end = letter ? key + 1 : stop(key, '"');
      if (key_end == nullptr || end_ - key_end < 4 || std::memcmp(key_end, "\":\"", 3) != 0) break;
      const char* const value = key_end + 3;
      const char* const value_end = stop(value, '"');
      if (value_end == nullptr) break;
      auto length = static_cast<std::uint32_t>(value_end - value);
      p = value_end + 1;
      if (*value_end == '\\') {
        std::string_view unescaped;
        p_ = value - 1;
        if (!read_string(unescaped)) {
          p_ = next;
          return any;  // the general path fails there too
        }
        length = static_cast<std::uint32_t>(unescaped.size());
        p = p_;
      }
      sink_.add(offset(key), static_cast<std::uint32_t>(key_end - key), offset(value), length);
      any = true;
      if (p == end_ || *p != ',') break;
      next = p + 1;
    }
    p_ = p;
    return any;
  }

  template <Level level>
  bool usual_member() {
    if constexpr (level == Level::top) {
      bool ok = false;
      if (known_member(ok)) return ok;
    }
    std::string_view key;
    if (!read_string(key)) return false;
    space();
    if (!take(':')) return false;
    space();
    return member<level>(key);
  }

  // The top-level members as Java spells them, recognised without copying the key. False when it is none of them.
  bool known_member(bool& ok) {
    if (end_ - p_ < 2) return false;
    switch (p_[1]) {
      case 'c':
        if (!at_literal("\"code\":")) return false;
        ok = read_known_int(out_.code);
        return true;
      case 'e':
        if (!at_literal("\"extFields\":{")) return false;
        ok = read_entries();
        return true;
      case 'f':
        if (!at_literal("\"flag\":")) return false;
        ok = read_known_int(out_.flag);
        return true;
      case 'l':
        ok = true;
        return at_literal("\"language\":\"JAVA\"") && set_java();
      case 'o':
        if (!at_literal("\"opaque\":")) return false;
        space();
        ok = read_opaque();
        return true;
      case 's':
        ok = true;
        return at_literal("\"serializeTypeCurrentRPC\":\"JSON\"");
      case 'v':
        if (!at_literal("\"version\":")) return false;
        ok = read_known_int(out_.version);
        return true;
      default:
        return false;
    }
  }

  bool set_java() {
    out_.language = LanguageCode::JAVA;
    return true;
  }

  // An int of the top level as fastjson casts to it; `present` is false for what leaves the member alone.
  [[gnu::noinline]] bool read_int(std::int32_t& value, bool& present) {
    present = true;
    std::optional<std::int32_t> parsed;
    std::string_view digits;
    if (at_word("true")) {
      parsed = 1;
    } else if (at_word("false")) {
      parsed = 0;
    } else if (p_ != end_ && (*p_ == '"' || *p_ == '\'')) {
      if (!read_string(digits)) return false;
      present = !digits.empty() && digits != "null" && digits != "NULL";
      if (present) parsed = int_of_json_text(digits);
    } else if (at_word("null")) {
      present = false;
    } else if (number_text(digits)) {
      parsed = int_of_json_number(digits);
    }
    if (parsed) value = *parsed;
    return parsed || !present;
  }

  // The straight path: a number of few digits, followed by ',' or '}'.
  bool short_int(std::int32_t& value) {
    const char* p = p_;
    const bool negative = p != end_ && *p == '-';
    p += negative;
    std::int32_t v = 0;
    const char* const begin = p;
    while (p != end_ && *p >= '0' && *p <= '9' && p - begin < 9) v = v * 10 + (*p++ - '0');
    if (p == begin || p == end_ || (*p != ',' && *p != '}')) return false;
    p_ = p;
    value = negative ? -v : v;
    return true;
  }

  bool read_int(std::int32_t& value) {
    bool present = false;
    return short_int(value) || read_int(value, present);
  }

  bool read_known_int(std::int32_t& value) {
    if (short_int(value)) return true;
    space();
    return read_int(value);
  }

  bool top_member(std::string_view key) {
    bool known = true;
    if (const bool ok = named_member(key, known); known) return ok;
    if (const std::string_view meant = smart_match(key); !meant.empty()) return named_member(meant, known);
    return skip_value(0);
  }

  // The member that fastjson takes an unknown key for: it looks away from the case of letters, '_' and '-'.
  [[gnu::noinline]] static std::string_view smart_match(std::string_view key) {
    if (key.size() > 2 * sizeof "extFields") return {};
    std::string plain;
    for (const char c : key) {
      if (c != '_' && c != '-') plain += c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    }
    for (const std::string_view name : {"code", "flag", "language", "opaque", "remark", "version"}) {
      if (plain == name) return name;
    }
    return plain == "extfields" ? "extFields" : std::string_view();
  }

  bool named_member(std::string_view key, bool& known) {
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
    known = false;
    return false;
  }

  bool read_opaque() {
    bool present = true;
    std::int32_t value = 0;
    if (!short_int(value) && !read_int(value, present)) return false;
    if (present) {
      out_.opaque = value;
      out_.has_opaque = true;
    }
    return true;
  }

  bool read_remark() {
    std::string_view s;
    bool present = false;
    if (!text_value(s, present)) return false;
    if (present) {
      out_.remark.emplace(s);
    } else {
      out_.remark.reset();
    }
    return true;
  }

  bool read_language() {
    if (p_ != end_ && (*p_ == '"' || *p_ == '\'')) {
      std::string_view s;
      if (!read_string(s)) return false;
      out_.language = s == "JAVA" ? LanguageCode::JAVA : language_by_name(s);
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

  // After '{'. The last of several extFields counts.
  bool read_entries() {
    sink_.clear();
    out_.has_ext_fields = true;
    return members<Level::ext>();
  }

  bool read_ext() {
    if (take('{')) return read_entries();
    std::string_view text;
    if (p_ != end_ && (*p_ == '"' || *p_ == '\'')) {
      if (!read_string(text) || !(text.empty() || text == "null")) return false;
    } else if (!at_word("null")) {
      return false;
    }
    sink_.clear();
    out_.has_ext_fields = false;
    return true;
  }

  bool ext_member(std::string_view key) {
    std::string_view value;
    bool present = true;
    if (!text_value(value, present)) return false;
    const char* const base = sink_.arena().data();
    if (!present) {
      sink_.add_null(static_cast<std::uint32_t>(key.data() - base), static_cast<std::uint32_t>(key.size()));
      return true;
    }
    sink_.add(static_cast<std::uint32_t>(key.data() - base), static_cast<std::uint32_t>(key.size()),
              static_cast<std::uint32_t>(value.data() - base), static_cast<std::uint32_t>(value.size()));
    return true;
  }

  RemotingCommand& out_;
  EntrySink sink_;
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
