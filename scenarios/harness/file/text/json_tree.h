// A JSON document whose every value and key knows its place in the text. nlohmann's SAX parser judges the grammar; a
// walk over the text beside it finds the places. Comments are allowed. Depth and number of values are bounded, so a
// hostile file costs at most a few times its own size.
#pragma once

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rmqsim {

struct JsonNode {
  /// A whole number is an integer however it is written: 2, 2.0 or 2e0.
  enum class Kind : std::uint8_t { null, boolean, integer, real, string, array, object };

  Kind kind = Kind::null;
  bool boolean = false;
  bool negative = false;         ///< of an integer
  std::uint32_t offset = 0;      ///< of the value's first byte
  std::uint32_t key_offset = 0;  ///< of the key's opening quote, for a member of an object
  std::uint32_t index = 0;       ///< within the parent
  std::uint64_t magnitude = 0;   ///< of an integer
  double real = 0;               ///< of any number
  const JsonNode* parent = nullptr;
  std::string key;
  std::string text;  ///< of a string
  std::vector<const JsonNode*> children;

  bool is_number() const { return kind == Kind::integer || kind == Kind::real; }
  const JsonNode* find(std::string_view name) const;  ///< first member of that name
  std::optional<std::int64_t> as_int64() const;       ///< nullopt: not an integer, or out of range
  std::optional<std::uint64_t> as_uint64() const;
};

/// "a string", "an object" … what the value is, for messages.
std::string_view kind_name(JsonNode::Kind kind);
/// RFC 6901.
std::string json_pointer(const JsonNode& node);

class JsonTree {
 public:
  struct Error {
    std::size_t offset = 0;
    std::string message;
    const JsonNode* container = nullptr;  ///< the object, for a duplicate key
  };

  /// nullopt and `error` set when the text is not JSON or exceeds a bound. The text is valid UTF-8.
  static std::optional<JsonTree> parse(std::string_view text, Error& error);

  const JsonNode& root() const { return nodes_.front(); }
  /// Every key that its object already has.
  std::vector<Error> duplicate_keys() const;

  static constexpr std::size_t kMaxDepth = 64;
  static constexpr std::size_t kMaxValues = 500'000;

 private:
  friend class JsonTreeBuilder;
  std::deque<JsonNode> nodes_;  ///< a deque: children point into it
};

}  // namespace rmqsim
