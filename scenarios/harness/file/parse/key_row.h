// What an object of a scenario file may hold, a row per key. Parser and JSON Schema are made of the same rows: the
// parser takes the keys that have one and holds values to its bounds, `rmqsim schema` prints what the rows say.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace rmqsim {

/// What the value of a key may be.
struct KeyType {
  enum class Kind : std::uint8_t {
    text,     ///< of `min` to `max` bytes
    boolean,
    integer,  ///< from `min` to `max`
    number,   ///< from `min` to `max`
    words,    ///< one of `words`
    ref,      ///< `definitions/<text>` of the schema
    refs,     ///< an array of them, of `min` to `max` entries; `max` 0: any number
    json,     ///< what `text` says, the members of a JSON Schema without their braces
  };
  Kind kind = Kind::text;
  double min = 0;
  double max = 0;
  std::string_view text{};
  std::span<const std::string_view> words{};
  bool unique = false;  ///< of refs: no entry twice
};

namespace key {

inline constexpr KeyType boolean{.kind = KeyType::Kind::boolean};
inline constexpr KeyType time_ms{.kind = KeyType::Kind::ref, .text = "timeMs"};  ///< ParseContext::time
inline constexpr KeyType count{.kind = KeyType::Kind::ref, .text = "count"};     ///< ParseContext::count_range
constexpr KeyType text(double min = 0, double max = 4096) {
  return {.kind = KeyType::Kind::text, .min = min, .max = max};
}
constexpr KeyType integer(double min, double max) { return {.kind = KeyType::Kind::integer, .min = min, .max = max}; }
constexpr KeyType number(double min, double max) { return {.kind = KeyType::Kind::number, .min = min, .max = max}; }
constexpr KeyType words(std::span<const std::string_view> words) {
  return {.kind = KeyType::Kind::words, .words = words};
}
constexpr KeyType ref(std::string_view definition) { return {.kind = KeyType::Kind::ref, .text = definition}; }
constexpr KeyType refs(std::string_view definition, double min = 0, double max = 0, bool unique = false) {
  return {.kind = KeyType::Kind::refs, .min = min, .max = max, .text = definition, .unique = unique};
}
constexpr KeyType json(std::string_view members) { return {.kind = KeyType::Kind::json, .text = members}; }

/// In place of a default: the key must be there.
inline constexpr std::string_view required = "required";
/// In place of a default: left out, the key has no effect.
inline constexpr std::string_view none = "none";

}  // namespace key

struct KeyRow {
  std::string_view name;
  KeyType type;
  std::string_view unit;         ///< "ms", "bytes" …; empty: none
  std::string_view standard;     ///< the default: JSON, or words in parentheses; key::required, key::none
  std::string_view description;  ///< one or two sentences, without the unit and the default
};

}  // namespace rmqsim
