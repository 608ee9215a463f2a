#include "scenarios/harness/file/schema/json_layout.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "producer/remoting/codec/json_text.h"

namespace rmqsim {
namespace {

using LaidOut = nlohmann::ordered_json;

constexpr std::size_t kColumns = 120;

std::string on_one_line(const LaidOut& value) {
  if (!value.is_structured()) return json_text(value);
  std::string text;
  for (const auto& [name, member] : value.items()) {
    if (!text.empty()) text += ", ";
    if (value.is_object()) text += json_text(LaidOut(name)) + ": ";
    text += on_one_line(member);
  }
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

/// Texts one after the other, as many as a line holds.
void lay_words(const LaidOut& words, std::size_t indent, std::string& out) {
  const std::string margin = "\n" + std::string(indent + 2, ' ');
  std::size_t column = kColumns;
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string word = json_text(words[i]) + (i + 1 < words.size() ? "," : "");
    if (column + 1 + word.size() > kColumns) {
      out += margin + word;
      column = indent + 2 + word.size();
    } else {
      out += " " + word;
      column += 1 + word.size();
    }
  }
}

bool holds_structures(const LaidOut& value) {
  return std::any_of(value.begin(), value.end(), [](const LaidOut& entry) { return entry.is_structured(); });
}

/// `before`: what stands on the line already, `after`: whether a comma follows. The first `open` levels are laid open.
void lay(const LaidOut& value, std::size_t indent, std::size_t before, bool after, std::size_t open, std::string& out) {
  const std::string line = on_one_line(value);
  const bool fits = before + line.size() + (after ? 1 : 0) <= kColumns;
  if (!value.is_structured() || value.empty() || (fits && (open == 0 || !holds_structures(value)))) {
    out += line;
    return;
  }
  const bool object = value.is_object();
  out += object ? '{' : '[';
  if (!object && std::all_of(value.begin(), value.end(), [](const LaidOut& entry) { return entry.is_string(); })) {
    lay_words(value, indent, out);
  } else {
    std::size_t left = value.size();
    for (const auto& [name, member] : value.items()) {
      const std::string head = std::string(indent + 2, ' ') + (object ? json_text(LaidOut(name)) + ": " : "");
      out += "\n" + head;
      lay(member, indent + 2, head.size(), --left > 0, open > 0 ? open - 1 : 0, out);
      if (left > 0) out += ',';
    }
  }
  out += "\n" + std::string(indent, ' ') + (object ? '}' : ']');
}

}  // namespace

std::string json_layout(const nlohmann::ordered_json& value, std::size_t open_depth) {
  std::string text;
  lay(value, 0, 0, false, open_depth, text);
  return text + "\n";
}

}  // namespace rmqsim
