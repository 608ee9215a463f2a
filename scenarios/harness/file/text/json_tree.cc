// The builder gets nlohmann's events; each event's token is the next one in the text after blanks, comments, commas and
// colons, which is how the walk stays in step without the parser's help.
#include "scenarios/harness/file/text/json_tree.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

namespace rmqsim {

using nlohmann::json;

class JsonTreeBuilder : public nlohmann::json_sax<json> {
 public:
  explicit JsonTreeBuilder(std::string_view text) : text_(text), at_(text.starts_with("\xEF\xBB\xBF") ? 3 : 0) {}

  bool null() override { return add(JsonNode::Kind::null) != nullptr; }
  bool boolean(bool value) override {
    JsonNode* node = add(JsonNode::Kind::boolean);
    if (node) node->boolean = value;
    return node != nullptr;
  }
  bool number_integer(number_integer_t value) override {
    return integer(value < 0, value < 0 ? ~static_cast<std::uint64_t>(value) + 1 : static_cast<std::uint64_t>(value));
  }
  bool number_unsigned(number_unsigned_t value) override { return integer(false, value); }
  bool number_float(number_float_t value, const string_t&) override {
    constexpr double kExact = 9007199254740992;  // every whole number up to here has a double of its own
    if (value == std::trunc(value) && std::abs(value) <= kExact) {
      return integer(value < 0, static_cast<std::uint64_t>(std::abs(value)));
    }
    JsonNode* node = add(JsonNode::Kind::real);
    if (node) node->real = value;
    return node != nullptr;
  }
  bool string(string_t& value) override {
    JsonNode* node = add(JsonNode::Kind::string);
    if (node) node->text = std::move(value);
    return node != nullptr;
  }
  bool binary(binary_t&) override { return fail(at_, "binary values are not JSON"); }
  bool start_object(std::size_t) override { return open(JsonNode::Kind::object); }
  bool end_object() override { return shut(); }
  bool start_array(std::size_t) override { return open(JsonNode::Kind::array); }
  bool end_array() override { return shut(); }
  bool key(string_t& value) override {
    key_offset_ = next_token();
    key_ = std::move(value);
    skip_token();
    last_ = Last::key;
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception& problem) override {
    std::string message = problem.what();
    std::size_t colon = message.find(": ");
    if (message.find("parse error at") != std::string::npos && colon != std::string::npos) {
      message = message.substr(colon + 2);
    } else if (std::size_t bracket = message.find("] "); bracket != std::string::npos) {
      message = message.substr(bracket + 2);
    }
    // What was read last is quoted below the message anyway.
    if (std::size_t last = message.find("; last read: '"); last != std::string::npos) {
      std::size_t expected = message.rfind("'; expected");
      message = message.substr(0, last) + (expected == std::string::npos ? "" : message.substr(expected + 1));
    }
    return fail(offending_token(), "not valid JSON: " + message);
  }

  JsonTree::Error error;
  JsonTree tree;

 private:
  bool fail(std::size_t offset, std::string message) {
    error = {offset, std::move(message), nullptr};
    return false;
  }

  bool integer(bool negative, std::uint64_t magnitude) {
    JsonNode* node = add(JsonNode::Kind::integer);
    if (!node) return false;
    node->negative = negative;
    node->magnitude = magnitude;
    node->real = negative ? -static_cast<double>(magnitude) : static_cast<double>(magnitude);
    return true;
  }

  bool open(JsonNode::Kind kind) {
    if (stack_.size() >= JsonTree::kMaxDepth) {
      return fail(next_token(), "nested deeper than " + std::to_string(JsonTree::kMaxDepth) + " levels");
    }
    JsonNode* node = add(kind);
    if (!node) return false;
    stack_.push_back(node);
    last_ = Last::open;
    return true;
  }

  bool shut() {
    next_token();
    ++at_;
    stack_.pop_back();
    last_ = Last::value;
    return true;
  }

  JsonNode* add(JsonNode::Kind kind) {
    std::size_t offset = next_token();
    if (tree.nodes_.size() >= JsonTree::kMaxValues) {
      fail(offset, "more than " + std::to_string(JsonTree::kMaxValues) + " values");
      return nullptr;
    }
    JsonNode& node = tree.nodes_.emplace_back();
    node.kind = kind;
    node.offset = static_cast<std::uint32_t>(offset);
    if (!stack_.empty()) {
      JsonNode* parent = stack_.back();
      node.parent = parent;
      node.index = static_cast<std::uint32_t>(parent->children.size());
      if (parent->kind == JsonNode::Kind::object) {
        node.key = std::move(key_);
        node.key_offset = static_cast<std::uint32_t>(key_offset_);
      }
      parent->children.push_back(&node);
    }
    skip_token();
    last_ = Last::value;
    return &node;
  }

  std::size_t skip_blanks(std::size_t at) const {
    for (;;) {
      at = std::min(text_.find_first_not_of(" \t\r\n", at), text_.size());
      std::string_view rest = text_.substr(at);
      if (rest.starts_with("//")) {
        at = std::min(text_.find('\n', at), text_.size());
      } else if (rest.starts_with("/*")) {
        std::size_t end = text_.find("*/", at + 2);
        at = end == std::string_view::npos ? text_.size() : end + 2;
      } else {
        return at;
      }
    }
  }

