#include "tests/tidy/text.h"

#include <algorithm>
#include <cctype>

namespace rmqsim::tidy {
namespace {

/// The line without what marks it as a comment.
std::string_view without_marks(const SourceFile& file, std::string_view line) {
  line = trimmed(line);
  if (file.is_page() || file.path.ends_with(".json")) return line;
  const std::size_t text = line.find_first_not_of("/*#<! ");
  return text == std::string_view::npos ? std::string_view() : line.substr(text);
}

}  // namespace

std::string place(const SourceFile& file, std::size_t line) {
  return file.path + ":" + std::to_string(line + 1) + ": ";
}

bool starts_with_any(std::string_view text, const Prefixes& prefixes) {
  return std::any_of(prefixes.begin(), prefixes.end(),
                     [&](std::string_view prefix) { return text.starts_with(prefix); });
}

bool below_any(const SourceFile& file, const Prefixes& prefixes) { return starts_with_any(file.path, prefixes); }

bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::size_t columns(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string_view section_number(std::string_view text) {
  std::size_t end = 0;
  while (end < text.size() && is_digit(text[end])) {
    while (end < text.size() && is_digit(text[end])) ++end;
    if (end + 1 >= text.size() || text[end] != '.' || !is_digit(text[end + 1])) break;
    ++end;
  }
  return text.substr(0, end);
}

std::string included(std::string_view line) {
  line = trimmed(line);
  if (!line.starts_with("#")) return {};
  line = trimmed(line.substr(1));
  if (!line.starts_with("include")) return {};
  line = trimmed(line.substr(7));
  if (!line.starts_with("\"") && !line.starts_with("<")) return {};
  return std::string(line.substr(1, line.find_first_of("\">", 1) - 1));
}

std::size_t Passage::line_of(std::size_t offset) const {
  std::size_t line = 0;
  for (const auto& [start, of] : starts) {
    if (start <= offset) line = of;
  }
  return line;
}

std::vector<Passage> passages(const SourceFile& file) {
  std::vector<Passage> all;
  bool open = false;
  for (std::size_t i = 0; i < file.prose.size(); ++i) {
    const std::string_view text = without_marks(file, file.prose[i]);
    const bool beside_code = file.is_code() && !trimmed(file.code[i]).empty();
    if (text.empty()) {
      open = false;
      continue;
    }
    if (!open || beside_code) all.emplace_back();
    Passage& passage = all.back();
    if (!passage.text.empty()) passage.text += ' ';
    passage.starts.emplace_back(passage.text.size(), i);
    passage.text += text;
    open = true;
  }
  return all;
}

}  // namespace rmqsim::tidy
