// Readers of single values. Each says what it expected in the words of scenarios/format.md.
#include "scenarios/harness/file/parse/parse_context.h"

#include <algorithm>
#include <charconv>
#include <set>
#include <utility>

#include "producer/profile/profile.h"
#include "producer/remoting/codes.h"
#include "scenarios/harness/file/text/name.h"
#include "scenarios/harness/file/text/nearest.h"

namespace rmqsim {
namespace {

constexpr std::size_t kMaxCollected = 100;

std::string plain(double number) {
  char buffer[32];
  auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
  return error == std::errc() ? std::string(buffer, end) : "?";
}

/// The value itself when it is short, otherwise its kind.
std::string shown(const JsonNode& value) {
  switch (value.kind) {
    case JsonNode::Kind::boolean:
      return value.boolean ? "true" : "false";
    case JsonNode::Kind::integer:
      return (value.negative ? "-" : "") + std::to_string(value.magnitude);
    case JsonNode::Kind::real:
      return plain(value.real);
    case JsonNode::Kind::string:
      return in_quotes(value.text);
    default:
      return std::string(kind_name(value.kind));
  }
}

}  // namespace

bool KnownNames::has(std::string_view name) const { return std::find(names.begin(), names.end(), name) != names.end(); }

void ParseContext::fail_at(std::size_t offset, std::string pointer, std::string message) {
  if (full()) {
    ++dropped_;
    return;
  }
  found_.push_back({offset, std::move(pointer), std::move(message)});
}

void ParseContext::fail(const JsonNode& value, std::string message) {
  fail_at(value.offset, json_pointer(value), std::move(message));
}

void ParseContext::fail_key(const JsonNode& member, std::string message) {
  fail_at(member.key_offset, member.parent ? json_pointer(*member.parent) : "", std::move(message));
}

bool ParseContext::full() const { return found_.size() >= kMaxCollected; }

std::string ParseContext::suggest(std::string_view name, std::span<const std::string_view> candidates) const {
  return full() ? "" : suggestion(name, candidates);
}

std::string ParseContext::suggest(std::string_view name, const std::vector<std::string>& candidates) const {
  if (full()) return "";
  std::vector<std::string_view> each;
  std::set<std::string_view> known;
  for (const std::string& candidate : candidates) {
    if (known.insert(candidate).second) each.push_back(candidate);
  }
  return suggestion(name, std::span<const std::string_view>(each));
}

SourceLocation ParseContext::where(const JsonNode& value) const {
  SourceText::Place place = source_.locate(value.offset);
  return {place.line, place.column, json_pointer(value)};
}

bool ParseContext::is_list(const JsonNode& value, std::size_t most) {
  if (!expect_kind(value, JsonNode::Kind::array)) return false;
  if (value.children.size() <= most) return true;
  fail(value, std::to_string(value.children.size()) + " entries; at most " + std::to_string(most));
  return false;
}

bool ParseContext::expect_kind(const JsonNode& value, JsonNode::Kind kind, std::string_view expected) {
  if (value.kind == kind) return true;
  fail(value, "expected " + std::string(expected.empty() ? kind_name(kind) : expected) + ", found " + shown(value));
  return false;
}

std::optional<std::string> ParseContext::text(const JsonNode& value, std::size_t max_bytes) {
  if (!expect_kind(value, JsonNode::Kind::string)) return std::nullopt;
  if (value.text.size() > max_bytes) {
    fail(value, "text of " + std::to_string(value.text.size()) + " bytes; at most " + std::to_string(max_bytes));
    return std::nullopt;
  }
  return value.text;
}

std::optional<std::string> ParseContext::non_empty_text(const JsonNode& value, std::size_t max_bytes) {
  auto result = text(value, max_bytes);
  if (result && result->empty()) {
    fail(value, "expected a text that is not empty");
    return std::nullopt;
  }
  return result;
}

std::optional<std::string> ParseContext::identifier(const JsonNode& value) {
  auto name = text(value);
  if (!name) return std::nullopt;
  if (!is_name(*name)) {
    fail(value, "expected a name of 1 to 127 letters, digits, \"_\", \"-\" or \".\" (and not \"all\"), found " +
                    in_quotes(*name));
    return std::nullopt;
  }
  return name;
}

std::optional<std::string> ParseContext::one_of(const JsonNode& value, std::span<const std::string_view> allowed,
                                                std::string_view what) {
  auto name = text(value);
  if (!name) return std::nullopt;
  if (std::find(allowed.begin(), allowed.end(), *name) == allowed.end()) {
    fail(value, "unknown " + std::string(what) + " " + in_quotes(*name) + suggest(*name, allowed));
    return std::nullopt;
  }
  return name;
}

std::optional<bool> ParseContext::boolean(const JsonNode& value) {
  if (!expect_kind(value, JsonNode::Kind::boolean, "true or false")) return std::nullopt;
  return value.boolean;
}

std::optional<std::int64_t> ParseContext::integer(const JsonNode& value, std::int64_t min, std::int64_t max) {
  auto number = value.as_int64();
  if (number && *number >= min && *number <= max) return number;
  fail(value,
       "expected an integer from " + std::to_string(min) + " to " + std::to_string(max) + ", found " + shown(value));
  return std::nullopt;
}

std::optional<double> ParseContext::number(const JsonNode& value, double min, double max) {
  if (value.is_number() && value.real >= min && value.real <= max) return value.real;
  fail(value, "expected a number from " + plain(min) + " to " + plain(max) + ", found " + shown(value));
  return std::nullopt;
}

std::optional<Duration> ParseContext::time(const JsonNode& value) {
  if (!value.is_number()) {
    fail(value, "expected a time in milliseconds, found " + shown(value));
  } else if (value.real < 0) {
    fail(value, "a time cannot be negative, found " + shown(value));
  } else if (value.real > kMaxTimeMs) {
    fail(value, "a time can be at most 365 days (31536000000 ms), found " + shown(value));
  } else {
    return fractional_millis(value.real);
  }
  return std::nullopt;
}

std::optional<DurationRange> ParseContext::time_range(const JsonNode& value) {
  if (value.kind != JsonNode::Kind::array || value.children.size() != 2) {
    fail(value, "expected [min, max] in milliseconds, found " + shown(value));
    return std::nullopt;
  }
  auto min = time(*value.children[0]);
  auto max = time(*value.children[1]);
  if (!min || !max) return std::nullopt;
  if (*min > *max) {
    fail(value, "the range ends before it begins");
    return std::nullopt;
  }
  return DurationRange{*min, *max};
}

std::optional<CountRange> ParseContext::count_range(const JsonNode& value) {
  if (value.kind != JsonNode::Kind::array) {
    auto n = integer(value, 0, kMaxCount);
    if (!n) return std::nullopt;
    return CountRange{static_cast<std::uint64_t>(*n), static_cast<std::uint64_t>(*n)};
  }
  if (value.children.size() != 2) {
    fail(value, "expected a number or [min, max]");
    return std::nullopt;
  }
  auto min = integer(*value.children[0], 0, kMaxCount);
  auto max = integer(*value.children[1], 0, kMaxCount);
  if (!min || !max) return std::nullopt;
  if (*min > *max) {
    fail(value, "the range ends before it begins");
    return std::nullopt;
  }
  return CountRange{static_cast<std::uint64_t>(*min), static_cast<std::uint64_t>(*max)};
}

std::optional<NthSet> ParseContext::nth(const JsonNode& value) {
  constexpr std::string_view kExpected = "numbers from 1 like \"3\", \"1-5\" or \"2,4,7-\"";
  if (value.kind == JsonNode::Kind::integer) {
    auto number = integer(value, 1, kMaxNth);
    return number ? NthSet::parse(std::to_string(*number)) : std::nullopt;
  }
  if (!expect_kind(value, JsonNode::Kind::string, kExpected)) return std::nullopt;
  auto given = text(value, 65536);
  if (!given) return std::nullopt;
  auto set = NthSet::parse(*given);
  if (!set) {
    fail(value, "expected " + std::string(kExpected) + ", found " + in_quotes(*given));
  } else if (set->names_any_twice()) {
    fail(value, "a number is named twice, found " + in_quotes(*given));
    return std::nullopt;
  }
  return set;
}

std::optional<std::int32_t> ParseContext::response_code(const JsonNode& value) {
  if (value.kind == JsonNode::Kind::integer) {
    auto code = integer(value, 0, std::numeric_limits<std::int32_t>::max());
    return code ? std::optional(static_cast<std::int32_t>(*code)) : std::nullopt;
  }
  if (!expect_kind(value, JsonNode::Kind::string, "a response code's name or number")) return std::nullopt;
  bool named = !value.text.empty() && value.text[0] >= 'A' && value.text[0] <= 'Z';
  if (auto code = response_code_by_name(value.text); code && named) return code;
  std::size_t count = 0;
  const std::string_view* names = response_code_names(count);
  fail(value, "unknown response code " + in_quotes(value.text) + suggest(value.text, std::span(names, count)));
  return std::nullopt;
}

std::optional<std::int32_t> ParseContext::perm(const JsonNode& value) {
  auto name = one_of(value, kPerms, "permission");
  if (!name) return std::nullopt;
  return (name->find('r') != std::string::npos ? TopicSpec::kRead : 0) |
         (name->find('w') != std::string::npos ? TopicSpec::kWrite : 0);
}

std::vector<std::string> ParseContext::profiles(const JsonNode& value) {
  static const KnownNames known = [] {
    KnownNames all{"profile", {}, true};
    for (const std::string_view name : profile_names()) all.names.emplace_back(name);
    return all;
  }();
  return references(value, known);
}

std::optional<std::string> ParseContext::reference(const JsonNode& value, const KnownNames& known) {
  auto name = text(value);
  if (!name || !known.complete || known.has(*name)) return name;
  std::string article = known.names.empty() ? " (the file has none)" : suggest(*name, known.names);
  fail(value, "unknown " + std::string(known.what) + " " + in_quotes(*name) + article);
  return std::nullopt;
}

std::vector<std::string> ParseContext::references(const JsonNode& value, const KnownNames& known) {
  std::vector<std::string> names;
  auto add = [&](const JsonNode& item) {
    auto name = reference(item, known);
    if (!name) return;
    if (std::find(names.begin(), names.end(), *name) != names.end()) {
      fail(item, in_quotes(*name) + " is named twice");
    } else {
      names.push_back(*name);
    }
  };
  if (value.kind == JsonNode::Kind::string) {
    add(value);
  } else if (expect_kind(value, JsonNode::Kind::array,
                         "a " + std::string(known.what) + "'s name or an array of them")) {
    if (value.children.empty()) fail(value, "expected at least one " + std::string(known.what));
    for (const JsonNode* item : value.children) add(*item);
  }
  return names;
}

void ParseContext::take_errors(ParseResult& result) {
  std::stable_sort(found_.begin(), found_.end(), [](const Found& a, const Found& b) { return a.offset < b.offset; });
  std::size_t kept = std::min(found_.size(), kMaxScenarioErrors);
  result.omitted = found_.size() - kept + dropped_;
  for (std::size_t i = 0; i < kept; ++i) {
    SourceText::Place place = source_.locate(found_[i].offset);
    SourceText::Excerpt excerpt = source_.excerpt(place.line, place.column);
    result.errors.push_back({file_, place.line, place.column, std::move(found_[i].pointer),
                             std::move(found_[i].message), std::move(excerpt.text), excerpt.caret});
  }
}

ObjectReader::ObjectReader(ParseContext& context, const JsonNode& value, const Shape& shape)
    : context_(context),
      outer_(std::exchange(context.innermost_, this)),
      value_(value),
      shape_(shape),
      is_object_(context.expect_kind(value, JsonNode::Kind::object)) {
  if (!is_object_) return;
  for (const JsonNode* member : value.children) {
    if (shape_.has(member->key)) continue;
    const bool one_out = outer_ != nullptr && value.parent == &outer_->value_ && outer_->shape_.has(member->key);
    context.fail_key(*member, "unknown key " + in_quotes(member->key) +
                                  (one_out ? "; it belongs beside " + in_quotes(value.key) + ", not into it"
                                           : context.suggest(member->key, shape.keys())));
  }
}

const JsonNode* ObjectReader::find(std::string_view key) const { return is_object_ ? value_.find(key) : nullptr; }

const JsonNode* ObjectReader::require(std::string_view key) {
  const JsonNode* member = find(key);
  if (!member && is_object_) context_.fail(value_, "missing key " + in_quotes(key));
  return member;
}

std::vector<const JsonNode*> ObjectReader::present(std::span<const std::string_view> keys) const {
  std::vector<const JsonNode*> members;
  if (!is_object_) return members;
  for (const JsonNode* member : value_.children) {
    if (std::find(keys.begin(), keys.end(), member->key) != keys.end()) members.push_back(member);
  }
  return members;
}

bool ObjectReader::at_most_one(std::span<const std::string_view> keys) {
  auto members = present(keys);
  for (std::size_t i = 1; i < members.size(); ++i) {
    context_.fail_key(*members[i], in_quotes(members[i]->key) + " contradicts " + in_quotes(members[0]->key));
  }
  return members.size() <= 1;
}

const KeyType& ObjectReader::type_of(std::string_view key) const {
  static constexpr KeyType kAny{};
  const KeyRow* row = shape_.find(key);
  return row == nullptr ? kAny : row->type;
}

std::optional<std::string> ObjectReader::read_text(std::string_view key, const JsonNode& value) {
  const KeyType& type = type_of(key);
  const auto max = static_cast<std::size_t>(type.max);
  return type.min > 0 ? context_.non_empty_text(value, max) : context_.text(value, max);
}

std::optional<std::int64_t> ObjectReader::read_integer(std::string_view key, const JsonNode& value) {
  const KeyType& type = type_of(key);
  return context_.integer(value, static_cast<std::int64_t>(type.min), static_cast<std::int64_t>(type.max));
}

bool ObjectReader::number(std::string_view key, double& target) {
  return get(key, target, [&](const JsonNode& n) { return context_.number(n, type_of(key).min, type_of(key).max); });
}

}  // namespace rmqsim