  /// Moves to the next token and returns where it begins. Called for tokens that the parser has accepted.
  std::size_t next_token() {
    at_ = skip_blanks(at_);
    while (at_ < text_.size() && (text_[at_] == ',' || text_[at_] == ':')) at_ = skip_blanks(at_ + 1);
    return at_;
  }

  /// The token that the parser refused: the next one, after a comma or colon if one was due.
  std::size_t offending_token() const {
    std::size_t at = skip_blanks(at_);
    bool comma_due = last_ == Last::value && !stack_.empty();
    if (at < text_.size() && ((last_ == Last::key && text_[at] == ':') || (comma_due && text_[at] == ','))) {
      at = skip_blanks(at + 1);
    }
    // At the end of the text: after its last visible character.
    return at < text_.size() ? at : text_.find_last_not_of(" \t\r\n") + 1;
  }

  void skip_token() {
    if (at_ >= text_.size()) return;
    char first = text_[at_];
    if (first == '{' || first == '[') {
      ++at_;
    } else if (first == '"') {
      for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
        if (text_[at_] == '\\') ++at_;
      }
      ++at_;
    } else if (first == 't' || first == 'n') {
      at_ += 4;
    } else if (first == 'f') {
      at_ += 5;
    } else {
      skip_number();
    }
    at_ = std::min(at_, text_.size());
  }

  void skip_number() {
    auto digits = [&] { at_ = std::min(text_.find_first_not_of("0123456789", at_), text_.size()); };
    auto next_is = [&](std::string_view set) { return at_ < text_.size() && set.find(text_[at_]) != set.npos; };
    if (next_is("-")) ++at_;
    if (next_is("0")) {
      ++at_;  // a digit after it is a token of its own, and an error
    } else {
      digits();
    }
    if (next_is(".")) {
      ++at_;
      digits();
    }
    if (next_is("eE")) {
      ++at_;
      if (next_is("+-")) ++at_;
      digits();
    }
  }

  enum class Last { nothing, key, open, value } last_ = Last::nothing;
  std::string_view text_;
  std::size_t at_;
  std::size_t key_offset_ = 0;
  std::string key_;
  std::vector<JsonNode*> stack_;
};

const JsonNode* JsonNode::find(std::string_view name) const {
  for (const JsonNode* child : children) {
    if (child->key == name) return child;
  }
  return nullptr;
}

std::optional<std::int64_t> JsonNode::as_int64() const {
  constexpr std::uint64_t kLimit = std::uint64_t{1} << 63;
  if (kind != Kind::integer || magnitude > kLimit || (!negative && magnitude == kLimit)) return std::nullopt;
  return negative ? static_cast<std::int64_t>(~magnitude + 1) : static_cast<std::int64_t>(magnitude);
}

std::optional<std::uint64_t> JsonNode::as_uint64() const {
  if (kind != Kind::integer || (negative && magnitude != 0)) return std::nullopt;
  return magnitude;
}

std::string_view kind_name(JsonNode::Kind kind) {
  switch (kind) {
    case JsonNode::Kind::null:
      return "null";
    case JsonNode::Kind::boolean:
      return "a boolean";
    case JsonNode::Kind::integer:
      return "an integer";
    case JsonNode::Kind::real:
      return "a number";
    case JsonNode::Kind::string:
      return "a string";
    case JsonNode::Kind::array:
      return "an array";
    case JsonNode::Kind::object:
      return "an object";
  }
  return "a value";
}

std::string json_pointer(const JsonNode& node) {
  std::vector<const JsonNode*> path;
  for (const JsonNode* n = &node; n->parent; n = n->parent) path.push_back(n);
  std::string pointer;
  for (auto it = path.rbegin(); it != path.rend(); ++it) {
    pointer += '/';
    if ((*it)->parent->kind == JsonNode::Kind::array) {
      pointer += std::to_string((*it)->index);
      continue;
    }
    for (char c : (*it)->key) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

std::optional<JsonTree> JsonTree::parse(std::string_view text, Error& error) {
  JsonTreeBuilder builder(text);
  if (!json::sax_parse(text.begin(), text.end(), &builder, json::input_format_t::json, true, true)) {
    error = std::move(builder.error);
    return std::nullopt;
  }
  // It ends the text for the parser, which would leave out whatever follows.
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    error = {nul, "not valid JSON: a NUL byte", nullptr};
    return std::nullopt;
  }
  return std::move(builder.tree);
}

std::vector<JsonTree::Error> JsonTree::duplicate_keys() const {
  std::vector<Error> found;
  for (const JsonNode& node : nodes_) {
    if (node.kind != JsonNode::Kind::object) continue;
    std::map<std::string_view, const JsonNode*> seen;
    for (const JsonNode* child : node.children) {
      if (!seen.emplace(child->key, child).second) found.push_back({child->key_offset, child->key, &node});
    }
  }
  return found;
}

}  // namespace rmqsim
