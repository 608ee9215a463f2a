#include "tests/tidy/pages.h"

#include <algorithm>
#include <filesystem>

namespace rmqsim::tidy {
namespace {

constexpr std::size_t kPageColumns = 120;

/// For each line: it is code between fences, or a fence.
std::vector<bool> fenced(const SourceFile& page) {
  std::vector<bool> inside;
  bool open = false;
  for (const std::string& line : page.lines) {
    const bool fence = trimmed(line).starts_with("```");
    inside.push_back(open || fence);
    if (fence) open = !open;
  }
  return inside;
}

/// The line with `code` blanked.
std::string without_code_spans(std::string line) {
  for (std::size_t open = line.find('`'); open != std::string::npos; open = line.find('`', open)) {
    const std::size_t close = line.find('`', open + 1);
    if (close == std::string::npos) break;
    std::fill(line.begin() + static_cast<std::ptrdiff_t>(open), line.begin() + static_cast<std::ptrdiff_t>(close) + 1,
              ' ');
    open = close;
  }
  return line;
}

bool cannot_be_wrapped(std::string_view line) {
  line = trimmed(line);
  if (line.starts_with("|")) return true;
  if (line.starts_with("- ")) line.remove_prefix(2);
  const bool link = line.starts_with("[") && line.find("](") != std::string_view::npos;
  return link ? line.find(' ', line.find("](")) == std::string_view::npos : line.find(' ') == std::string_view::npos;
}

/// A character of a heading, as UTF-8, is not part of its anchor.
bool left_out(std::string_view character) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(character[i]); };
  if (character.size() == 1) return !is_word(character[0]) && character[0] != '-' && character[0] != ' ';
  if (character.size() == 2) return byte(0) == 0xC2 || (byte(0) == 0xC3 && (byte(1) == 0x97 || byte(1) == 0xB7));
  return character.size() == 3 && byte(0) == 0xE2;  // U+2000 to U+2FFF: dashes, quotes, arrows
}

