// Reading the tree, and a scanner just good enough to tell code from comments and literals.
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

/// The text with everything that is not code blanked; line breaks stay.
class Blanker {
 public:
  explicit Blanker(std::string_view text) : text_(text) {}

  std::string run() {
    while (at_ < text_.size()) {
      if (starts("//")) {
        blank_until("\n", false);
      } else if (starts("/*")) {
        blank_until("*/", true);
      } else if (starts("R\"") && !in_identifier()) {
        raw_literal();
      } else if (text_[at_] == '"' || (text_[at_] == '\'' && !in_identifier())) {
        literal(text_[at_]);
      } else {
        out_ += text_[at_++];
      }
    }
    return out_;
  }

 private:
  bool starts(std::string_view what) const { return text_.substr(at_, what.size()) == what; }
  bool in_identifier() const {
    return !out_.empty() && (std::isalnum(static_cast<unsigned char>(out_.back())) != 0 || out_.back() == '_');
  }
  void blank() {
    out_ += text_[at_] == '\n' ? '\n' : ' ';
    ++at_;
  }
  void blank_until(std::string_view end, bool with_end) {
    while (at_ < text_.size() && !starts(end)) blank();
    for (std::size_t i = 0; with_end && i < end.size() && at_ < text_.size(); ++i) blank();
  }
  void raw_literal() {
    const std::size_t open = text_.find('(', at_);
    if (open == std::string_view::npos) return blank();
    std::string end(1, ')');
    end.append(text_.substr(at_ + 2, open - at_ - 2)).push_back('"');
    blank_until(end, true);
  }
  void literal(char quote) {
    out_ += text_[at_++];
    while (at_ < text_.size() && text_[at_] != quote && text_[at_] != '\n') {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) blank();
      blank();
    }
    if (at_ < text_.size()) out_ += text_[at_++];
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::string out_;
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

}  // namespace

SourceFile make_source_file(std::string path, std::string_view text) {
  return {std::move(path), split_lines(text), split_lines(Blanker(text).run())};
}

std::vector<SourceFile> read_source_tree(const std::string& root) {
  namespace fs = std::filesystem;
  std::vector<std::string> paths;
  for (const char* room : {"producer", "fake_broker", "fake_namesrv", "scenarios", "tools", "tests"}) {
    if (!fs::is_directory(fs::path(root) / room)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(fs::path(root) / room)) {
      const std::string extension = entry.path().extension().string();
      if (entry.is_regular_file() && (extension == ".h" || extension == ".cc")) {
        paths.push_back(fs::relative(entry.path(), root).generic_string());
      }
    }
  }
  if (paths.empty()) throw std::runtime_error("no sources below " + root);
  std::sort(paths.begin(), paths.end());
  std::vector<SourceFile> files;
  for (const std::string& path : paths) {
    std::ifstream in(fs::path(root) / path, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    files.push_back(make_source_file(path, text));
  }
  return files;
}

}  // namespace rmqsim::tidy
