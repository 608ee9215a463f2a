// Reading and writing of JSON bodies, shared by the body types' source files (never by their headers). The reader
// takes what fastjson takes: unquoted and single-quoted keys, stray commas, raw control characters. Typed access is
// as lenient as Java's: numbers may be text, absent and null are the same.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "producer/remoting/bodies/topic_route_data.h"

namespace rmqsim::json_body {

using Json = nlohmann::json;

/// Nested deeper than this is refused.
inline constexpr int kMaxDepth = 64;

/// False unless `text` is one value in JSON or in fastjson's dialect. A repeated key takes the last value.
bool parse(std::string_view text, Json& out);

/// Reads members of one object; `ok` becomes false at the first value of a wrong kind.
class Reader {
 public:
  Reader(const Json& object, bool& ok) : object_(object), ok_(ok) {
    if (!object.is_object()) ok_ = false;
  }

  /// The member, or null when absent or null.
  const Json* member(const char* key) const;
  void text(const char* key, std::string& value) const;
  void text(const char* key, std::optional<std::string>& value) const;
  void number(const char* key, std::int32_t& value) const;
  void number(const char* key, std::int64_t& value) const;
  void number(const char* key, std::optional<std::int32_t>& value) const;
  void number(const char* key, std::optional<std::int64_t>& value) const;
  void flag(const char* key, bool& value) const;
  void flag(const char* key, std::optional<bool>& value) const;
  void texts(const char* key, std::vector<std::string>& value) const;
  void text_map(const char* key, std::map<std::string, std::string>& value) const;
  /// JSON text of the member's value, in standard form.
  void raw(const char* key, std::optional<std::string>& value) const;

  /// Calls f(element) for an array member. Absent is empty.
  template <class F>
  void each(const char* key, const F& f) const {
    const Json* const m = member(key);
    if (m == nullptr) return;
    if (!m->is_array()) {
      ok_ = false;
      return;
    }
    for (const Json& element : *m) f(element);
  }
  /// Calls f(key, value) for an object member, in key order. Absent is empty.
  template <class F>
  void each_member(const char* key, const F& f) const {
    const Json* const m = member(key);
    if (m == nullptr) return;
    if (!m->is_object()) {
      ok_ = false;
      return;
    }
    for (const auto& item : m->items()) f(item.key(), item.value());
  }

 private:
  const Json& object_;
  bool& ok_;
};

/// A value as text; false for null, arrays and objects.
bool to_text(const Json& value, std::string& out);
/// A value as integer, from a number or from text; nullopt for anything else.
std::optional<std::int64_t> to_int(const Json& value);

/// Appends `"key":` (with a comma where needed) and values in the chosen dialect.
class Writer {
 public:
  explicit Writer(std::string& out, JsonDialect dialect = JsonDialect::fastjson) : out_(out), dialect_(dialect) {}

  void open(char bracket) {
    separate();
    out_ += bracket;
    first_ = true;
  }
  void close(char bracket) {
    out_ += bracket;
    first_ = false;
  }
  void key(std::string_view key) {
    separate();
    string(key);
    out_ += ':';
    first_ = true;
  }
  /// A map key that is an integer: bare in fastjson's dialect.
  void key(std::int64_t key);
  void value(std::string_view text) {
    separate();
    string(text);
  }
  void value(std::int64_t number) {
    separate();
    out_ += std::to_string(number);
  }
  void value_bool(bool flag) { raw(flag ? "true" : "false"); }
  void raw(std::string_view json) {
    separate();
    out_ += json;
  }
  void texts(const std::vector<std::string>& values);
  void text_map(const std::map<std::string, std::string>& values);

  void field(std::string_view name, std::string_view text) {
    key(name);
    value(text);
  }
  void field(std::string_view name, std::int64_t number) {
    key(name);
    value(number);
  }
  void field_bool(std::string_view name, bool flag) {
    key(name);
    value_bool(flag);
  }
  void field(std::string_view name, const std::optional<std::string>& text) {
    if (text) field(name, std::string_view(*text));
  }
  void field_raw(std::string_view name, const std::optional<std::string>& json) {
    if (!json) return;
    key(name);
    raw(*json);
  }

 private:
  void separate() {
    if (!first_) out_ += ',';
    first_ = false;
  }
  void string(std::string_view s);

  std::string& out_;
  JsonDialect dialect_;
  bool first_ = true;
};

}  // namespace rmqsim::json_body
