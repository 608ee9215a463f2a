#include "tests/tidy/source_file.h"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <utility>

namespace rmqsim::tidy {
namespace {

/// Just good enough to tell code from comments and literals. Line breaks stay in both.
class Splitter {
 public:
  explicit Splitter(std::string_view text) : text_(text) {
    out_.reserve(text.size());
    prose_.reserve(text.size());
    run();
  }

  const std::string& code() const { return out_; }
  const std::string& prose() const { return prose_; }

 private:
  void run() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        comment_until("\n", false);
      } else if (starts("/*")) {
        comment_until("*/", true);
      } else if (starts("R\"") && !in_identifier()) {
        raw_literal();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !in_identifier())) {
        literal(text_[at_]);
      } else {
        keep();
      }
    }
  }
  bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  bool in_identifier() const {
    return !out_.empty() && (std::isalnum(static_cast<unsigned char>(out_.back())) != 0 || out_.back() == '_');
  }
  void put(char code, char prose) {
    const bool breaks = text_[at_++] == '\n';
    out_ += breaks ? '\n' : code;
    prose_ += breaks ? '\n' : prose;
  }
  void keep() { put(text_[at_], ' '); }
  void blank() { put(' ', ' '); }
  void comment() { put(' ', text_[at_]); }

  void comment_until(std::string_view end, bool with_end) {
    while (at_ < text_.size() && !starts(end)) comment();
    for (std::size_t i = 0; with_end && i < end.size() && at_ < text_.size(); ++i) comment();
  }
  void raw_literal() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank();
    std::string end(1, ')');
    end.append(text_.substr(at_ + 2, open - at_ - 2)).push_back('"');
    while (at_ < text_.size() && !starts(end)) blank();
    for (std::size_t i = 0; i < end.size() && at_ < text_.size(); ++i) blank();
  }
  void literal(char quote) {
    keep();
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) blank();
      blank();
    }
    if (at_ < text_.size()) keep();
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
  std::string prose_;
};

std::vector<std::string> split_lines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

/// Of a script or a CMake file: what follows a '#'.
std::vector<std::string> after_hashes(std::vector<std::string> lines) {
  for (std::string& line : lines) line.erase(0, std::min(line.find('#'), line.size()));
  return lines;
}

bool was_recorded(std::string_view path) {
  return path.starts_with("tests/") &&
         (path.find("/data/") != std::string_view::npos || path.find("/corpus/") != std::string_view::npos);
}

bool is_foreign(const std::filesystem::directory_entry& entry) {
  const std::string name = entry.path().filename().string();
  return (name.starts_with(".") && name != ".ci") || name == "node_modules" ||
         std::filesystem::exists(entry.path() / "CMakeCache.txt");
}

}  // namespace

SourceFile make_source_file(std::string path, std::string_view text) {
  SourceFile file{std::move(path), split_lines(text), {}, {}};
  if (file.is_code()) {
    const Splitter parts(text);
    file.code = split_lines(parts.code());
    file.prose = split_lines(parts.prose());
  } else {
    file.prose = file.is_page() || file.path.ends_with(".json") ? file.lines : after_hashes(file.lines);
  }
  return file;
}

Tree read_tree(const std::string& root) {
  namespace fs = std::filesystem;
  Tree tree;
  for (auto entry = fs::recursive_directory_iterator(root); entry != fs::recursive_directory_iterator(); ++entry) {
    if (entry->is_directory() && is_foreign(*entry)) entry.disable_recursion_pending();
    if (entry->is_regular_file() && entry->path().filename() != ".git") {
      tree.paths.insert(fs::relative(entry->path(), root).generic_string());
    }
  }
  for (const std::string& path : tree.paths) {
    if (was_recorded(path) || path.ends_with("-lock.json") || path.ends_with(".png")) continue;
    std::ifstream in(fs::path(root) / path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    tree.files.push_back(make_source_file(path, text));
  }
  const auto is_code = [](const SourceFile& file) { return file.is_code(); };
  if (std::none_of(tree.files.begin(), tree.files.end(), is_code)) {
    throw std::runtime_error("no sources below " + root);
  }
  return tree;
}

}  // namespace rmqsim::tidy