std::string anchor_of(std::string_view title) {
  std::string text;  // a link in a heading counts with its words only
  for (std::size_t i = 0; i < title.size(); ++i) {
    const std::size_t close = title.substr(i).starts_with("](") ? title.find(')', i) : std::string_view::npos;
    if (close != std::string_view::npos) {
      i = close;
    } else {
      text += title[i];
    }
  }
  std::string anchor;
  for (std::size_t i = 0; i < text.size();) {
    std::size_t size = 1;
    while (i + size < text.size() && (text[i + size] & 0xC0) == 0x80) ++size;
    const std::string_view character = std::string_view(text).substr(i, size);
    if (!left_out(character)) {
      for (const char c : character)
        anchor += c == ' ' ? '-' : c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    i += size;
  }
  return anchor;
}

bool exists(const Tree& tree, std::string path) {
  if (path.empty() || path == ".") return true;
  while (path.ends_with('/')) path.pop_back();
  const auto at = tree.paths.lower_bound(path);
  if (at != tree.paths.end() && *at == path) return true;
  const auto below = tree.paths.lower_bound(path + "/");
  return below != tree.paths.end() && below->starts_with(path + "/");
}

std::string_view stem_of(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  const std::string_view last = path.substr(path.rfind('/') + 1);
  return last.substr(0, last.find('.'));
}

/// "x" of "scenarios/x.json", "TARGET" of "corpus/TARGET": to be replaced by the reader.
bool is_placeholder(std::string_view path) {
  const std::string_view stem = stem_of(path);
  return stem.size() < 2 || path.find("...") != std::string_view::npos ||
         std::all_of(stem.begin(), stem.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool is_page_somewhere(const Tree& tree, std::string name) {
  while (name.starts_with("../") || name.starts_with("./")) name.erase(0, name.find('/') + 1);
  return std::any_of(tree.paths.begin(), tree.paths.end(), [&](const std::string& path) {
    return path == name || (path.ends_with(name) && path[path.size() - name.size() - 1] == '/');
  });
}

}  // namespace

Anchors read_anchors(const Tree& tree) {
  Anchors anchors;
  for (const SourceFile& page : tree.files) {
    if (!page.is_page()) continue;
    std::set<std::string>& of_page = anchors[page.path];
    const std::vector<bool> code = fenced(page);
    for (std::size_t i = 0; i < page.lines.size(); ++i) {
      const std::size_t marks = page.lines[i].find_first_not_of('#');
      if (code[i] || marks == 0 || marks == std::string::npos || page.lines[i][marks] != ' ') continue;
      const std::string anchor = anchor_of(trimmed(std::string_view(page.lines[i]).substr(marks)));
      std::string unique = anchor;
      for (int again = 1; !of_page.insert(unique).second; ++again) unique = anchor + "-" + std::to_string(again);
    }
  }
  return anchors;
}

Findings check_page_layout(const SourceFile& page) {
  Findings findings;
  if (!page.is_page()) return findings;
  const std::vector<bool> code = fenced(page);
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const std::string& line = page.lines[i];
    const std::size_t width = columns(line);
    if (width > kPageColumns && !code[i] && !cannot_be_wrapped(line)) {
      findings.push_back(place(page, i) + std::to_string(width) + " columns; wrap at 120");
    }
    if (line.ends_with(' ') || line.find('\t') != std::string::npos || line.find('\r') != std::string::npos) {
      findings.push_back(place(page, i) + "a tab, a carriage return or blanks at the end; remove them");
    }
  }
  return findings;
}

Findings check_links(const SourceFile& page, const Tree& tree, const Anchors& anchors) {
  Findings findings;
  if (!page.is_page()) return findings;
  const std::vector<bool> code = fenced(page);
  for (std::size_t i = 0; i < page.lines.size(); ++i) {
    const std::string line = code[i] ? std::string() : without_code_spans(page.lines[i]);
    for (std::size_t at = line.find("]("); at != std::string::npos; at = line.find("](", at + 1)) {
      const std::size_t close = line.find(')', at);
      if (close == std::string::npos) continue;
      const std::string target = line.substr(at + 2, close - at - 2);
      if (target.find("://") != std::string::npos || target.starts_with("mailto:")) continue;
      const std::size_t hash = std::min(target.find('#'), target.size());
      const std::string to = target.substr(0, hash);
      const std::string path =
          to.empty() ? page.path : std::filesystem::path(page.directory() + to).lexically_normal().generic_string();
      if (!exists(tree, path)) {
        findings.push_back(place(page, i) + "links to " + target + ", which is not there; correct the link");
      } else if (hash < target.size()) {
        const auto of_page = anchors.find(path);
        if (of_page == anchors.end() || !of_page->second.contains(target.substr(hash + 1))) {
          findings.push_back(place(page, i) + "links to " + target + ", and no heading of " + path +
                             " makes that anchor; correct the link");
        }
      }
    }
  }
  return findings;
}

Findings check_paths(const SourceFile& file, const Tree& tree) {
  static const Prefixes rooms = {"producer/", "fake_broker/", "fake_namesrv/", "scenarios/", "tools/", "tests/"};
  static const std::set<std::string> roles = {"producer/consumer"};  // of a client
  const auto is_path = [](char c) { return is_word(c) || c == '/' || c == '.' || c == '-'; };
  Findings findings;
  if (file.path.ends_with(".json")) return findings;
  for (std::size_t i = 0; i < file.prose.size(); ++i) {
    const std::string& line = file.prose[i];
    for (std::size_t at = 0; at < line.size();) {
      std::size_t end = at;
      while (end < line.size() && is_path(line[end])) ++end;
      std::string_view path = std::string_view(line).substr(at, end - at);
      const bool begins = at == 0 || (line[at - 1] != '<' && line[at - 1] != '}' && line[at - 1] != '$');
      const bool pattern =
          end < line.size() && (line[end] == '*' || line[end] == '<' || line[end] == '{' || line[end] == '$');
      at = end + 1;
      while (path.ends_with('.')) path.remove_suffix(1);
      const bool page = path.size() > 3 && path.ends_with(".md");
      const bool placeholder = is_placeholder(path);
      const std::string name(path);
      if (!begins || pattern || placeholder || roles.contains(name)) continue;
      if (page && !starts_with_any(path, rooms)) {
        if (!is_page_somewhere(tree, name)) {
          findings.push_back(place(file, i) + "names the page " + name +
                             ", which is not there; say which page it is now");
        }
        continue;
      }
      if (!starts_with_any(path, rooms)) continue;
      // A link's target is relative to its page; "a/b" may also say "a or b", or name a file without its ending.
      const bool known = exists(tree, name) || exists(tree, file.directory() + name) || exists(tree, name + ".h") ||
                         exists(tree, name + ".cc");
      if (!known)
        findings.push_back(place(file, i) + "names " + name + ", which is not there; write the path it has now");
    }
  }
  return findings;
}

}  // namespace rmqsim::tidy
