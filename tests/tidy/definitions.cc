#include "tests/tidy/definitions.h"

#include <algorithm>
#include <string_view>

#include "tests/tidy/text.h"

namespace rmqsim::tidy {
namespace {

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t end = i;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > i) words.emplace_back(text.substr(i, end - i));
    i = std::max(end, i + 1);
  }
  return words;
}

/// The text without template arguments and parameters, as far as angle brackets pair; `<=`, `->` and shifts are kept.
std::string without_angles(std::string_view text) {
  std::string out;
  int depth = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool arrow = c == '>' && i > 0 && text[i - 1] == '-';
    if (c == '<') {
      ++depth;
    } else if (c == '>' && !arrow && depth > 0) {
      --depth;
    } else if (depth == 0) {
      out += c;
    }
  }
  return out;
}

/// The last identifier, with the names that qualify it.
std::string last_word(std::string_view text) {
  std::size_t end = text.size();
  while (end > 0 && !is_word(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && (is_word(text[begin - 1]) || text[begin - 1] == ':' || text[begin - 1] == '~')) --begin;
  return std::string(text.substr(begin, end - begin));
}

/// "(const A& a, int b = 1)" as "const A&,int": what makes overloads differ, as far as text tells.
std::string parameter_types(std::string_view text) {
  std::string types;
  std::string one;
  const auto end_one = [&] {
    std::string_view part = trimmed(std::string_view(one).substr(0, one.find('=')));
    std::size_t name = part.size();
    while (name > 0 && is_word(part[name - 1])) --name;
    const std::string_view type = trimmed(part.substr(0, name));
    const bool unnamed = type.empty() || type == "const" || type.ends_with("::");
    types += std::string(unnamed ? part : type) + ',';
    one.clear();
  };
  int depth = 0;
  for (std::size_t i = text.find('('); i < text.size(); ++i) {
    const char c = text[i];
    if (c == ')' && --depth == 0) break;
    if (c == '(' && depth++ == 0) continue;
    if (c == '<') ++depth;
    if (c == '>') --depth;
    if (c == ',' && depth == 1) {
      end_one();
    } else {
      one += c;
    }
  }
  end_one();
  return types;
}

bool is_macro(std::string_view name) {
  return name.size() > 2 && std::none_of(name.begin(), name.end(), [](char c) { return c >= 'a' && c <= 'z'; });
}

class Walker {
 public:
  explicit Walker(const SourceFile& file) : code_(file.code) {}

  std::vector<Definition> run() {
    while (next()) {
    }
    return std::move(found_);
  }

 private:
  struct Scope {
    bool is_class;
    std::string name;
  };

  char at() const { return column_ < code_[line_].size() ? code_[line_][column_] : '\n'; }
  void step() {
    if (column_ < code_[line_].size()) {
      ++column_;
    } else {
      ++line_;
      column_ = 0;
    }
  }
  bool ended() const { return line_ >= code_.size(); }

  bool next() {
    while (!ended() && column_ == 0 && trimmed(code_[line_]).starts_with("#")) skip_directive();
    if (ended()) return false;
    const char c = at();
    if (c == '{') {
      open();
    } else if (c == '}') {
      if (!scopes_.empty()) scopes_.pop_back();
      head_.clear();
      step();
    } else if (c == ';' && parentheses_ == 0) {
      statement();
      head_.clear();
      step();
    } else {
      if (c == '(') ++parentheses_;
      if (c == ')') --parentheses_;
      if (head_.empty() && c != ' ' && c != '\n') first_ = line_;
      if (!head_.empty() || (c != ' ' && c != '\n')) head_ += c == '\n' ? ' ' : c;
      step();
    }
    return true;
  }

  void skip_directive() {
    while (line_ + 1 < code_.size() && code_[line_].ends_with('\\')) ++line_;
    ++line_;
  }

  /// Past the brace that closes the one at the cursor.
  void skip_braces() {
    int depth = 0;
    do {
      if (at() == '{') ++depth;
      if (at() == '}') --depth;
      last_ = line_;
      step();
    } while (depth > 0 && !ended());
  }

  void open() {
    std::string head = without_angles(head_);
    if (head.starts_with("template ")) head.erase(0, 9);
    const std::vector<std::string> words = words_of(head);
    const std::size_t parameters = head.find('(');
    const std::size_t equals = head.find('=');
    const bool assigned = equals < std::min(parameters, head.size()) && head.find("operator") == std::string::npos;
    if (parentheses_ > 0 || assigned) {  // a default argument, an initialiser
      skip_braces();
      head_ += "{}";
    } else if (!words.empty() && words[0] == "namespace") {
      const std::size_t name = head.find("namespace") + 9;
      const std::string_view given = trimmed(std::string_view(head).substr(name));
      enter(false, given.empty() ? "(anonymous)" : std::string(given));
    } else if (parameters == std::string::npos && !words.empty() && words[0] == "extern") {
      enter(false, "");
    } else if (is_type(words, head)) {
      define(type_name(head), false);
      found_.back().last = line_;
      enter(true, "");
    } else if (parameters == std::string::npos) {  // a variable with braces
      skip_braces();
      head_ += "{}";
    } else if (initialises_member(head)) {
      skip_braces();
      head_ += "{}";
    } else {
      define(last_word(std::string_view(head).substr(0, parameters)), true);
      const std::size_t index = found_.size() - 1;
      skip_braces();
      found_[index].last = last_;
      head_.clear();
    }
  }

  static bool is_type(const std::vector<std::string>& words, const std::string& head) {
    if (words.empty() || head.find('(') != std::string::npos) return false;
    const std::vector<std::string> kinds = {"class", "struct", "union", "enum"};
    for (const std::string& word : words) {
      if (std::find(kinds.begin(), kinds.end(), word) != kinds.end()) return true;
      if (word != "public" && word != "private" && word != "protected" && word != "static" && word != "typedef") break;
    }
    return false;
  }

  /// "struct A final : B": A.
  static std::string type_name(const std::string& head) {
    std::size_t colon = head.find(':');
    while (colon != std::string::npos && head.compare(colon, 2, "::") == 0) colon = head.find(':', colon + 2);
    std::string text = head.substr(0, colon);
    if (trimmed(text).ends_with(" final")) text.erase(text.rfind(" final"));
    const std::string name = last_word(text);
    return name == "struct" || name == "union" || name == "enum" || name == "class" ? "" : name;
  }

  /// `A::A() : a_{1}`: the brace is not the body's.
  static bool initialises_member(const std::string& head) {
    const std::string_view text = trimmed(head);
    int depth = 0;
    std::size_t end = std::string_view::npos;  // of the parameters
    for (std::size_t i = 0; i < text.size() && end == std::string_view::npos; ++i) {
      if (text[i] == '(') ++depth;
      if (text[i] == ')' && --depth == 0) end = i;
    }
    if (end == std::string_view::npos) return false;
    for (std::size_t i = end + 1; i < text.size(); ++i) {
      if (text[i] != ':') continue;
      if (i + 1 < text.size() && text[i + 1] == ':') {
        ++i;
        continue;
      }
      return is_word(text.back()) || text.back() == ':';
    }
    return false;
  }

  void enter(bool is_class, std::string name) {
    scopes_.push_back({is_class, std::move(name)});
    head_.clear();
    step();
  }

  void statement() {
    const std::string head = without_angles(head_);
    const std::vector<std::string> words = words_of(head);
    if (words.empty()) return;
    const std::vector<std::string> others = {"template", "static_assert", "friend", "extern", "class",   "struct",
                                             "union",    "enum",          "return", "public", "private", "protected"};
    if (std::find(others.begin(), others.end(), words[0]) != others.end()) return;
    const std::size_t equals = head.find('=');
    if (words[0] == "using") {
      if (equals == std::string::npos || words.size() < 2) return;
      define(words[1], false);
    } else if (words[0] == "namespace" && words.size() > 1) {
      define(words[1], false);
    } else {
      const std::size_t end = std::min({equals, head.find('{'), head.find('['), head.size()});
      if (head.find('(') < end || words.size() < 2) return;  // a function's declaration
      define(last_word(std::string_view(head).substr(0, end)), false);
    }
    found_.back().last = line_;
  }

  void define(std::string name, bool function) {
    Definition definition;
    definition.function = function;
    definition.first = first_;
    definition.last = line_;
    for (const Scope& scope : scopes_) {
      if (scope.is_class) definition.in_class = true;
      if (scope.name == "(anonymous)") definition.local = true;
      if (scope.name.empty()) continue;
      definition.scope += (definition.scope.empty() ? "" : "::") + scope.name;
    }
    const std::vector<std::string> words = words_of(head_);
    const bool is_static = std::find(words.begin(), words.end(), "static") != words.end();
    if (is_static && !definition.in_class) definition.local = true;
    if (name.find("::") != std::string::npos) definition.in_class = true;
    if (is_macro(name) && function) {  // TEST(Suite, Name)
      name = trimmed(head_);
      definition.local = false;
    }
    if (head_.starts_with("template <>") || head_.find("operator") != std::string::npos) definition.local = false;
    const bool alias = head_.starts_with("using ") || head_.starts_with("namespace ");
    if (function) definition.signature = parameter_types(head_);
    if (alias) definition.signature = head_;
    definition.name = std::move(name);
    found_.push_back(std::move(definition));
  }

  const std::vector<std::string>& code_;
  std::size_t line_ = 0, column_ = 0;
  std::size_t first_ = 0, last_ = 0;
  int parentheses_ = 0;
  std::string head_;
  std::vector<Scope> scopes_;
  std::vector<Definition> found_;
};

}  // namespace

std::vector<Definition> definitions(const SourceFile& file) { return Walker(file).run(); }

}  // namespace rmqsim::tidy
