// What the parsers of the sections share: the collected errors, the names that exist, and readers of single values that
// report what was expected. A reader returns nullopt after it has reported, so one mistake gives one message.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "scenarios/harness/file/load_scenario.h"
#include "scenarios/harness/file/parse/shapes.h"
#include "scenarios/harness/file/text/json_tree.h"
#include "scenarios/harness/file/text/source_text.h"

namespace rmqsim {

// What values may be wherever they stand; the bounds of a key are in its row.
inline constexpr double kMaxTimeMs = 365.0 * 24 * 3600 * 1000;
inline constexpr std::int64_t kMaxCount = 1'000'000'000;
inline constexpr std::int64_t kMaxNth = 1'000'000'000'000;
inline constexpr std::int64_t kMaxQueues = 10'000;
inline constexpr std::size_t kMaxPropertyBytes = 65536;

/// One kind of thing that the file can refer to. Until `complete` (its section was readable) nothing is an unknown
/// name.
struct KnownNames {
  std::string_view what;  ///< "broker", "topic" …
  std::vector<std::string> names;
  bool complete = false;
  bool has(std::string_view name) const;
};

class ObjectReader;

class ParseContext {
 public:
  ParseContext(const SourceText& source, std::string file) : source_(source), file_(std::move(file)) {}

  void fail(const JsonNode& value, std::string message);       ///< at the value
  void fail_key(const JsonNode& member, std::string message);  ///< at its key, pointing to the object
  void fail_at(std::size_t offset, std::string pointer, std::string message);
  SourceLocation where(const JsonNode& value) const;
  /// suggestion(), but nothing once enough errors are collected: a hostile file must not buy edit distances.
  std::string suggest(std::string_view name, std::span<const std::string_view> candidates) const;
  std::string suggest(std::string_view name, const std::vector<std::string>& candidates) const;

  /// Reports `expected …, found …` and returns false unless the value is of the kind.
  bool expect_kind(const JsonNode& value, JsonNode::Kind kind, std::string_view expected = {});

  /// Reports a value that is no array, or one of more than `most` entries.
  bool is_list(const JsonNode& value, std::size_t most);

  std::optional<std::string> text(const JsonNode& value, std::size_t max_bytes = 4096);
  std::optional<std::string> non_empty_text(const JsonNode& value, std::size_t max_bytes = 4096);
  /// A name of something in the file: letters, digits, "_", "-", "." and at most 127 of them, not "all".
  std::optional<std::string> identifier(const JsonNode& value);
  std::optional<std::string> one_of(const JsonNode& value, std::span<const std::string_view> allowed,
                                    std::string_view what);
  std::optional<bool> boolean(const JsonNode& value);
  std::optional<std::int64_t> integer(const JsonNode& value, std::int64_t min, std::int64_t max);
  std::optional<double> number(const JsonNode& value, double min, double max);
  std::optional<Duration> time(const JsonNode& value);  ///< ms, 0 … 365 days
  std::optional<DurationRange> time_range(const JsonNode& value);
  std::optional<CountRange> count_range(const JsonNode& value);
  /// Numbers from 1: 3, "1-5", "2,4,7-".
  std::optional<NthSet> nth(const JsonNode& value);
  std::optional<std::int32_t> response_code(const JsonNode& value);
  std::optional<std::int32_t> perm(const JsonNode& value);
  std::vector<std::string> profiles(const JsonNode& value);

  /// A name that must exist.
  std::optional<std::string> reference(const JsonNode& value, const KnownNames& known);
  /// One such name or an array of them, none twice.
  std::vector<std::string> references(const JsonNode& value, const KnownNames& known);

  /// The errors so far, in file order and cut to kMaxScenarioErrors.
  void take_errors(ParseResult& result);

  KnownNames brokers{"broker", {}, false};       ///< server names, slaves included
  KnownNames broker_names{"broker", {}, false};  ///< what routes and messages say: no slaves
  KnownNames nameservers{"nameserver", {}, false};
  KnownNames servers{"server", {}, false};
  KnownNames producers{"producer", {}, false};
  KnownNames ends{"server or producer", {}, false};  ///< of a partition
  KnownNames topics{"topic", {}, false};          ///< as requests name them
  KnownNames message_topics{"topic", {}, false};  ///< as messages name them: without the namespace of their producer
  bool sends_counted = true;  ///< false when a step was unreadable: then no send number is too large

 private:
  const SourceText& source_;
  std::string file_;
  bool full() const;

  struct Found {
    std::size_t offset;
    std::string pointer;
    std::string message;
  };
  std::vector<Found> found_;
  std::size_t dropped_ = 0;
  friend class ObjectReader;
  const ObjectReader* innermost_ = nullptr;  ///< of the object that is being read
};

/// An object's members by key. Reports a value that is no object, and every key that the shape does not have.
class ObjectReader {
 public:
  ObjectReader(ParseContext& context, const JsonNode& value, const Shape& shape);
  ~ObjectReader() { context_.innermost_ = outer_; }
  ObjectReader(const ObjectReader&) = delete;
  ObjectReader& operator=(const ObjectReader&) = delete;

  explicit operator bool() const { return is_object_; }
  const JsonNode* find(std::string_view key) const;
  /// Reports a missing key.
  const JsonNode* require(std::string_view key);
  /// The keys of these that are present, e.g. to say that they exclude each other.
  std::vector<const JsonNode*> present(std::span<const std::string_view> keys) const;
  /// Reports every present key after the first; false when there was one.
  bool at_most_one(std::span<const std::string_view> keys);

  /// Stores what `read` returns for the key, if both exist; true when it did.
  template <class T, class Read>
  bool get(std::string_view key, T& target, Read read) {
    const JsonNode* value = find(key);
    if (!value) return false;
    auto result = read(*value);
    if (!result) return false;
    target = std::move(*result);
    return true;
  }
  // Within the bounds of the key's row. The target may be an optional.
  template <class Text>
  bool text(std::string_view key, Text& target) {
    return get(key, target, [&](const JsonNode& n) { return read_text(key, n); });
  }
  template <class Bool>
  bool boolean(std::string_view key, Bool& target) {
    return get(key, target, [&](const JsonNode& n) { return context_.boolean(n); });
  }
  template <class Time>
  bool time(std::string_view key, Time& target) {
    return get(key, target, [&](const JsonNode& n) { return context_.time(n); });
  }
  template <class Int>
  bool integer(std::string_view key, Int& target) {
    std::int64_t value = 0;
    if (!get(key, value, [&](const JsonNode& n) { return read_integer(key, n); })) return false;
    target = static_cast<typename Held<Int>::type>(value);
    return true;
  }
  bool number(std::string_view key, double& target);

 private:
  template <class T>
  struct Held {
    using type = T;
  };
  template <class T>
  struct Held<std::optional<T>> {
    using type = T;
  };

  const KeyType& type_of(std::string_view key) const;
  std::optional<std::string> read_text(std::string_view key, const JsonNode& value);
  std::optional<std::int64_t> read_integer(std::string_view key, const JsonNode& value);

  ParseContext& context_;
  const ObjectReader* const outer_;
  const JsonNode& value_;
  const Shape& shape_;
  bool is_object_;
};

}  // namespace rmqsim
